/** Bazel without bbf around it, on the port that `bbf keep` holds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shortLived } from '../../local/farm/fixtures/bazel.ts';
import { cleanEnvironment, expectSuccess, type Installation, run, startInstallation } from '../installation.ts';
import { bbfProgram, debianBazel, npmBazel } from '../programs.ts';
import { statusOf, untilStatus } from './cluster.ts';
import { emptyWorkspace } from './workspace.ts';

const bazel = debianBazel().bazel ?? npmBazel();

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
  await expectSuccess(installation.bbf(['create', '--no-wait']));
}, 120_000);
afterAll(() => installation?.stop());

const RULE = 'genrule(name = "a", outs = ["a.txt"], cmd = "echo a > $@")';

/** Resolves with what it leads to, once the farm is there. */
async function keep(): Promise<{ address: string; process: ChildProcess }> {
  const child = spawn(process.execPath, [bbfProgram, 'keep', '--for=10m'], {
    env: installation.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [data] = (await once(child.stdout, 'data')) as [Buffer];
  return { address: data.toString().trim(), process: child };
}

describe('bbf keep', () => {
  it('leads a Bazel of one’s own to the farm by bbf bazelrc, and lets go at its end', async () => {
    const { address, process: keeper } = await keep();
    const port = /^grpc:\/\/127\.0\.0\.1:(\d+)$/.exec(address)?.[1];
    expect((await statusOf(installation)).leases).toMatchObject([{ purpose: expect.stringContaining('bbf keep') }]);
    const workspace = emptyWorkspace(installation, bazel);
    workspace.write('BUILD', RULE);
    const rc = join(workspace.directory, 'bbf.bazelrc');
    const written = installation.bbf(['bazelrc', `--port=${port}`, '-o', rc, `--bazel_bin=${bazel.path}`]);
    expect((await expectSuccess(written)).stderr).toBe(
      `bbf: the farm stays awake for it with bbf keep --for 2h --cluster=main --port=${port}\n`,
    );
    const base = `--output_user_root=${join(installation.directory, 'direct')}`;
    const direct = (...args: string[]) =>
      run(bazel.path, [base, ...shortLived(bazel.path), `--bazelrc=${rc}`, ...args], {
        cwd: workspace.directory,
        env: cleanEnvironment(),
      });
    const built = await expectSuccess(direct('build', '--config=bbf', '//:a'));
    expect(built.stderr).toMatch(/1 remote/);
    await direct('shutdown');
    keeper.kill('SIGINT');
    const [code] = await once(keeper, 'exit');
    expect(code).toBe(130);
    await untilStatus(installation, 'the lease is gone', ({ leases }) => leases.length === 0);
  });
});

describe('what bbf adds', () => {
  it('is shown by bbf flags, with the user’s own last', async () => {
    const config = installation.env.XDG_CONFIG_HOME ?? join(installation.env.HOME ?? '', '.config');
    writeFileSync(join(config, 'bbf', 'bazelrc'), 'build --jobs=7\n');
    const { stdout } = await expectSuccess(installation.bbf(['flags', 'test', `--bazel_bin=${bazel.path}`]));
    const flags = stdout.trim().split('\n');
    expect(flags[0]).toBe('--remote_executor=grpc://127.0.0.1:PORT');
    expect(flags.at(-1)).toBe('--jobs=7');
  });
});
