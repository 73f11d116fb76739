import { describe, expect, it } from 'vitest';
import { lockKey } from '../config-schema/keys.ts';
import { memoryBucket } from './documents.fixture.ts';
import { lockOf } from './lock.ts';
import { emptyAccount } from './ports.fixture.ts';

const TTL_MS = 120_000;
const TOLERANCE_MS = 5_000;

function newBucket() {
  const time = { now: Date.parse('2026-11-23T09:00:00Z') };
  const bucket = memoryBucket(() => time.now);
  const ports = { ...emptyAccount(bucket, 0), time: { now: () => time.now, wait: async () => {} } };
  return { time, bucket, ports, lock: (holder: string) => lockOf(ports, 'main', holder, TTL_MS) };
}

describe('the lock', () => {
  it('is its holder’s, although the answer to its write was lost', async () => {
    const { bucket, ports } = newBucket();
    const write: typeof bucket.write = async (...request) => {
      await bucket.write(...request);
      return null;
    };
    const lost = lockOf({ ...ports, documents: { ...bucket, write } }, 'main', 'a', TTL_MS);
    expect(await lost.hold()).toBe(true);
    await lost.release();
    expect(bucket.keys()).toEqual([]);
  });

  it('is taken over when its time is up by more than clocks may differ', async () => {
    const { time, lock } = newBucket();
    expect(await lock('a').hold()).toBe(true);
    time.now += TTL_MS + TOLERANCE_MS;
    expect(await lock('b').hold()).toBe(false);
    time.now += 1;
    expect(await lock('b').hold()).toBe(true);
  });

  it('that was taken over is not released by its former holder', async () => {
    const { time, bucket, lock } = newBucket();
    const former = lock('a');
    await former.hold();
    time.now += TTL_MS + TOLERANCE_MS + 1;
    await lock('b').hold();
    await former.release();
    expect(bucket.text(lockKey('main'))).toContain('"holder":"b"');
  });

  it('that can not be released does not fail the invocation, and ends by itself', async () => {
    const { bucket, ports } = newBucket();
    const remove = async () => {
      throw new Error('SlowDown');
    };
    const lock = lockOf({ ...ports, documents: { ...bucket, remove } }, 'main', 'a', TTL_MS);
    await lock.hold();
    await lock.release();
    expect(bucket.keys()).toEqual([lockKey('main')]);
  });
});
