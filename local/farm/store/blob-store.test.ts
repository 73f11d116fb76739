import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chance } from '../fixtures/random.ts';
import { temporaryDirectory } from '../fixtures/temporary.ts';
import { digestOf, EMPTY_DIGEST } from '../wire/digest.ts';
import type { Digest } from '../wire/messages.ts';
import { Code } from '../wire/status.ts';
import { type BlobStore, openBlobStore } from './blob-store.ts';

const KIB = 1024;

async function readAll(store: BlobStore, digest: Digest, offset = 0, limit = 0): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.readChunks(digest, offset, limit)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function upload(store: BlobStore, digest: Digest, bytes: Buffer, pieces: number): Promise<void> {
  const writer = store.writer(digest);
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let at = 0; at < bytes.length; at += size) await writer.write(bytes.subarray(at, at + size));
  await writer.commit();
}

const leftovers = (directory: string) => readdirSync(join(directory, 'tmp'));

describe('the blob store', () => {
  it('gives back whatever was put in, whole and in every range, in whatever pieces it came', async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1e9);
    const random = chance(seed);
    const directory = temporaryDirectory();
    const store = openBlobStore({ directory, maxBytes: 1e9 });
    for (let round = 0; round < 40; round += 1) {
      const bytes = random.bytes(
        random.pick([0, 1, random.integer(100), 32 * KIB, 32 * KIB + 1, random.integer(400 * KIB)]),
      );
      const digest = digestOf(bytes);
      if (random.integer(3) === 0) await store.put(digest, bytes);
      else await upload(store, digest, bytes, 1 + random.integer(5));
      const offset = random.integer(bytes.length + 1);
      const limit = random.integer(bytes.length + 2);
      const end = limit === 0 ? bytes.length : offset + limit;
      expect(store.has(digest), `SEED=${seed}`).toBe(true);
      expect(bytes.equals(await store.read(digest)), `SEED=${seed}`).toBe(true);
      expect(bytes.subarray(offset, end).equals(await readAll(store, digest, offset, limit)), `SEED=${seed}`).toBe(
        true,
      );
    }
    expect(leftovers(directory)).toEqual([]);
  });

  it('still has everything when it is opened again', async () => {
    const directory = temporaryDirectory();
    const bytes = Buffer.from('lasting');
    await openBlobStore({ directory, maxBytes: 1e6 }).put(digestOf(bytes), bytes);
    const again = openBlobStore({ directory, maxBytes: 1e6 });
    expect(again.totalBytes()).toBe(bytes.length);
    expect(Buffer.from(await again.read(digestOf(bytes)))).toEqual(bytes);
  });

  it('always has the empty blob', async () => {
    const store = openBlobStore({ directory: temporaryDirectory(), maxBytes: 1e6 });
    expect(store.has(EMPTY_DIGEST)).toBe(true);
    expect(await readAll(store, EMPTY_DIGEST)).toHaveLength(0);
  });

  it('takes concurrent uploads of one digest', async () => {
    const directory = temporaryDirectory();
    const store = openBlobStore({ directory, maxBytes: 1e9 });
    const bytes = chance(1).bytes(200 * KIB);
    const digest = digestOf(bytes);
    await Promise.all([1, 2, 3, 4].map((pieces) => upload(store, digest, bytes, pieces)));
    expect(bytes.equals(await readAll(store, digest))).toBe(true);
    expect(store.totalBytes()).toBe(bytes.length);
    expect(leftovers(directory)).toEqual([]);
  });

  it.each([
    ['small', 10],
    ['large', 100 * KIB],
  ])('refuses a %s blob whose content is not the announced one, and keeps nothing', async (_size, length) => {
    const directory = temporaryDirectory();
    const store = openBlobStore({ directory, maxBytes: 1e9 });
    const bytes = chance(2).bytes(length);
    const wrong = { ...digestOf(bytes), hash: 'a'.repeat(64) };
    await expect(upload(store, wrong, bytes, 2)).rejects.toMatchObject({ code: Code.INVALID_ARGUMENT });
    await expect(store.put(wrong, bytes)).rejects.toMatchObject({ code: Code.INVALID_ARGUMENT });
    const short = { ...digestOf(bytes), sizeBytes: length + 1 };
    await expect(upload(store, short, bytes, 2)).rejects.toMatchObject({ code: Code.INVALID_ARGUMENT });
    expect(store.has(wrong)).toBe(false);
    expect(leftovers(directory)).toEqual([]);
    expect(store.totalBytes()).toBe(0);
  });

  it('stops an upload that brings more than announced, and leaves nothing of one that is abandoned', async () => {
    const directory = temporaryDirectory();
    const store = openBlobStore({ directory, maxBytes: 1e9 });
    const bytes = chance(3).bytes(100 * KIB);
    const writer = store.writer(digestOf(bytes));
    await writer.write(bytes);
    await expect(writer.write(Buffer.from('x'))).rejects.toMatchObject({ code: Code.INVALID_ARGUMENT });
    await writer.abandon();
    expect(leftovers(directory)).toEqual([]);
    expect(store.has(digestOf(bytes))).toBe(false);
  });

  it('says NOT_FOUND of what it does not have, also when only the size is another', async () => {
    const store = openBlobStore({ directory: temporaryDirectory(), maxBytes: 1e9 });
    const bytes = Buffer.from('one');
    await store.put(digestOf(bytes), bytes);
    const other = { ...digestOf(bytes), sizeBytes: 4 };
    await expect(store.read(other)).rejects.toMatchObject({ code: Code.NOT_FOUND });
    await expect(readAll(store, { ...other, sizeBytes: 1e6 })).rejects.toMatchObject({ code: Code.NOT_FOUND });
  });
});

describe('eviction', () => {
  const blob = (index: number) => Buffer.alloc(100, index);
  const digest = (index: number) => digestOf(blob(index));

  async function filled(count: number, pinned: number[] = [], used: number[] = []) {
    const store = openBlobStore({ directory: temporaryDirectory(), maxBytes: 1000 });
    store.pin(pinned.map((index) => digest(index).hash));
    for (let index = 0; index < count; index += 1) {
      await store.put(digest(index), blob(index));
      for (const one of used) store.has(digest(one));
    }
    return {
      store,
      left: Array.from({ length: count }, (_, index) => index).filter((index) => store.has(digest(index))),
    };
  }

  it('removes nothing up to the limit, and then the least recently used first', async () => {
    expect((await filled(10)).left).toHaveLength(10);
    expect((await filled(13)).left).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect((await filled(13, [], [0])).left).toContain(0);
  });

  it('never removes what is pinned, even when that alone is more than the limit', async () => {
    const all = Array.from({ length: 15 }, (_, index) => index);
    const { store, left } = await filled(15, all);
    expect(left).toEqual(all);
    store.unpin(all.map((index) => digest(index).hash));
    await store.put(digest(15), blob(15));
    await store.put(digest(16), blob(16));
    expect(store.totalBytes()).toBeLessThanOrEqual(1000);
  });
});
