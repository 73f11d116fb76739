import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusKey } from '../../config-schema/keys.ts';
import { parseActivity } from '../../config-schema/parse.ts';
import { type Bazel, type BazelRun, bazels, remoteFlags, type Workspace, workspace } from './fixtures/bazel.ts';
import { endToEndWorkspace, GENRULES } from './fixtures/end-to-end-workspace.ts';
import { eventually, startFarm, type TestFarm } from './fixtures/farm.ts';
import type { Program } from './fixtures/programs.ts';

const WORKERS = ['w1', 'w2', 'w3'];
/** Bazel's own start alone takes many seconds where several run at a time. */
const LONG_MS = 240_000;

let farm: TestFarm;
let marks: string;
let server: Program;
const workers = new Map<string, Program>();
const spaces = new Map<string, Workspace>();

beforeAll(async () => {
  farm = await startFarm();
  marks = join(farm.directory, 'marks');
  mkdirSync(marks);
  server = farm.startServer();
  for (const id of WORKERS) workers.set(id, farm.startWorker(id));
  await allWorkersAreThere();
});
afterAll(async () => {
  for (const space of spaces.values()) await space.shutdown();
  await farm.close();
});

const allWorkersAreThere = () =>
  eventually('every worker has come', () => farm.activity()?.workers.length === WORKERS.length);
const totals = () => farm.activity()?.totals ?? { executed: -1, cacheHits: -1, cacheMisses: -1, requeued: -1 };
const begun = (name: string) => readdirSync(marks).filter((mark) => mark.startsWith(`${name}.`)).length;
const allow = (name: string) => writeFileSync(join(marks, `go-${name}`), '');
const idle = () => eventually('the farm reports to be idle', () => farm.activity()?.idleSince != null);
const loadOf = (name: string) => farm.activity()?.workers.find((worker) => worker.name === name);

/** One for each Bazel, as its start takes longer than most tests. Undefined when this machine has not got it. */
function spaceOf({ version, program }: Bazel): Workspace | undefined {
  const path = program();
  if (!path) console.warn(`Bazel ${version} is not on this machine: its end-to-end tests are skipped`);
  if (path && !spaces.has(version)) {
    spaces.set(version, workspace(path, join(farm.directory, version), endToEndWorkspace(marks, version)));
  }
  return spaces.get(version);
}

describe.each(Object.values(bazels))('Bazel $version', (bazel) => {
  let space: Workspace | undefined;
  const flags = () => remoteFlags(farm.forwarder.port);
  const build = (...targets: string[]): Promise<BazelRun> =>
    (space as Workspace).run(['build', ...flags(), ...targets]);
  const output = (name: string) => readFileSync(join((space as Workspace).directory, 'bazel-bin', name), 'utf8');

  beforeAll(() => {
    space = spaceOf(bazel);
  });

  const everything = [':sum', ':size', ':tree', ':link', ':untampered'];

  it('builds on the workers, then from the cache', { timeout: LONG_MS }, async ({ skip }) => {
    skip(!space);
    const first = await build(...everything);
    expect(first.output).toContain('Build completed successfully');
    expect(first.output).toContain('said 3');
    const numbers = Array.from({ length: GENRULES }, (_, index) => `${bazel.version}\n${index}\n`);
    expect(output('sum.txt')).toBe(numbers.join(''));
    expect(output('size.txt').trim()).toBe(String(9_000_000 + bazel.version.length + 1));
    expect(output('tree.txt')).toBe('./a\n./a\n./empty\n./sub/deep/b\nb\n');
    expect(output('tamper.txt')).toBe(`${bazel.version}\nmore\n`);
    expect(output('untampered.txt')).toBe(`${bazel.version}\n`);

    await space?.clean();
    const second = await build(...everything);
    expect(second.output).toMatch(/\d+ remote cache hit/);
    expect(second.output).not.toMatch(/\d+ remote[.,]/);
  });

  it('shows why an action failed, and runs it again next time', { timeout: LONG_MS }, async ({ skip }) => {
    skip(!space);
    for (const round of [1, 2]) {
      const { exitCode, output: said } = await build(':broken');
      expect(exitCode).toBe(1);
      expect(said).toContain('oh no');
      expect(said).toMatch(/Exit 3|exit status 3|error executing/);
      expect(begun(`broken-${bazel.version}`)).toBe(round);
    }
  });
});

