import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, type Installation, startInstallation, until } from '../installation.ts';
import { debianBazel, npmBazel } from '../programs.ts';
import { actionsByWorker, activityOf, holds, statusOf, untilStatus } from './cluster.ts';
import { emptyWorkspace, heldRules, helloCopy, slowRules, type Workspace } from './workspace.ts';

const debian = debianBazel();
const bazels = [npmBazel(), ...(debian.bazel ? [debian.bazel] : [])];
if (!debian.bazel) console.warn(`skipped with Bazel 4.2.3: ${debian.missing}`);

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
  await expectSuccess(installation.bbf(['create', 'main']));
  await expectSuccess(installation.bbf(['want', '--workers=3']));
}, 240_000);
afterAll(() => installation?.stop());

const remoteActions = (stderr: string) => Number(/(\d+) remote(?! cache hit)/.exec(stderr)?.[1] ?? 0);
const cacheHits = (stderr: string) => Number(/(\d+) remote cache hit/.exec(stderr)?.[1] ?? 0);

describe('a wanted cluster', () => {
  it('has three workers that the farm knows, and says that it is ready', async () => {
    const status = await statusOf(installation);
    expect(holds(status, 'Ready')).toBe(true);
    expect(status.pools.default).toMatchObject({ wanted: 3, desired: 3, running: 3, registered: 3 });
  });
});

describe.each(bazels)('bbf build with $name', (bazel) => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = helloCopy(installation, bazel);
  });
  afterAll(() => workspace?.shutdown());

  it('builds on all three workers, and a second time from the cache', async () => {
    const before = await actionsByWorker(installation);
    // The salt makes the actions of this Bazel new, whatever was built before.
    const salt = `--action_env=SALT=${bazel.name.replace(/\W/g, '')}`;
    const first = await workspace.bbf(['build', salt, '//...']);
    expect(first.code, first.stderr).toBe(0);
    expect(remoteActions(first.stderr)).toBeGreaterThanOrEqual(24);
    await untilStatus(installation, 'the lease is gone', (status) => status.leases.length === 0);
    await until('each of three workers reports new actions', async () => {
      const executed = Object.entries(await actionsByWorker(installation));
      return executed.length === 3 && executed.every(([worker, actions]) => actions > (before[worker] ?? 0))
        ? true
        : undefined;
    });

    await expectSuccess(workspace.bbf(['clean']));
    const second = await workspace.bbf(['build', salt, '//...']);
    expect(second.code, second.stderr).toBe(0);
    expect(cacheHits(second.stderr)).toBeGreaterThanOrEqual(24);
    expect(remoteActions(second.stderr)).toBe(0);
  }, 240_000);

  it('gives Bazel’s own exit codes', async () => {
    const code = async (args: string[]) => (await workspace.bbf(args)).code;
    workspace.write('bad/BUILD', 'genrule(name = "bad", outs = ["bad.txt"], cmd = "echo broken >&2; exit 7")');
    expect(await code(['build', '//bad'])).toBe(1);
    expect(await code(['build', '--no_such_flag_of_bazel', '//bad'])).toBe(2);
    expect(await code(['query', '//...'])).toBe(0);
    workspace.append('BUILD', 'top_word_test(name = "wrong_word_test", src = ":top_words.txt", word = "zebra")');
    const passing = await workspace.bbf(['test', '//:top_word_test']);
    expect(passing.code, passing.stderr).toBe(0);
    const failing = await workspace.bbf(['test', '//:wrong_word_test']);
    expect(failing.code, failing.stderr).toBe(3);
  }, 240_000);

  it('hands Ctrl-C to Bazel, gives up the lease and ends as Bazel does', async () => {
    workspace.write('slow/BUILD', slowRules(2, 60, `interrupt ${bazel.name}`));
    let interrupt = () => {};
    const running = workspace.bbf(['build', '//slow/...'], {
      started: (child) => {
        interrupt = () => void child.kill('SIGINT');
      },
    });
    await untilStatus(installation, 'the lease is seen', (status) => status.leases.length === 1);
    await until('actions run', async () => ((await activityOf(installation)).running > 0 ? true : undefined));
    interrupt();
    const { code } = await running;
    expect(code).toBe(8);
    await untilStatus(installation, 'the lease is gone', (status) => status.leases.length === 0);
  }, 240_000);
});

describe('two builds at once', () => {
  it('have a lease each, and both succeed', async () => {
    const bazel = npmBazel();
    const go = join(installation.directory, 'go');
    const workspaces = [0, 1].map((i) => {
      const workspace = emptyWorkspace(installation, bazel);
      workspace.write('BUILD', heldRules(2, go, `both ${i}`));
      return workspace;
    });
    const running = workspaces.map((workspace) => workspace.bbf(['build', '//...']));
    const status = await untilStatus(installation, 'both leases are seen', (seen) => seen.leases.length === 2);
    expect(new Set(status.leases.map((lease) => lease.id)).size).toBe(2);
    writeFileSync(go, '');
    for (const { code, stderr } of await Promise.all(running)) expect(code, stderr).toBe(0);
    for (const workspace of workspaces) await workspace.shutdown();
  }, 240_000);
});
