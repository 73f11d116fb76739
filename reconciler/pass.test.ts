import { describe, expect, it } from 'vitest';
import type { Status } from '../config-schema/documents.ts';
import { activityKey, clusterKey, leaseKey, lockKey, statusKey } from '../config-schema/keys.ts';
import { conditionOf } from './core/observation.fixture.ts';
import { memoryBucket } from './documents.fixture.ts';
import { lockOf } from './lock.ts';
import { pass } from './pass.ts';
import { emptyAccount } from './ports.fixture.ts';

const NOW = Date.parse('2026-11-23T09:00:00Z');
const settings = {
  installation: 'bbf',
  version: '0.0.0-test',
  defaultEngine: { server: 's', worker: 'w' },
  publicAddresses: true,
};
const cluster = JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} });

/** An account where nothing of the cluster runs, and another pass that may hold the lock. */
function newWorld() {
  const written = { at: NOW };
  const bucket = memoryBucket(() => written.at);
  const ports = emptyAccount(bucket, NOW);
  const look = async () => {
    const lock = lockOf(ports, 'main', 'a', 120_000);
    const result = await pass(ports, settings, 'main', await bucket.list(''), lock);
    await lock.release();
    return result;
  };
  const other = lockOf(ports, 'main', 'b', 120_000);
  const status = () => JSON.parse(bucket.text(statusKey('main')) ?? 'null') as Status | null;
  return { bucket, written, ports, look, other, status };
}

