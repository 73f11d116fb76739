/** The built program where its surroundings are odd: nowhere to stand, nowhere to write, nobody who reads. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quoted } from '../../cli/output/quoted.ts';
import { expectSuccess, type Installation, run, startInstallation, until } from '../installation.ts';
import { bbfProgram, npmBazel } from '../programs.ts';
import { emptyWorkspace } from './workspace.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
  await expectSuccess(installation.bbf(['create']));
});
afterAll(() => installation?.stop());

const shell = (script: string, env: Record<string, string> = {}) =>
  run('bash', ['-c', script], { cwd: installation.directory, env: { ...installation.env, ...env } });
const bbf = `${quoted(process.execPath)} ${quoted(bbfProgram)}`;

it('a folder that is gone is named as the trouble', async () => {
  const { code, stderr } = await shell(`mkdir gone && cd gone && rmdir ../gone && ${bbf} status`);
  expect(code).toBe(66);
  expect(stderr).toBe(
    'bbf: error: the folder that bbf was started in is gone\n  try: cd to one that is there, then the same command\n',
  );
});

it.skipIf(!existsSync('/dev/full')).each([['--help'], ['--version'], ['status'], ['get']])(
  'bbf %s into a file on a full disk fails and says why',
  async (words) => {
    const { code, stderr } = await shell(`${bbf} ${words} > /dev/full`);
    expect(code).toBe(71);
    expect(stderr).toMatch(/^bbf: error: the result can't be written: ENOSPC.*\n {2}try: make room/);
  },
);

it.skipIf(!existsSync('/dev/full'))('bbf plan into a file on a full disk has no answer', async () => {
  const { code, stderr } = await shell(`${bbf} plan > /dev/full`);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^bbf: error: the result can't be written: ENOSPC.*\n {2}try: make room/);
});

it('a folder that can’t be made is no bug of bbf', async () => {
  const { code, stderr } = await shell(`${bbf} local up --state=/dev/null/cloud`);
  expect(stderr).toMatch(/bbf: error: the operating system refuses: ENOTDIR.*\n {2}try: correct the path/);
  expect(code).toBe(71);
});

it('a cache that can’t be written is no reason not to build', async () => {
  const workspace = emptyWorkspace(installation, npmBazel());
  workspace.write('BUILD', 'genrule(name = "a", outs = ["a.txt"], cmd = "echo a > $@")');
  const built = await workspace.bbf(['build', '//:a'], { env: { XDG_CACHE_HOME: '/dev/null' } });
  expect(built.code, built.stderr).toBe(0);
  await workspace.shutdown();
}, 120_000);

it('a cache that the workspace’s own .bazelrc names is not that of the farm', async () => {
  const workspace = emptyWorkspace(installation, npmBazel());
  workspace.write('.bazelrc', 'build --remote_cache=grpc://127.0.0.1:1');
  workspace.write('BUILD', 'genrule(name = "a", outs = ["a.txt"], cmd = "echo b > $@")');
  const built = await workspace.bbf(['build', '//:a']);
  expect(built.code, built.stderr).toBe(0);
  expect(built.stderr).toMatch(/1 remote[.\s]/);
  await workspace.shutdown();
}, 120_000);

it('what goes on ends once nobody reads it', async () => {
  const ended = join(installation.directory, 'ended');
  const watching = shell(`${bbf} status --watch --json=observedRevision | head -1; touch ${quoted(ended)}`);
  let most = 2;
  await until('the end of a watch whose reader has gone', async () => {
    await expectSuccess(installation.bbf(['want', `--max=${most++}`, '--no-wait']));
    return existsSync(ended) ? true : undefined;
  });
  expect((await watching).stdout.trim().split('\n')).toHaveLength(1);
});
