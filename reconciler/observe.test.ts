import { describe, expect, it } from 'vitest';
import type { Status } from '../config-schema/documents.ts';
import { activityKey, clusterKey, leaseKey, statusKey } from '../config-schema/keys.ts';
import { decide } from './core/decide.ts';
import { conditionOf, observation } from './core/observation.fixture.ts';
import { observe } from './observe.ts';
import { emptyAccount } from './ports.fixture.ts';
import type { Documents, Entry } from './ports.ts';

const NOW = Date.parse('2026-11-23T09:00:00Z');
const HOUR_MS = 3_600_000;
const TOLERANCE_MS = 5_000;
const settings = {
  installation: 'bbf',
  version: '0.0.0-test',
  defaultEngine: { server: 's', worker: 'w' },
  publicAddresses: true,
};
const cluster = JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} });
const lease = {
  apiVersion: 'bbf/v1',
  kind: 'Lease',
  id: 'b-1',
  holder: 'ann@laptop',
  purpose: 'build //...',
  pools: { default: { workers: 2 } },
  ttlSeconds: 90,
};

/** What a listing has from now on, and what a read finds. */
const bucket = (entries: Entry[], read: Documents['read']): Documents => ({
  list: async (prefix) => entries.filter(({ key }) => key.startsWith(prefix)),
  read,
  revisions: async () => [],
  readRevision: async () => null,
  write: async () => null,
  remove: async () => {},
});

/**
 * A bucket with the texts by key, all written `ageMs` ago; null is listed and gone when it is read, and when it is listed again unless
 * S3 only says so.
 */
function world(texts: Record<string, string | null>, ageMs = 1_000, notFoundYet = false) {
  const entries: Entry[] = Object.entries(texts).map(([key, text]) => ({
    key,
    etag: 'e',
    modifiedAt: NOW - ageMs,
    size: text?.length ?? 1,
  }));
  const listed = entries.filter(({ key }) => notFoundYet || texts[key] !== null);
  const documents = bucket(listed, async (key) => {
    const text = texts[key];
    return typeof text === 'string' ? { text, etag: 'e', revision: 'r1' } : null;
  });
  return observe(emptyAccount(documents, NOW), settings, 'main', entries);
}

const withLease = (text: string | null, ageMs?: number) =>
  world({ [clusterKey('main')]: cluster, [leaseKey('main', 'b-1')]: text }, ageMs);

