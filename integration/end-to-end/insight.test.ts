/** What the built program says of a real installation of this machine: doctor, plan and explain. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess, type Installation, startInstallation, until } from '../installation.ts';
import { bbfProgram, debianBazel, npmBazel } from '../programs.ts';
import { emptyWorkspace, heldRules } from './workspace.ts';

const debian = debianBazel().bazel;
const bazel = debian ?? npmBazel();
/** An old Bazel does not say what an action is, which is known by what it makes then. */
const HELD = debian === undefined ? String.raw`\S+/held_0\.txt` : 'Genrule //:held_0';

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
});
afterAll(() => installation.stop());

async function answer(...args: string[]) {
  const { code, stdout, stderr } = await installation.bbf([...args, '--json']);
  if (code === null || code > 2) throw new Error(stderr);
  return { code, ...JSON.parse(stdout) };
}

function documentFile(workers: number): string {
  const path = join(installation.directory, 'cluster.json');
  const spec = { pools: { default: { workers } } };
  writeFileSync(path, JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec }));
  return path;
}

/** Whatever came before: main is there with one worker. */
const mainIsThere = () => expectSuccess(installation.bbf(['apply', '-f', documentFile(1)]));

/** It was never there, or some other test has made it. */
async function mainIsNotThere(): Promise<void> {
  await installation.bbf(['delete', 'main', '--yes']);
  const { stdout, stderr, code } = await installation.bbf(['status']);
  expect(code, stdout + stderr).not.toBe(0);
}

describe('an installation that was just set up', () => {
  it('is well', async () => {
    const checkup = await answer('doctor');
    expect(checkup.checks.filter(({ state }: { state: string }) => state !== 'ok')).toEqual([]);
    expect(checkup).toMatchObject({ code: 0, healthy: true });
  });

  it('plans a cluster from a file, is on its way to it, and has nothing to do once it is there', async () => {
    await mainIsNotThere();
    const planned = await answer('plan', '-f', documentFile(1));
    expect(planned).toMatchObject({ code: 2, changes: true, pools: { default: { before: 0, after: 1 } }, unread: [] });
    await expectSuccess(installation.bbf(['create', '--workers=1']));
    expect(await answer('explain')).toMatchObject({ code: 0, state: 'ready', findings: [] });
    expect(await answer('plan')).toMatchObject({
      code: 0,
      changes: false,
      actions: [],
      server: { before: 1, after: 1 },
    });
    const checkup = await answer('doctor');
    expect(checkup.checks.find(({ check }: { check: string }) => check === 'servers')).toMatchObject({
      about: 'main',
      state: 'ok',
    });
  });
});

it('shows workers, events and logs', async () => {
  await mainIsThere();
  const { workers } = await answer('top');
  expect(workers).toMatchObject([{ pool: 'default', slots: 4, running: 0 }]);
  const { items } = await answer('events', '--limit=1000');
  expect(items).toContainEqual(expect.objectContaining({ type: 'Action', reason: 'WorkersWanted' }));
  expect(items.at(-1).at >= items[0].at).toBe(true);
  const server = await installation.bbf(['logs', 'server', '--since=1h', '--jq=.source + " " + .message']);
  expect(server.stdout).toContain('server {');
  const worker = await installation.bbf(['logs', workers[0].name.slice(0, 8), '--since=1h']);
  expect(worker.stdout).toContain(`default/${workers[0].name.slice(0, 8)}`);
});

// Bazel's own start alone takes many seconds where several run at a time.
it('top shows what a worker runs while Bazel builds it', { timeout: 240_000 }, async () => {
  await mainIsThere();
  const workspace = emptyWorkspace(installation, bazel);
  const go = join(workspace.directory, 'go');
  workspace.write('BUILD', heldRules(1, go, 'top'));
  const build = workspace.bbf(['build', '//:held_0']);
  try {
    const shown = await until('top shows the action', async () => {
      const { stdout } = await installation.bbf(['top']);
      return stdout.includes(', for ') ? stdout : undefined;
    });
    expect(shown).toMatch(new RegExp(` 1/4 .* busy\\n {2}${HELD}, for \\d+s\\n`));
    const { workers } = await answer('top');
    expect(workers[0].current).toEqual([
      { what: expect.stringMatching(HELD), since: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
  } finally {
    writeFileSync(go, '');
    await expectSuccess(build);
    await workspace.shutdown();
  }
});

it('what only some commands need is not loaded by every other one', () => {
  // The namespaces of the SDK's clients, which no minifier changes.
  const daily = readdirSync(join(dirname(bbfProgram), 'daily'));
  const text = daily.map((name) => readFileSync(join(dirname(bbfProgram), 'daily', name), 'utf8')).join();
  const loaded = ['ecs', 'eventbridge', 'cloudformation', 's3'].filter((name) =>
    text.includes(`com.amazonaws.${name}`),
  );
  expect(loaded).toEqual([]);
  expect(text).toContain('../seldom/plan-command.mjs');
});
