/** What the CLI costs: against a bare Node, and bbf build against the same Bazel without bbf. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { emptyWorkspace, type Workspace } from '../integration/end-to-end/workspace.ts';
import { cleanEnvironment, expectSuccess, type Installation, startInstallation } from '../integration/installation.ts';
import { type Bazel, bbfProgram, debianBazel, npmBazel } from '../integration/programs.ts';
import { compare, type Measured, printTable, quietly } from './measure.ts';
import { benchWant } from './want.ts';

const ROUNDS = 21;
const BUILD_ROUNDS = 15;

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

  await benchWant();
  const installation = await startInstallation();
  try {
    await expectSuccess(installation.bbf(['create', 'main']));
    await benchBuild(installation);
  } finally {
    await installation.stop();
  }
}

/**
 * An up-to-date target: what is left is Bazel's own no-op, and bbf. Plain Bazel has the same flags: it reaches the same farm, through
 * the port of `bbf keep`.
 */
async function benchBuild(installation: Installation): Promise<void> {
  const bazel = debianBazel().bazel ?? npmBazel();
  const workspace = emptyWorkspace(installation, bazel, []);
  workspace.write('BUILD', 'genrule(name = "a", outs = ["a.txt"], cmd = "echo a > $@")');
  const keeper = await keep(installation);
  try {
    await compareBuilds(installation, workspace, bazel, keeper.port);
  } finally {
    await workspace.shutdown();
    keeper.end();
  }
}

async function compareBuilds(
  installation: Installation,
  workspace: Workspace,
  bazel: Bazel,
  port: string,
): Promise<void> {
  const flags = (await expectSuccess(installation.bbf(['flags', 'build', `--bazel_bin=${bazel.path}`]))).stdout
    .replaceAll('PORT', port)
    .trim();
  const root = `--output_user_root=${join(installation.directory, 'plain')}`;
  const args = ['--noshow_progress', '//:a'];
  const plain = (...words: string[]) =>
    quietly(bazel.path, [root, ...words], { env: installation.env, cwd: workspace.directory });
  const rows = await compare(
    [
      { name: 'bazel build //:a', run: () => plain('build', ...args) },
      {
        name: 'bazel build //:a, the same flags',
        run: () => plain('build', ...flags.split('\n'), ...args),
      },
      { name: 'bbf build //:a', run: () => expectSuccess(workspace.bbf(['build', ...args])) },
    ],
    BUILD_ROUNDS,
  );
  printTable(`An up-to-date target, cluster awake (${bazel.name})`, rows);
  const [bare, same, wrapped] = rows;
  const added = (to: Measured | undefined, of: 'ms' | 'leastMs') => ((wrapped?.[of] ?? 0) - (to?.[of] ?? 0)).toFixed(0);
  process.stdout.write(`  bbf adds ${added(same, 'ms')} ms (of the least times: ${added(same, 'leastMs')} ms), `);
  process.stdout.write(`and ${added(bare, 'ms')} ms to Bazel without remote execution\n`);
  await plain('shutdown');
}

/** `bbf keep`, once the farm is there. */
async function keep(installation: Installation): Promise<{ port: string; end(): void }> {
  const child = spawn(process.execPath, [bbfProgram, 'keep', '--for=1h'], {
    env: installation.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [data] = (await once(child.stdout, 'data')) as [Buffer];
  const port = /:(\d+)$/.exec(data.toString().trim())?.[1];
  if (port === undefined) throw new Error(`bbf keep said ${data.toString()}`);
  return { port, end: () => void child.kill('SIGINT') };
}