describe('leases', () => {
  it('are right under leases/: what lies deeper is none, whoever put it there', async () => {
    const deeper = 'clusters/main/leases/x/activity.json';
    const { leases } = await world({ [clusterKey('main')]: cluster, [deeper]: JSON.stringify(lease) });
    expect(leases).toEqual({ known: true, value: [] });
  });

  it('end their time after LastModified', async () => {
    const { leases } = await withLease(JSON.stringify(lease));
    expect(leases).toEqual({ known: true, value: [{ lease, expiresAt: NOW - 1_000 + 90_000 }] });
  });

  it('that were removed since the listing claim nothing', async () => {
    expect((await withLease(null)).leases).toEqual({ known: true, value: [] });
  });

  it('that are listed and can not be found end the pass, as in a bucket whose versioning is young', async () => {
    const texts = { [clusterKey('main')]: cluster, [leaseKey('main', 'b-1')]: null };
    await expect(world(texts, 1_000, true)).rejects.toThrow(
      `${leaseKey('main', 'b-1')} is listed, and S3 does not find it`,
    );
  });

  it('that were gone for a moment are read as they are listed now', async () => {
    const now: Entry = { key: leaseKey('main', 'b-1'), etag: 'new', modifiedAt: NOW, size: 9 };
    const document = { text: JSON.stringify(lease), etag: 'new', revision: 'r2' };
    const documents = bucket([now], async (_, entry) => (entry?.etag === 'new' ? document : null));
    const { leases } = await observe(emptyAccount(documents, NOW), settings, 'main', [{ ...now, etag: 'old' }]);
    expect(leases).toMatchObject({ known: true, value: [{ lease }] });
  });

  it.each([
    ['no JSON', '{', 'the document is not JSON'],
    ['an empty object', '', 'the document is empty'],
    ['more than a lease can be', ' '.repeat(65_537), 'it has 65537 bytes'],
    ['a newer version', JSON.stringify({ ...lease, apiVersion: 'bbf/v2' }), 'the document is of a newer version'],
    ['the name of another', JSON.stringify({ ...lease, id: 'b-2' }), 'its id is "b-2", and its key says "b-1"'],
    ['a missing field', JSON.stringify({ ...lease, pools: undefined }), 'pools is missing'],
  ])('that can not be parsed hold the cluster for an hour without workers: %s', async (_, text, why) => {
    const observation = await withLease(text);
    expect(observation.leases).toMatchObject({
      known: true,
      value: [{ lease: { id: 'b-1', holder: 'unknown', pools: {} }, expiresAt: NOW - 1_000 + HOUR_MS }],
    });
    const { status } = decide(observation);
    expect(conditionOf(status, 'Asleep')).toBe('False Busy');
    expect(status.leases).toMatchObject([{ id: 'b-1', holder: 'unknown', pools: {} }]);
    expect(status.leases[0]?.purpose).toContain(why);
    expect(status.pools.default?.wanted).toBe(0);
  });

  it('beyond a thousand hold the cluster unread', async () => {
    const texts = Array.from({ length: 1_001 }, (_, n) => [
      leaseKey('main', `b-${n}`),
      JSON.stringify({ ...lease, id: `b-${n}` }),
    ]);
    const { leases } = await world({ [clusterKey('main')]: cluster, ...Object.fromEntries(texts) });
    const found = leases.known ? leases.value.map(({ lease: { holder, purpose } }) => [holder, purpose]) : [];
    expect(found.filter(([holder]) => holder === 'unknown')).toEqual([
      ['unknown', 'not a lease that this bbf understands: there are 1001 leases'],
    ]);
    expect(found).toHaveLength(1_001);
  });

  it('that can not be parsed are forgotten after that hour', async () => {
    const { status } = decide(await withLease('{', HOUR_MS + TOLERANCE_MS));
    expect(status.leases).toEqual([]);
    expect(conditionOf(status, 'Asleep')).toBe('False Awake');
  });
});

describe('stacks are listed', () => {
  const at = (ago: number) => new Date(NOW - ago).toISOString();
  async function listed(change: (status: Status) => void): Promise<boolean> {
    const { status } = decide(observation({ now: NOW - 60_000 }));
    Object.assign(status, { inventoryAt: at(60_000) });
    change(status);
    const texts = { [clusterKey('main')]: cluster, [statusKey('main')]: JSON.stringify(status) };
    return (await world(texts)).inventory !== null;
  }

  it('now and then', async () => {
    expect(await listed(() => {})).toBe(false);
    expect(await listed((status) => Object.assign(status, { inventoryAt: at(600_000) }))).toBe(true);
  });

  it('once more when the cluster falls asleep, so that no pool is forgotten whose server stops', async () => {
    const sleepsSince = (ago: number) => (status: Status) =>
      void Object.assign(status, { asleep: { since: at(ago), revision: 'r1' } });
    expect(await listed(sleepsSince(59_000))).toBe(true);
    expect(await listed(sleepsSince(61_000))).toBe(false);
  });
});

