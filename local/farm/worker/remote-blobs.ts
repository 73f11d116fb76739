/** The server's blobs as a worker uses them: many small ones in one call, large ones as streams. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { digestText } from '../wire/digest.ts';
import type { BlobAnswer, Digest } from '../wire/messages.ts';
import { readName, writeName } from '../wire/resource-name.ts';
import { CallError, Code } from '../wire/status.ts';
import { type Channel, methodOf } from './channel.ts';

const CAS = 'build.bazel.remote.execution.v2.ContentAddressableStorage';
const findMissing = methodOf(CAS, 'FindMissingBlobs');
const batchRead = methodOf(CAS, 'BatchReadBlobs');
const batchUpdate = methodOf(CAS, 'BatchUpdateBlobs');
const streamRead = methodOf('google.bytestream.ByteStream', 'Read');
const streamWrite = methodOf('google.bytestream.ByteStream', 'Write');

/** Larger blobs get a stream of their own. */
const SMALL_BYTES = 1024 * 1024;
/** Below the 4 MiB that a message may have, with room for digests and frames. */
const BATCH_BYTES = 3 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** About what a digest, its frame and its status take beside the data. */
const ENTRY_BYTES = 128;
const PARALLEL = 8;

/** Where an upload's bytes are. */
export type Source = { digest: Digest; data: Uint8Array } | { digest: Digest; path: string };

export interface RemoteBlobs {
  /** Calls `receive` once for each digest with all of it (small) or with its chunks (large). NOT_FOUND as CallError. */
  fetch(
    digests: Digest[],
    whole: (digest: Digest, data: Uint8Array) => void,
    chunks: (digest: Digest, data: AsyncIterable<Uint8Array>) => Promise<void>,
  ): Promise<void>;
  upload(sources: Source[]): Promise<void>;
}

function batches<T extends { digest: Digest }>(items: T[]): T[][] {
  const all: T[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = item.digest.sizeBytes + ENTRY_BYTES;
    if (bytes > room || all.length === 0) {
      all.push([]);
      room = BATCH_BYTES;
    }
    room -= bytes;
    all.at(-1)?.push(item);
  }
  return all;
}

/** Runs all, a few at a time; rejects with the first failure after those under way have ended. */
async function eachOf<T>(items: T[], run: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) await run(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(PARALLEL, items.length) }, lane));
  const failure = lanes.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}

/** A blob that the server had when it gave the action out is gone; its client has to upload it again. */
export class MissingBlob extends CallError {
  readonly digest: Digest;
  constructor(digest: Digest) {
    super(Code.NOT_FOUND, `blob ${digestText(digest)} is no longer in the store`);
    this.name = 'MissingBlob';
    this.digest = digest;
  }
}

function requireOk({ digest, status }: BlobAnswer): void {
  if (!status?.code) return;
  if (status.code === Code.NOT_FOUND) throw new MissingBlob(digest);
  throw new CallError(status.code, status.message ?? `the server refused blob ${digestText(digest)}`);
}

async function* dataOf(answers: AsyncIterable<{ data: Uint8Array }>): AsyncIterable<Uint8Array> {
  for await (const { data } of answers) yield data;
}

async function* writeRequests(source: Source): AsyncIterable<object> {
  const { digest } = source;
  const pieces = 'data' in source ? [source.data] : createReadStream(source.path, { highWaterMark: CHUNK_BYTES });
  let writeOffset = 0;
  const resourceName = writeName(digest, randomUUID());
  for await (const data of pieces) {
    yield { ...(writeOffset === 0 && { resourceName }), writeOffset, data };
    writeOffset += data.length;
  }
  yield { ...(writeOffset === 0 && { resourceName }), writeOffset, finishWrite: true };
}

const isSmall = ({ sizeBytes }: Digest) => sizeBytes <= SMALL_BYTES;

async function uploadBatch(channel: Channel, batch: { digest: Digest; data: Uint8Array }[]): Promise<void> {
  const { responses } = await channel.unary<{ responses: BlobAnswer[] }>(batchUpdate, { requests: batch });
  for (const response of responses) requireOk(response);
}

async function uploadStream(channel: Channel, source: Source): Promise<void> {
  const { committedSize } = await channel.requests<{ committedSize: number }>(streamWrite, writeRequests(source));
  if (committedSize === source.digest.sizeBytes) return;
  throw new CallError(Code.DATA_LOSS, `the server took ${committedSize} bytes of ${digestText(source.digest)}`);
}

/** @param current gives the connection to use for the next call, or throws */
export function createRemoteBlobs(current: () => Channel): RemoteBlobs {
  return {
    async fetch(digests, whole, chunks) {
      const small = digests.filter(isSmall).map((digest) => ({ digest }));
      await eachOf(batches(small), async (batch) => {
        const request = { digests: batch.map(({ digest }) => digest) };
        const { responses } = await current().unary<{ responses: BlobAnswer[] }>(batchRead, request);
        for (const response of responses) {
          requireOk(response);
          whole(response.digest, response.data ?? new Uint8Array());
        }
      });
      const large = digests.filter((digest) => !isSmall(digest));
      await eachOf(large, (digest) => {
        const request = { resourceName: readName(digest) };
        return chunks(digest, dataOf(current().answers<{ data: Uint8Array }>(streamRead, request)));
      });
    },
    async upload(sources) {
      if (sources.length === 0) return;
      const request = { blobDigests: sources.map(({ digest }) => digest) };
      const answer = await current().unary<{ missingBlobDigests: Digest[] }>(findMissing, request);
      const hashes = new Set(answer.missingBlobDigests.map(({ hash }) => hash));
      const missing = sources.filter(({ digest }) => hashes.delete(digest.hash));
      const inMemory = missing.filter((source) => 'data' in source && isSmall(source.digest));
      await eachOf(batches(inMemory as { digest: Digest; data: Uint8Array }[]), (batch) =>
        uploadBatch(current(), batch),
      );
      const streamed = missing.filter((source) => !('data' in source) || !isSmall(source.digest));
      await eachOf(streamed, (source) => uploadStream(current(), source));
    },
  };
}
