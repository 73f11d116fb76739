/** Builds and the idle rule: one that outlasts the idle time, and one of a laptop that sleeps, whose every process stands still while the world goes on. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Activity, Lease } from '../../config-schema/documents.ts';
import { clusterKey, leasesPrefix } from '../../config-schema/keys.ts';
import { leaseSchema } from '../../config-schema/lease.schema.ts';
import { expectSuccess, type Installation, startInstallation } from '../installation.ts';
import { debianBazel, npmBazel } from '../programs.ts';
import { activityOf, bucketOf, holds, untilStatus } from './cluster.ts';
import { emptyWorkspace, heldRules, type Workspace } from './workspace.ts';

const bazel = debianBazel().bazel ?? npmBazel();

let installation: Installation;
beforeAll(async () => {
  installation = await startInstallation();
  const spec = { pools: { default: {} }, scaling: { idleAfter: '5s' } };
  const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec };
  await (await bucketOf(installation)).write(clusterKey('main'), JSON.stringify(document));
}, 240_000);
afterAll(() => installation?.stop());

describe('a build on a machine that sleeps for longer than its lease lives', () => {
  it('wakes the cluster that went to sleep meanwhile, and ends well', async () => {
    const build = await standingBuild('is-over');
    build.finishAction();
    await leaseEnds();
    const asleep = await untilStatus(
      installation,
      'the cluster is at zero',
      (status) => holds(status, 'Asleep') && status.server.running === 0 && status.pools.default?.running === 0,
    );
    expect(asleep.endpoint).toBe(null);
    expect(asleep.cost.usdPerHour).toBe(0);
    build.wake();
    await leaseIsBack();
    await build.endsWell();
  }, 240_000);
});

/** What the farm says once so many actions run. */
const reported = (running: number) =>
  vi.waitFor(async () => {
    const activity = await activityOf(installation);
    expect(activity.running).toBe(running);
    return activity;
  }, 120_000);
const namesOf = ({ workers }: Activity) => workers.map(({ name }) => name);

describe('a build that outlasts the idle time', () => {
  it('loses no worker', async () => {
    const workspace = emptyWorkspace(installation, bazel);
    workspace.write('BUILD', 'genrule(name = "long", outs = ["long.txt"], cmd = "sleep 8; echo done > $@")');
    const building = workspace.bbf(['build', '//:long'], { before: ['--workers=2'] });
    const before = await reported(1);
    const build = await building;
    expect(build.code, build.stderr).toBe(0);
    const after = await reported(0);
    // An action whose worker is taken is given to another one, and the build succeeds all the same.
    expect(after.totals?.requeued).toBe(0);
    expect(after.server).toEqual(before.server);
    expect(namesOf(after)).toEqual(expect.arrayContaining(namesOf(before)));
    await workspace.shutdown();
  }, 240_000);
});

/** A build whose action runs on the farm until it is told to finish, and of which every process has been stopped. */
async function standingBuild(name: string) {
  const workspace = emptyWorkspace(installation, bazel);
  const go = join(installation.directory, `go-${name}`);
  const after = 'genrule(name = "after", srcs = ["held_0.txt"], outs = ["after.txt"], cmd = "cat $< > $@")';
  workspace.write('BUILD', `${heldRules(1, go, name)}\n${after}`);
  const building = workspace.bbf(['build', '//:after']);
  await vi.waitFor(async () => expect((await activityOf(installation)).running).toBe(1), 120_000);
  const processes = processesOf(workspace);
  for (const pid of processes) process.kill(pid, 'SIGSTOP');
  return {
    wake: () => {
      for (const pid of processes) process.kill(pid, 'SIGCONT');
    },
    finishAction: () => writeFileSync(go, ''),
    endsWell: async () => {
      const { stderr } = await expectSuccess(building);
      expect(stderr).toMatch(/Build completed successfully/);
      expect(stderr).toMatch(/ remote/);
      expect(readFileSync(join(workspace.directory, 'bazel-bin', 'after.txt'), 'utf8')).toBe(`${name} 0\n`);
      await workspace.shutdown();
      expect(await leases()).toEqual([]);
    },
  };
}

/** bbf, Bazel and Bazel's server: the command line of each names the workspace's own folder for outputs. */
function processesOf({ startup: [option = ''] }: Workspace): number[] {
  const outputs = option.slice(option.indexOf('=') + 1);
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = all.map(Number).filter((pid) => commandLine(pid).includes(outputs));
  expect(found.length).toBeGreaterThanOrEqual(3);
  return found;
}

/** Empty for a process that has gone. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const leases = async (): Promise<{ expired: boolean }[]> =>
  JSON.parse((await expectSuccess(installation.bbf(['leases', '--jq=.items']))).stdout);

/** Its holder stands still, so that it may as well have asked for the shortest life that there is. */
async function leaseEnds(): Promise<void> {
  const bucket = await bucketOf(installation);
  const [key = ''] = await bucket.keys(leasesPrefix('main'));
  const lease = JSON.parse(await bucket.read(key)) as Lease;
  const { minimum } = leaseSchema.properties.ttlSeconds;
  await bucket.write(key, JSON.stringify({ ...lease, ttlSeconds: minimum }));
  await vi.waitFor(async () => expect((await leases()).filter(({ expired }) => !expired)).toEqual([]), {
    timeout: 60_000,
    // A program for each look.
    interval: 1_000,
  });
}

const leaseIsBack = () =>
  vi.waitFor(async () => expect(await leases()).toEqual([expect.objectContaining({ expired: false })]), 20_000);
