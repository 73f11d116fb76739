import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLease } from '../../config-schema/parse.ts';
import { type Documents, openDocuments } from '../documents.ts';
import { exitCodes } from '../exit-codes.ts';
import { type BucketDouble, openBucketDouble } from '../testing/bucket-double.ts';
import { takeLease } from './lease.ts';

const key = 'clusters/main/leases/host-1-abc.json';
const quiet = { note: () => {}, now: Date.now };
const wish = { cluster: 'main', id: 'host-1-abc', holder: 'a@b', purpose: 'build //...', pool: 'default', workers: 2 };

let bucket: BucketDouble;
let documents: Documents;
beforeEach(async () => {
  bucket = await openBucketDouble();
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
  documents = openDocuments({ region: 'us-east-1', endpoint: bucket.endpoint, credentials }, 'documents');
});
afterEach(() => bucket.close());

describe('a lease', () => {
  it('is a valid document that claims the workers, and goes when it is released', async () => {
    const held = await takeLease(documents, wish, quiet);
    const parsed = parseLease(bucket.objects.get(key)?.text ?? '');
    expect(parsed).toMatchObject({
      ok: true,
      lease: { holder: 'a@b', pools: { default: { workers: 2 } }, ttlSeconds: 90 },
    });
    await held.release();
    expect(bucket.objects.has(key)).toBe(false);
  });

  it('is written again and again, also after it was gone', async () => {
    const held = await takeLease(documents, { ...wish, ttlSeconds: 0.06 }, quiet);
    bucket.objects.delete(key);
    await expect.poll(() => bucket.objects.has(key)).toBe(true);
    await held.release();
    expect(bucket.objects.has(key)).toBe(false);
  });

  it('tells of a renewal that failed, and goes on', async () => {
    const lost: string[] = [];
    const held = await takeLease(
      documents,
      { ...wish, ttlSeconds: 0.06 },
      { ...quiet, note: (text) => lost.push(text) },
    );
    // All tries of one renewal must fail, and it may be in the middle of one.
    const failing = () => bucket.faults.length > 0 || bucket.faults.push('busy', 'busy', 'busy');
    await expect.poll(() => failing() && lost.length).toBeGreaterThan(0);
    bucket.faults.length = 0;
    const version = bucket.objects.get(key)?.version;
    await expect.poll(() => bucket.objects.get(key)?.version).not.toBe(version);
    await held.release();
  });

  it('is there again at once when the machine wakes, though no renewal is due', async () => {
    let sleptMs = 0;
    const held = await takeLease(documents, wish, { ...quiet, now: () => Date.now() + sleptMs });
    bucket.objects.delete(key);
    sleptMs = 3_600_000;
    await expect.poll(() => bucket.objects.has(key), { timeout: 10_000 }).toBe(true);
    await held.release();
    expect(bucket.objects.has(key)).toBe(false);
  });

  it('survives one lost answer, and ends the build when it can’t be written', async () => {
    bucket.faults.push('lose answer');
    const held = await takeLease(documents, wish, quiet);
    await held.release();
    bucket.faults.push('busy', 'busy', 'busy');
    await expect(takeLease(documents, wish, quiet)).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
    });
  });

  it('whose first write got no answer is removed, as nobody holds it', async () => {
    bucket.faults.push(...Array<'lose answer'>(6).fill('lose answer'));
    await expect(takeLease(documents, wish, quiet)).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: expect.stringContaining(`could not write the lease ${key}`),
    });
    expect(bucket.versions.length).toBeGreaterThan(0);
    expect(bucket.objects.has(key)).toBe(false);
  });

  it('that can’t be removed then may be there, and how it ends is told', async () => {
    bucket.faults.push(...Array<'lose answer'>(6).fill('lose answer'));
    bucket.silent.add('DELETE');
    await expect(takeLease(documents, wish, { ...quiet, patienceMs: 10 })).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: expect.stringContaining('it is not known whether lease host-1-abc was written'),
      details: ['if it was, it claims 2 workers of pool default for 1m 30s: no answer within 0.01 s'],
      next: 'bbf leases release host-1-abc --cluster=main',
    });
  });

  it('whose first write was given up before its answer is removed all the same, and not written again', async () => {
    const asked = new AbortController();
    bucket.silent.add('PUT');
    const taking = takeLease(documents, wish, { ...quiet, signal: asked.signal, patienceMs: 2_000 });
    await expect.poll(() => bucket.objects.has(key)).toBe(true);
    asked.abort();
    await (await taking).release();
    expect(bucket.objects.has(key)).toBe(false);
    expect(bucket.versions).toHaveLength(1);
  });

  it('that can’t be removed in time is left to end by itself', async () => {
    const held = await takeLease(documents, wish, { ...quiet, patienceMs: 10 });
    bucket.silent.add('DELETE');
    await expect(held.release()).rejects.toThrow('no answer within 0.01 s');
  });
});
