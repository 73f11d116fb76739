/** The seam under ByteStream: a blob as chunks in either direction, with no word about how chunks travel. */
import type { BlobStore } from '../store/blob-store.ts';
import { notFound } from '../store/blob-store.ts';
import { digestText } from '../wire/digest.ts';
import type { Digest } from '../wire/messages.ts';
import { parseReadName, parseWriteName } from '../wire/resource-name.ts';
import { CallError, Code } from '../wire/status.ts';

export interface WriteRequest {
  resourceName: string;
  writeOffset: number;
  finishWrite: boolean;
  data: Uint8Array;
}

/** Whatever carries ByteStream calls it: grpc-js today. */
export interface ByteTransfer {
  /** @param limit at most so many bytes; 0 for all */
  read(resourceName: string, offset: number, limit: number): AsyncIterable<Uint8Array>;
  /** @returns committed bytes. Ends early, without reading on, when the blob is there already. */
  write(requests: AsyncIterable<WriteRequest>): Promise<number>;
  /** Uploads can't be resumed, so it is all or nothing. */
  writeStatus(resourceName: string): { committedSize: number; complete: boolean };
}

function checkRange(digest: Digest, offset: number, limit: number): void {
  if (offset >= 0 && offset <= digest.sizeBytes && limit >= 0) return;
  const message = `offset ${offset} and limit ${limit} lie outside ${digestText(digest)}`;
  throw new CallError(Code.OUT_OF_RANGE, message);
}

async function receive(blobs: BlobStore, digest: Digest, requests: AsyncIterable<WriteRequest>): Promise<number> {
  const writer = blobs.writer(digest);
  try {
    for await (const { writeOffset, data, finishWrite } of requests) {
      if (writeOffset !== writer.received()) {
        const message = `the next byte of ${digestText(digest)} is ${writer.received()}, but ${writeOffset} came`;
        throw new CallError(Code.INVALID_ARGUMENT, message);
      }
      await writer.write(data);
      if (!finishWrite) continue;
      await writer.commit();
      return digest.sizeBytes;
    }
    throw new CallError(Code.INVALID_ARGUMENT, `the upload of ${digestText(digest)} ended without finish_write`);
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

async function* replay(first: WriteRequest, rest: AsyncIterator<WriteRequest>): AsyncIterable<WriteRequest> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

export function createByteTransfer(blobs: BlobStore): ByteTransfer {
  return {
    async *read(resourceName, offset, limit) {
      const digest = parseReadName(resourceName);
      checkRange(digest, offset, limit);
      if (!blobs.has(digest)) throw notFound(digest);
      yield* blobs.readChunks(digest, offset, limit);
    },
    async write(requests) {
      const iterator = requests[Symbol.asyncIterator]();
      const first = await iterator.next();
      if (first.done) throw new CallError(Code.INVALID_ARGUMENT, 'the upload ended before its first message');
      const digest = parseWriteName(first.value.resourceName);
      if (blobs.has(digest)) return digest.sizeBytes;
      return receive(blobs, digest, replay(first.value, iterator));
    },
    writeStatus(resourceName) {
      const digest = parseWriteName(resourceName);
      return blobs.has(digest)
        ? { committedSize: digest.sizeBytes, complete: true }
        : { committedSize: 0, complete: false };
    },
  };
}