describe('beside an invalid document', () => {
  const newestFirst = ['{', cluster, '{', cluster, cluster];
  const status = (acceptedRevision: string | null) =>
    JSON.stringify({ ...decide(observation({ revision: acceptedRevision ?? 'none' })).status, acceptedRevision });

  function observed(accepted: string | null, fails: 'revisions' | 'r4' | null = null, texts = newestFirst) {
    const ids = texts.map((_, index) => `r${texts.length - index}`);
    const keys = [clusterKey('main'), statusKey('main')];
    const entries: Entry[] = keys.map((key) => ({ key, etag: 'e', modifiedAt: NOW - 1_000, size: 1 }));
    const documents: Documents = {
      list: async () => entries,
      read: async (key) => ({ text: key === keys[0] ? '{' : status(accepted), etag: 'e', revision: 'r5' }),
      revisions: async () => {
        if (fails === 'revisions') throw new Error('SlowDown');
        return ids.map((revision) => ({ revision, bytes: 1 }));
      },
      readRevision: async (_, revision) => {
        if (fails === revision) throw new Error('SlowDown');
        return texts[ids.indexOf(revision)] ?? null;
      },
      write: async () => null,
      remove: async () => {},
    };
    return observe(emptyAccount(documents, NOW), settings, 'main', entries);
  }
  const inForce = async (...args: Parameters<typeof observed>) => (await observed(...args)).accepted?.revision ?? null;

  it('the newest valid one is in force, whether or not a pass lived to say so', async () => {
    expect(await inForce('r1')).toBe('r4');
    expect(await inForce('r2')).toBe('r4');
  });

  it.each(['revisions', 'r4'] as const)('nothing is, when what came between could not be read: %s', async (fails) => {
    expect(await inForce('r1', fails)).toBeNull();
  });

  it('nothing is, when what was accepted is refused now: another bbf accepted it', async () => {
    expect(await inForce('r5')).toBeNull();
    expect(await inForce('r4', null, ['{', '{', '{', cluster, cluster])).toBeNull();
    expect(await inForce('r3', null, ['{', cluster, '{', cluster, cluster])).toBe('r4');
  });

  it('nothing is, when none was ever accepted: an invalid document over a tombstone is a new beginning', async () => {
    expect(await inForce(null)).toBeNull();
  });
});

it('an activity may be as big as a report of 20,000 workers', async () => {
  const told = async (bytes: number) => (await world({ [activityKey('main')]: ' '.repeat(bytes) })).activity;
  expect(await told(3_000_000)).toEqual({ known: false, error: 'the document is empty' });
  expect(await told(4_194_305)).toMatchObject({ error: expect.stringContaining('more than any document of bbf') });
});

it('what no document of ours can be is not fetched, and is as invalid as any other text', async () => {
  const { document } = await world({ [clusterKey('main')]: ' '.repeat(1_048_577) });
  const problem = { pointer: '', message: 'has 1048577 bytes', expected: 'at most 1048576 bytes' };
  expect(document).toEqual({
    state: 'invalid',
    revision: 'e',
    modifiedAt: NOW - 1_000,
    problems: [{ ...problem, fix: 'write at most 1048576 bytes' }],
  });
});

it('a status that is too big is written anew', async () => {
  expect((await world({ [statusKey('main')]: ' '.repeat(5_000_000) })).status).toBe(null);
});

describe('leases', () => {
  const many = Array.from({ length: 1_000 }, (_, i) => [
    leaseKey('main', `a-${i}`),
    JSON.stringify({ ...lease, ttlSeconds: 5 }),
  ]);
  const live = { [leaseKey('main', 'b-1')]: JSON.stringify(lease) };
  const entryOf = (age: number) => (key: string) => ({ key, etag: 'e', modifiedAt: NOW - age, size: 200 });
  const observed = async (age: number) => {
    const texts: Record<string, string> = { ...Object.fromEntries(many), ...live };
    const entries = [...many.map(([key = '']) => entryOf(age)(key)), ...Object.keys(live).map(entryOf(1_000))];
    const documents = bucket(entries, async (key) => ({ text: texts[key] ?? '', etag: 'e', revision: 'r1' }));
    return (await observe(emptyAccount(documents, NOW), settings, 'main', entries)).leases;
  };

  it('that are live count, however many dead ones killed clients have left', async () => {
    const leases = await observed(60_000);
    expect(leases.known && leases.value.find(({ lease: { id } }) => id === 'b-1')?.lease.pools).toEqual(lease.pools);
  });

  it('that nobody can hold any more are not read', async () => {
    const leases = await observed(7 * 24 * HOUR_MS + TOLERANCE_MS + 1);
    expect(leases.known && leases.value.map(({ lease: { id } }) => id)).toEqual(['b-1']);
  });
});
