/** Takes one upload: small ones stay in memory until they are whole, large ones are hashed on their way into a temporary file. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { digestText } from '../wire/digest.ts';
import type { Digest } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import { discard, type KeyedFiles } from './keyed-files.ts';

/** Receives one blob in pieces. Either `commit` or `abandon` ends it. */
export interface BlobWriter {
  /** Bytes received so far. */
  received(): number;
  write(chunk: Uint8Array): Promise<void>;
  /** INVALID_ARGUMENT unless size and hash are those of the digest. */
  commit(): Promise<void>;
  abandon(): Promise<void>;
}

/** Bazel sends most blobs in one message of at most 16 KiB. */
const MEMORY_BYTES = 32 * 1024;

type PutWhole = (digest: Digest, bytes: Uint8Array) => Promise<void>;

interface TemporaryFile {
  path: string;
  handle: FileHandle;
}

/** Two uploads of one digest at a time each have a file of their own; the later one replaces equal content with equal content. */
export function createBlobWriter(digest: Digest, files: KeyedFiles, putWhole: PutWhole): BlobWriter {
  const hash = createHash('sha256');
  let pieces: Uint8Array[] = [];
  let received = 0;
  let file: TemporaryFile | undefined;

  async function spill(): Promise<TemporaryFile> {
    const path = files.temporaryPath();
    file = { path, handle: await open(path, 'wx', 0o444) };
    for (const piece of pieces) await append(file, piece);
    pieces = [];
    return file;
  }

  async function append(target: TemporaryFile, chunk: Uint8Array): Promise<void> {
    hash.update(chunk);
    for (let at = 0; at < chunk.length; ) at += (await target.handle.write(chunk, at)).bytesWritten;
  }

  async function abandon(): Promise<void> {
    pieces = [];
    const unfinished = file;
    file = undefined;
    if (!unfinished) return;
    await unfinished.handle.close();
    discard(unfinished.path);
  }

  return {
    abandon,
    received: () => received,
    async write(chunk) {
      received += chunk.length;
      if (received > digest.sizeBytes) {
        const message = `more than the announced ${digest.sizeBytes} bytes came for ${digestText(digest)}`;
        throw new CallError(Code.INVALID_ARGUMENT, message);
      }
      if (!file && received <= MEMORY_BYTES) pieces.push(chunk);
      else await append(file ?? (await spill()), chunk);
    },
    async commit() {
      if (!file) return putWhole(digest, Buffer.concat(pieces));
      const { path, handle } = file;
      await handle.close();
      file = undefined;
      try {
        checkContent(digest, { hash: hash.digest('hex'), sizeBytes: received });
        files.adopt(digest.hash, path, received);
      } catch (error) {
        discard(path);
        throw error;
      }
    },
  };
}

/** INVALID_ARGUMENT when what came is not what was announced. */
export function checkContent(expected: Digest, seen: Digest): void {
  if (expected.hash === seen.hash && expected.sizeBytes === seen.sizeBytes) return;
  throw new CallError(
    Code.INVALID_ARGUMENT,
    `the content that came is ${digestText(seen)}, but it was announced as ${digestText(expected)}; nothing was stored`,
  );
}
