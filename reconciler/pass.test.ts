import { describe, expect, it } from 'vitest';
import type { Status } from '../config-schema/documents.ts';
import { clusterKey, leaseKey, statusKey } from '../config-schema/keys.ts';
import { conditionOf } from './core/observation.fixture.ts';
import { memoryBucket } from './documents.fixture.ts';
import { pass } from './pass.ts';
import { emptyAccount } from './ports.fixture.ts';

const NOW = Date.parse('2026-11-23T09:00:00Z');
const settings = { installation: 'bbf', version: '0.0.0-test', defaultEngine: { server: 's', worker: 'w' } };
const cluster = JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} });

/** An account where nothing of the cluster runs. */
function newWorld() {
  const bucket = memoryBucket(() => NOW);
  const ports = emptyAccount(bucket, NOW);
  const look = async (holdsLock = true) =>
    pass(ports, settings, 'main', await bucket.list(''), { hold: async () => holdsLock, release: async () => {} });
  const status = () => JSON.parse(bucket.text(statusKey('main')) ?? 'null') as Status | null;
  return { bucket, look, status };
}

describe('a pass without a document', () => {
  it('leaves no status of a cluster that is not there', async () => {
    const { bucket, look } = newWorld();
    await look();
    expect(bucket.keys()).toEqual([]);
  });

  it('says so in the status of a cluster that was there', async () => {
    const { bucket, look, status } = newWorld();
    bucket.put(clusterKey('main'), cluster);
    await look();
    expect(status()?.acceptedRevision).toBe('r1');
    bucket.delete(clusterKey('main'));
    await look();
    expect(conditionOf(status() as Status, 'Accepted')).toBe('Unknown DocumentMissing');
  });
});

describe('a promise to a build', () => {
  const lease = JSON.stringify({
    apiVersion: 'bbf/v1',
    kind: 'Lease',
    id: 'l1',
    holder: 'ann@laptop',
    purpose: 'test',
    pools: {},
    ttlSeconds: 60,
  });

  it('is not written while another pass is at work', async () => {
    const { bucket, look, status } = newWorld();
    bucket.put(clusterKey('main'), cluster);
    await look();
    bucket.put(leaseKey('main', 'l1'), lease);
    const { lookAgainAt } = await look(false);
    expect(status()?.leases).toEqual([]);
    expect(lookAgainAt).toBe(NOW + 1_000);
    await look();
    expect(status()?.leases).toMatchObject([{ id: 'l1' }]);
  });

  it('is kept without the lock once it was made', async () => {
    const { bucket, look, status } = newWorld();
    bucket.put(clusterKey('main'), cluster);
    bucket.put(leaseKey('main', 'l1'), lease);
    await look();
    bucket.put(clusterKey('main'), cluster.replace('"spec":{}', '"spec":{"suspend":true}'));
    await look(false);
    expect(conditionOf(status() as Status, 'Reconciling')).toBe('False Suspended');
  });
});
