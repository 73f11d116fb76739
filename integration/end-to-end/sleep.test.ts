import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Activity } from '../../config-schema/documents.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import { type Installation, startInstallation } from '../installation.ts';
import { npmBazel } from '../programs.ts';
import { activityOf, bucketOf, holds, untilStatus } from './cluster.ts';
import { emptyWorkspace, type Workspace } from './workspace.ts';

let installation: Installation;
let workspace: Workspace;
beforeAll(async () => {
  installation = await startInstallation();
  workspace = emptyWorkspace(installation, npmBazel());
  const document = {
    apiVersion: 'bbf/v1',
    kind: 'Cluster',
    metadata: { name: 'main' },
    spec: { pools: { default: { workers: 2 } }, scaling: { idleAfter: '6s' } },
  };
  // A plain write of a hand-made document is as good as the CLI's.
  const bucket = await bucketOf(installation);
  await bucket.write(clusterKey('main'), JSON.stringify(document));
}, 240_000);
afterAll(async () => {
  await workspace?.shutdown();
  await installation?.stop();
});

/** What the farm says once so many actions run. */
const reported = (running: number) =>
  vi.waitFor(async () => {
    const activity = await activityOf(installation);
    expect(activity.running).toBe(running);
    return activity;
  }, 120_000);
const namesOf = ({ workers }: Activity) => workers.map(({ name }) => name);

describe('the idle rule', () => {
  it('puts the whole cluster to zero, and a build wakes it', async () => {
    // Not Ready: on a busy machine the six seconds may be over before the last worker has come.
    await untilStatus(installation, 'the server runs', (status) => status.server.running === 1);
    const asleep = await untilStatus(
      installation,
      'the cluster is at zero',
      (status) => holds(status, 'Asleep') && status.server.running === 0 && status.pools.default?.running === 0,
    );
    expect(asleep.endpoint).toBe(null);
    expect(asleep.cost.usdPerHour).toBe(0);

    workspace.write('BUILD', 'genrule(name = "a", outs = ["a.txt"], cmd = "echo awake > $@")');
    const build = await workspace.bbf(['build', '//:a']);
    expect(build.code, build.stderr).toBe(0);
    expect(build.stderr).toMatch(/1 remote/);

    await untilStatus(
      installation,
      'it sleeps again',
      (status) => holds(status, 'Asleep') && status.server.running === 0,
    );
  }, 240_000);

  it('takes no worker from a build that outlasts the idle time', async () => {
    workspace.write('BUILD', 'genrule(name = "long", outs = ["long.txt"], cmd = "sleep 8; echo done > $@")');
    const building = workspace.bbf(['build', '//:long']);
    const before = await reported(1);
    const build = await building;
    expect(build.code, build.stderr).toBe(0);
    const after = await reported(0);
    // An action whose worker is taken is given to another one, and the build succeeds all the same.
    expect(after.totals?.requeued).toBe(0);
    expect(after.server).toEqual(before.server);
    expect(namesOf(after)).toEqual(expect.arrayContaining(namesOf(before)));
  }, 240_000);
});
