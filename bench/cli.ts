/** What the CLI costs: against a bare Node, and bbf build against the same Bazel without bbf. */
import { join } from 'node:path';
import { emptyWorkspace } from '../integration/end-to-end/workspace.ts';
import { cleanEnvironment, expectSuccess, startInstallation } from '../integration/installation.ts';
import { bbfProgram, debianBazel, npmBazel } from '../integration/programs.ts';
import { compare, printTable, quietly } from './measure.ts';

const ROUNDS = 15;
const BUILD_ROUNDS = 9;

export async function benchCli(): Promise<void> {
  const env = cleanEnvironment();
  const node = (name: string, args: string[]) => ({ name, run: () => quietly(process.execPath, args, { env }) });
  printTable(
    'Start-up (median, ratio to a bare Node)',
    await compare(
      [
        node('node -e 0', ['-e', '0']),
        node('bbf --version', [bbfProgram, '--version']),
        node('bbf --help', [bbfProgram, '--help']),
      ],
      ROUNDS,
    ),
  );

  const installation = await startInstallation();
  try {
    await expectSuccess(installation.bbf(['create', 'main']));
    let workers = 0;
    const want = async () => {
      workers = (workers + 1) % 2;
      await expectSuccess(installation.bbf(['want', `--workers=${workers}`, '--no-wait']));
    };
    printTable(
      'bbf want: one GET and one conditional PUT over loopback http',
      await compare([node('node -e 0', ['-e', '0']), { name: 'bbf want --no-wait', run: want }], ROUNDS),
    );
    await benchBuild(installation);
  } finally {
    await installation.stop();
  }
}

/** An up-to-date target: what is left is Bazel's own no-op, and bbf. */
async function benchBuild(installation: Awaited<ReturnType<typeof startInstallation>>): Promise<void> {
  await expectSuccess(installation.bbf(['want', '--workers=1']));
  const bazel = debianBazel().bazel ?? npmBazel();
  const workspace = emptyWorkspace(installation, bazel);
  workspace.write('BUILD', 'genrule(name = "a", outs = ["a.txt"], cmd = "echo a > $@")');
  const args = ['build', '--noshow_progress', '//:a'];
  await expectSuccess(workspace.bbf(args));
  const flags = ['--output_user_root', join(installation.directory, 'plain')].join('=');
  const plain = () => quietly(bazel.path, [flags, ...args], { env: installation.env, cwd: workspace.directory });
  const rows = await compare(
    [
      { name: 'bazel build //:a', run: plain },
      { name: 'bbf build //:a', run: () => expectSuccess(workspace.bbf(args)) },
    ],
    BUILD_ROUNDS,
  );
  printTable(`An up-to-date target, cluster awake (${bazel.name})`, rows);
  const [bare, wrapped] = rows;
  process.stdout.write(`  bbf adds ${((wrapped?.ms ?? 0) - (bare?.ms ?? 0)).toFixed(0)} ms\n`);
  await quietly(bazel.path, [flags, 'shutdown'], { env: installation.env, cwd: workspace.directory });
  await workspace.shutdown();
}
