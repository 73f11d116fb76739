import { beforeEach, describe, expect, it } from 'vitest';
import { activityKey, clusterKey, leaseKey, statusKey } from '../../config-schema/keys.ts';
import { worldOfEachTest } from '../../integration/world-of-each-test.ts';
import type { WorldOnPort } from '../../integration/world-on-port.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { condition, pool, statusDouble } from '../testing/status-double.ts';
import type { Explanation } from './explain.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

const MINUTE_MS = 60_000;
let revision = '';
const writeCluster = async () => {
  const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} };
  revision = await world.put(clusterKey('main'), document);
};

async function explain(...argv: string[]): Promise<Explanation> {
  const before = world.program.stdout().length;
  await dispatch(['explain', '--json', ...argv], world.program);
  return JSON.parse(world.program.stdout().slice(before));
}

/** A status of now, with so many of three wanted workers. */
async function publish(registered: number): Promise<void> {
  const ready = registered === 3 ? condition('Ready', 'True', 'Converged') : condition('Ready', 'False', 'Starting');
  const conditions = [ready, condition('ServerAvailable', 'True', 'Serving')];
  const status = statusDouble({
    conditions,
    pools: { default: pool(3, { registered, running: registered }) },
    heartbeatAt: new Date(world.world.now()).toISOString(),
  });
  const seen = status.conditions.map((one) => ({ ...one, observedRevision: revision }));
  await world.put(statusKey('main'), { ...status, conditions: [seen[2], ...seen] });
}

describe('bbf explain', () => {
  it('finds in the version chain since when a wish is not met', async () => {
    await writeCluster();
    await publish(3);
    await world.advance(MINUTE_MS);
    await publish(1);
    const began = world.world.now();
    for (let minute = 0; minute < 3; minute++) {
      await world.advance(MINUTE_MS);
      await publish(2);
    }
    const { state, findings } = await explain();
    expect({ state, findings }).toMatchObject({
      state: 'converging',
      findings: [{ wish: 'pool default', reason: 'Starting', since: new Date(began).toISOString() }],
    });
  });

  it('does not look behind the end of an earlier cluster of the name', async () => {
    await writeCluster();
    await publish(1);
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
    await world.s3.send(new DeleteObjectCommand({ Bucket: world.bucket, Key: statusKey('main') }));
    await world.advance(MINUTE_MS);
    await publish(1);
    expect((await explain()).findings[0]?.since).toBe(new Date(world.world.now()).toISOString());
  });

  it('tells of what is newer than the status: a revision, else a lease', async () => {
    await writeCluster();
    await publish(3);
    await world.advance(1000);
    await world.put(leaseKey('main', 'b-1'), {});
    expect((await explain()).findings).toMatchObject([{ reason: 'LeaseNotSeen', evidence: { lease: 'b-1' } }]);
    const seen = revision;
    await writeCluster();
    const evidence = { revision, seenRevision: seen };
    expect((await explain()).findings).toMatchObject([{ reason: 'RevisionNotSeen', evidence }]);
  });

  it('of one pool names it, and a pool that is not there is told of', async () => {
    await writeCluster();
    await publish(3);
    expect(await explain('default')).toMatchObject({
      pool: 'default',
      facts: ['pool default has 3 of 3 workers (workers)'],
    });
    await expect(explain('defautl')).rejects.toMatchObject({
      exitCode: exitCodes.notFound,
      message: expect.stringMatching(/did you mean default\?/),
    });
  });

  it('is not put off by an activity.json that is no report', async () => {
    await writeCluster();
    await publish(3);
    await world.put(activityKey('main'), [1]);
    expect(await explain()).toMatchObject({ state: 'ready', findings: [] });
  });

  it('says so where the reconciler has not looked, and where there is no cluster', async () => {
    await expect(explain()).rejects.toMatchObject({ exitCode: exitCodes.notFound });
    await writeCluster();
    expect(await explain()).toMatchObject({ state: 'unknown', revision: null, findings: [{ reason: 'NotLookedAt' }] });
  });
});