describe('a pass without a document', () => {
  it('leaves no status of a cluster that is not there', async () => {
    const { bucket, look } = newWorld();
    await look();
    expect(bucket.keys()).toEqual([]);
  });

  it('takes away the lock of one that died as it forgot the cluster, once its time is up', async () => {
    const { bucket, written, look, other } = newWorld();
    await other.hold();
    await look();
    expect(bucket.keys(), 'its holder may be at work').toEqual([lockKey('main')]);
    written.at = NOW - 10 * 60_000;
    bucket.put(lockKey('main'), '{}');
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

  it('takes the status of one that never was along, and nothing of anybody else', async () => {
    const { bucket, look, status } = newWorld();
    bucket.put(clusterKey('main'), '{}');
    bucket.put(leaseKey('main', 'b-1'), '{}');
    await look();
    expect(conditionOf(status() as Status, 'Accepted')).toBe('False Invalid');
    bucket.delete(clusterKey('main'));
    await look();
    expect(bucket.keys()).toEqual([leaseKey('main', 'b-1')]);
    await look();
    expect(bucket.keys()).toEqual([leaseKey('main', 'b-1')]);
  });
});

it('a pass that writes takes leases along that have ended more than a week ago', async () => {
  const { bucket, written, look, ports } = newWorld();
  bucket.put(clusterKey('main'), cluster);
  const HOUR_MS = 3_600_000;
  for (const [age, names] of [
    [7 * 24 + 1, ['a', 'b']],
    [6 * 24, ['c']],
  ] as const) {
    written.at = NOW - age * HOUR_MS;
    for (const name of names) bucket.put(leaseKey('main', name), `{"of": "${name}"}`);
  }
  written.at = NOW;
  const { remove } = ports.documents;
  ports.documents.remove = async (key, etag) => {
    if (key === leaseKey('main', 'b')) throw new Error('AccessDenied');
    return remove(key, etag);
  };
  await look();
  const left = () => bucket.keys().filter((key) => key.includes('/leases/'));
  expect(left()).toEqual([leaseKey('main', 'b'), leaseKey('main', 'c')]);
  ports.documents.remove = remove;
  await look();
  expect(left()).toEqual([leaseKey('main', 'c')]);
});

it('a pass writes a status anew that nobody can read', async () => {
  const { bucket, look, status } = newWorld();
  bucket.put(clusterKey('main'), cluster);
  await look();
  bucket.put(statusKey('main'), '{');
  await look();
  expect(status()?.acceptedRevision).toBe('r1');
});

it('a cluster says who it is before anything of it exists', async () => {
  const { bucket, ports, look, status } = newWorld();
  let uid: string | null | undefined;
  ports.stacks.create = async () => {
    uid = status()?.uid;
    // The rest of the pass is none, as if it crashed here.
    bucket.write = async () => {
      throw new Error('crashed');
    };
  };
  bucket.put(clusterKey('main'), cluster.replace('"name":"main"', '"name":"main","uid":"u1"'));
  await expect(look()).rejects.toThrow('crashed');
  expect(uid).toBe('u1');
});

it('a pool is named before anything of it exists, in a cluster that has a status too', async () => {
  const { bucket, ports, look, status } = newWorld();
  const named: (string[] | undefined)[] = [];
  ports.stacks.create = async () => {
    named.push(Object.keys(status()?.pools ?? {}));
  };
  const asleep = '"spec":{"suspend":true,"pools":{"a":{}}}';
  bucket.put(clusterKey('main'), cluster.replace('"spec":{}', asleep));
  await look();
  expect(named).toEqual([]);
  bucket.put(clusterKey('main'), cluster.replace('"spec":{}', '"spec":{"pools":{"b":{"workers":1}}}'));
  await look();
  expect(named.length).toBeGreaterThan(0);
  for (const pools of named) expect(pools).toContain('b');
});

it('answers the status that stands, where its own could not be written', async () => {
  const { bucket, look, status } = newWorld();
  bucket.put(clusterKey('main'), cluster);
  await look();
  const { write } = bucket;
  bucket.write = async (key, text, etag) => (key === statusKey('main') ? null : write(key, text, etag));
  bucket.put(clusterKey('main'), cluster.replace('"spec":{}', '"spec":{"suspend":true}'));
  const result = await look();
  expect(result.status).toEqual(status());
  expect(conditionOf(result.status, 'Reconciling')).not.toBe('False Suspended');
});

describe('a tombstone', () => {
  const tombstone = cluster.replace('"spec":{}', '"spec":{"delete":{"uid":"u1"}}');

  it('takes along what is bbf’s, and leaves what somebody put beside it', async () => {
    const { bucket, look } = newWorld();
    bucket.put(clusterKey('main'), tombstone);
    bucket.put(activityKey('main'), '{}');
    bucket.put('clusters/main/README.md', 'ours');
    await look();
    await look();
    expect(bucket.keys().sort()).toEqual(['clusters/main/README.md', clusterKey('main')]);
  });

  it('that is left behind brings nothing back, and is not looked at twice', async () => {
    const { bucket, look } = newWorld();
    bucket.put(clusterKey('main'), tombstone);
    await look();
    expect(bucket.keys()).toEqual([clusterKey('main')]);
    bucket.put(leaseKey('main', 'late'), 'no lease');
    await look();
    expect(bucket.keys()).toContain(leaseKey('main', 'late'));
  });
});

describe('beside another pass', () => {
  it('nothing is done or said', async () => {
    const { bucket, look, other, status } = newWorld();
    bucket.put(clusterKey('main'), cluster);
    await other.hold();
    expect(await look()).toMatchObject({ blocked: true });
    expect(status()).toBe(null);
    await other.release();
    expect(await look()).toMatchObject({ blocked: false });
    expect(status()?.acceptedRevision).toBe('r1');
  });

  it('the fast schedule is turned on for a cluster that wakes: the other one may have ended with the lock in its hand', async () => {
    const { bucket, ports, look, other } = newWorld();
    let fast = false;
    ports.schedule.setFast = async (enabled) => {
      fast = enabled;
    };
    bucket.put(clusterKey('main'), cluster.replace('"spec":{}', '"spec":{"suspend":true}'));
    await other.hold();
    await look();
    expect(fast).toBe(false);
    bucket.put(clusterKey('main'), cluster.replace('"spec":{}', '"spec":{"pools":{"default":{"workers":1}}}'));
    await look();
    expect(fast).toBe(true);
  });

  it('what it changed meanwhile is looked at again', async () => {
    const { bucket, status } = newWorld();
    bucket.put(clusterKey('main'), cluster);
    const lock = lockOf(emptyAccount(bucket, NOW), 'main', 'a', 120_000);
    const hold = async () => {
      bucket.put(clusterKey('main'), cluster.replace('"spec":{}', '"spec":{"suspend":true}'));
      return lock.hold();
    };
    await pass(emptyAccount(bucket, NOW), settings, 'main', await bucket.list(''), { ...lock, hold });
    expect(conditionOf(status() as Status, 'Reconciling')).toBe('False Suspended');
  });

  it('nothing to do and nothing to say needs no lock', async () => {
    const { bucket, look, other } = newWorld();
    bucket.put(clusterKey('main'), cluster.replace('"spec":{}', '"spec":{"suspend":true}'));
    await look();
    await other.hold();
    expect(await look()).toMatchObject({ blocked: false });
  });
});