const busyWorker = () =>
  eventually('a worker reports to be busy', () => farm.activity()?.workers.find(({ running }) => running > 0)?.name);

describe('a farm that loses parts of itself', () => {
  let space: Workspace | undefined;
  const build = (target: string) => (space as Workspace).run(['build', ...remoteFlags(farm.forwarder.port), target]);

  beforeAll(() => {
    space = spaceOf(bazels.npm);
  });

  it('runs the action of a worker that was killed on another one', { timeout: LONG_MS }, async ({ skip }) => {
    skip(!space);
    await idle();
    const { requeued } = totals();
    const running = build(':killed');
    await eventually('the action has begun', () => begun('killed') === 1);
    const victim = await busyWorker();
    await workers.get(victim)?.end('SIGKILL');
    await eventually('the action has begun again', () => begun('killed') === 2);
    allow('killed');
    expect((await running).output).toContain('Build completed successfully');
    await eventually('the action counts as queued again', () => totals().requeued === requeued + 1);
    workers.set(victim, farm.startWorker(victim));
    await allWorkersAreThere();
  });

  it('lets a worker that is told to end finish its action', { timeout: LONG_MS }, async ({ skip }) => {
    skip(!space);
    await idle();
    const { requeued } = totals();
    const running = build(':stopped');
    await eventually('the action has begun', () => begun('stopped') === 1);
    const leaving = await busyWorker();
    const gone = workers.get(leaving)?.end('SIGTERM');
    allow('stopped');
    expect((await running).output).toContain('Build completed successfully');
    await gone;
    expect(begun('stopped')).toBe(1);
    expect(totals().requeued).toBe(requeued);
    expect(farm.world.protection.get(leaving)).toBe(false);
    workers.set(leaving, farm.startWorker(leaving));
    await allWorkersAreThere();
  });

  it('goes on after its server was killed and another came', { timeout: LONG_MS }, async ({ skip }) => {
    skip(!space);
    await idle();
    const running = build(':restarted');
    await eventually('the action has begun', () => begun('restarted') === 1);
    await server.end('SIGKILL');
    server = farm.startServer();
    await allWorkersAreThere();
    allow('restarted');
    expect((await running).output).toContain('Build completed successfully');
  });
});

describe('duties toward the reconciler', () => {
  const order = (draining: string[]) => {
    const pools = { default: { draining }, other: { draining: [] } };
    farm.world.objects.set(`bucket/${statusKey('main')}`, JSON.stringify({ pools, fieldOfTheFuture: 1 }));
  };

  it('the activity report is a valid document', async () => {
    await idle();
    const text = JSON.stringify(farm.activity());
    expect(parseActivity(text)).toMatchObject({ ok: true });
    expect(farm.activity()).toMatchObject({
      server: { endpoint: `${farm.address}:8980` },
      queued: 0,
      running: 0,
      pools: { default: { queued: 0, running: 0 } },
    });
  });

  it('every worker protects its task', async () => {
    await eventually('all are protected', () => WORKERS.every((name) => farm.world.protection.get(name)));
  });

  it('a worker that is to be drained ends protected no more, and back when the order is taken back', async () => {
    order(['w2', 'nobody']);
    await eventually('w2 is drained', () => loadOf('w2')?.drained);
    expect(farm.world.protection.get('w2')).toBe(false);
    expect(farm.world.protection.get('w1')).toBe(true);
    expect(loadOf('w1')).toMatchObject({ draining: false, drained: false });
    order([]);
    await eventually('w2 works again', () => loadOf('w2')?.draining === false && farm.world.protection.get('w2'));
  });

  it('both programs end when whoever started them is gone', async () => {
    const programs = [server, ...workers.values()];
    for (const { process } of programs) process.stdin?.end();
    await eventually('all have ended', () => programs.every(({ process }) => process.exitCode === 0));
  });
});
