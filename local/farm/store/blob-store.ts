/** The content-addressable store on disk: each blob a file named by its SHA-256, complete or absent. */
import { readFileSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { digestOf, digestText, EMPTY_HASH } from '../wire/digest.ts';
import type { Digest } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import { type BlobWriter, checkContent, createBlobWriter } from './blob-writer.ts';
import { KeyedFiles } from './keyed-files.ts';
import { createSmallBlobs } from './small-blobs.ts';

export interface BlobStore {
  /** Counts as a use. */
  has(digest: Digest): boolean;
  /** The whole blob; NOT_FOUND when absent. For what is known to be small. */
  read(digest: Digest): Promise<Uint8Array>;
  /** Pieces of at most 256 KiB from `offset` on, at most `limit` bytes (0: to the end). */
  readChunks(digest: Digest, offset: number, limit: number): AsyncIterable<Uint8Array>;
  writer(digest: Digest): BlobWriter;
  /** Checked like `commit`. */
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
  /** Keeps blobs from eviction until `unpin` is called with the same. */
  pin(hashes: Iterable<string>): void;
  unpin(hashes: Iterable<string>): void;
  totalBytes(): number;
}

/** grpc-js framed 256 KiB pieces fastest (numbers: 558, 627, 678 MB/s for 64 KiB, 256 KiB, 1 MiB), and one fits a stream's window. */
const CHUNK_BYTES = 256 * 1024;
/** Up to here one synchronous write costs less than the way through the thread pool and back. */
const SYNCHRONOUS_BYTES = 32 * 1024;

export function notFound(digest: Digest): CallError {
  return new CallError(Code.NOT_FOUND, `blob ${digestText(digest)} is not in the store`);
}

async function* fileChunks(path: string, offset: number, end: number): AsyncIterable<Uint8Array> {
  const file = await open(path, 'r');
  try {
    for (let at = offset; at < end; ) {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw new CallError(Code.DATA_LOSS, `${path} ends at byte ${at}, before its size`);
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function writeWhole(writer: BlobWriter, bytes: Uint8Array): Promise<void> {
  try {
    await writer.write(bytes);
    await writer.commit();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** @param maxBytes size at which the least recently used blobs are removed */
export function openBlobStore(settings: { directory: string; maxBytes: number }): BlobStore {
  const files = new KeyedFiles(settings);
  const small = createSmallBlobs();
  const isEmpty = (digest: Digest) => digest.hash === EMPTY_HASH && digest.sizeBytes === 0;
  const has = (digest: Digest) => isEmpty(digest) || files.use(digest.hash) === digest.sizeBytes;

  async function read(digest: Digest): Promise<Uint8Array> {
    if (isEmpty(digest)) return new Uint8Array();
    if (!has(digest)) throw notFound(digest);
    const known = small.get(digest.hash);
    if (known) return known;
    const path = files.pathOf(digest.hash);
    const bytes = digest.sizeBytes <= SYNCHRONOUS_BYTES ? readFileSync(path) : await readFile(path);
    small.add(digest.hash, bytes);
    return bytes;
  }

  async function* readChunks(digest: Digest, offset: number, limit: number): AsyncIterable<Uint8Array> {
    const end = limit > 0 ? Math.min(offset + limit, digest.sizeBytes) : digest.sizeBytes;
    if (offset >= end) return;
    if (digest.sizeBytes <= SYNCHRONOUS_BYTES) yield (await read(digest)).subarray(offset, end);
    else if (has(digest)) yield* fileChunks(files.pathOf(digest.hash), offset, end);
    else throw notFound(digest);
  }

  async function put(digest: Digest, bytes: Uint8Array): Promise<void> {
    if (has(digest)) return;
    if (bytes.length > SYNCHRONOUS_BYTES) {
      return writeWhole(createBlobWriter(digest, files, put), bytes);
    }
    checkContent(digest, digestOf(bytes));
    const path = files.temporaryPath();
    writeFileSync(path, bytes, { mode: 0o444 });
    files.adopt(digest.hash, path, bytes.length);
    // A copy, as `bytes` is often a view of a larger message that would be kept alive.
    small.add(digest.hash, Buffer.from(bytes));
  }

  return {
    has,
    read,
    readChunks,
    put,
    writer: (digest) => createBlobWriter(digest, files, put),
    pin: (hashes) => files.pin(hashes),
    unpin: (hashes) => files.unpin(hashes),
    totalBytes: () => files.totalBytes,
  };
}
