import { describe, expect, it } from 'vitest';
import type { Status } from '../config-schema/documents.ts';
import { clusterKey, leaseKey, lockKey, statusKey } from '../config-schema/keys.ts';
import { conditionOf } from './core/observation.fixture.ts';
import { memoryBucket } from './documents.fixture.ts';
import { lockOf } from './lock.ts';
import { emptyAccount } from './ports.fixture.ts';
import { reconcileAll, reconcileCluster } from './reconcile.ts';

const BEGIN = Date.parse('2026-11-23T09:00:00Z');
const LIFE_MS = 60_000;
const settings = {
  installation: 'bbf',
  version: '0.0.0-test',
  defaultEngine: { server: 's', worker: 'w' },
  publicAddresses: true,
};
const text = (spec: object) =>
  JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });

/** A suspended cluster in an account where waiting makes time pass. */
function suspended() {
  const time = { now: BEGIN };
  const bucket = memoryBucket(() => time.now);
  bucket.put(clusterKey('main'), text({ suspend: true }));
  const wait = async (ms: number) => {
    time.now += ms;
  };
  const ports = { ...emptyAccount(bucket, BEGIN), time: { now: () => time.now, wait } };
  const invoke = (documents = ports.documents) => {
    const invocation = { id: 'one', deadline: time.now + LIFE_MS, lifeMs: LIFE_MS };
    return reconcileCluster({ ...ports, documents }, settings, invocation, 'main');
  };
  const status = () => JSON.parse(bucket.text(statusKey('main')) ?? 'null') as Status | null;
  return { time, bucket, ports, invoke, status };
}

describe('an invocation', () => {
  it('leaves at once when another one is at work', async () => {
    const { time, ports, invoke, status } = suspended();
    await lockOf(ports, 'main', 'another', LIFE_MS).hold();
    expect(await invoke()).toMatchObject({ blocked: true });
    expect({ status: status(), waited: time.now - BEGIN }).toEqual({ status: null, waited: 0 });
  });

  it('looks for what others were woken for while it was at work', async () => {
    const { bucket, invoke, status } = suspended();
    let releases = 0;
    // The edit's own invocation would find the lock taken.
    const remove: typeof bucket.remove = async (key, etag) => {
      if (key === lockKey('main') && releases++ === 0)
        bucket.put(clusterKey('main'), text({ suspend: false, pools: [] }));
      return bucket.remove(key, etag);
    };
    await invoke({ ...bucket, remove });
    expect(conditionOf(status() as Status, 'Accepted')).toBe('False Invalid');
    expect(bucket.keys()).not.toContain(lockKey('main'));
  });

  it('ends in time although something always converges', async () => {
    const { time, bucket, invoke, status } = suspended();
    bucket.put(clusterKey('main'), text({ pools: { default: { workers: 1 } } }));
    await invoke();
    expect(conditionOf(status() as Status, 'Reconciling')).toMatch(/^True/);
    expect(time.now - BEGIN).toBeGreaterThan(LIFE_MS / 3);
    expect(time.now - BEGIN).toBeLessThan(LIFE_MS);
    expect(bucket.keys()).not.toContain(lockKey('main'));
  });
});

describe('the fast schedule', () => {
  /** A look at all, where a document that is no good makes a cluster that is at rest; `off` comes with the call that turns it off. */
  function watched(off: (bucket: ReturnType<typeof suspended>['bucket']) => void = () => {}) {
    const { time, bucket, ports } = suspended();
    bucket.put(clusterKey('main'), text({ pools: [] }));
    let isFast = true;
    const setFast = async (on: boolean) => {
      isFast = on;
      if (!on) off(bucket);
    };
    const schedule = { isFast: async () => isFast, setFast };
    const look = async () => {
      const invocation = { id: 'one', deadline: time.now + LIFE_MS, lifeMs: LIFE_MS };
      await reconcileAll({ ...ports, schedule }, settings, invocation, 'fast');
      return isFast;
    };
    return { look, bucket, ports };
  }

  it('stays on where a look was kept out, although the last word is of a cluster at rest: whoever holds the lock may have died with it', async () => {
    const { look, bucket, ports } = watched();
    await look();
    bucket.put(clusterKey('main'), text({ pools: { default: { workers: 1 } } }));
    await lockOf(ports, 'main', 'another', LIFE_MS).hold();
    expect([await look(), await look()]).toEqual([true, true]);
  });

  it('goes off once a look finds every cluster at rest, and nothing to say', async () => {
    const { look } = watched();
    expect(await look()).toBe(true);
    expect(await look()).toBe(false);
  });

  it.each([
    ['a lease was taken', leaseKey('main', 'late'), '{}'],
    ['another pass is at work', lockKey('main'), '{}'],
    ['a cluster was made', clusterKey('other'), '{}'],
  ])('goes on again where meanwhile %s: that pass may have turned it on before', async (_what, key, body) => {
    const { look } = watched((bucket) => bucket.put(key, body));
    expect([await look(), await look()]).toEqual([true, true]);
  });
});
