/** The server's blobs as a worker uses them: many small ones in one call, large ones as streams. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { digestText } from '../wire/digest.ts';
import type { BlobAnswer, Digest } from '../wire/messages.ts';
import { readName, writeName } from '../wire/resource-name.ts';
import { CallError, Code } from '../wire/status.ts';
import { again } from './again.ts';
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
/** In one message; each takes about 70 bytes. */
const ASKED_DIGESTS = 20_000;

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

function* slices(data: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < data.length; at += CHUNK_BYTES) yield data.subarray(at, at + CHUNK_BYTES);
}

async function* writeRequests(source: Source): AsyncIterable<object> {
  const { digest } = source;
  const pieces = 'data' in source ? slices(source.data) : createReadStream(source.path, { highWaterMark: CHUNK_BYTES });
  let writeOffset = 0;
  const resourceName = writeName(digest, randomUUID());
  for await (const data of pieces) {
    yield { ...(writeOffset === 0 && { resourceName }), writeOffset, data };
    writeOffset += data.length;
  }
  yield { ...(writeOffset === 0 && { resourceName }), writeOffset, finishWrite: true };
}

const isSmall = ({ sizeBytes }: Digest) => sizeBytes <= SMALL_BYTES;

/** Those that the server does not have. */
async function missingOf(sources: Source[], call: Calling): Promise<Source[]> {
  const hashes = new Set<string>();
  for (let at = 0; at < sources.length; at += ASKED_DIGESTS) {
    const blobDigests = sources.slice(at, at + ASKED_DIGESTS).map(({ digest }) => digest);
    const { missingBlobDigests } = await call((channel) =>
      channel.unary<{ missingBlobDigests: Digest[] }>(findMissing, { blobDigests }),
    );
    for (const { hash } of missingBlobDigests) hashes.add(hash);
  }
  return sources.filter(({ digest }) => hashes.delete(digest.hash));
}

async function uploadBatch(channel: Channel, batch: { digest: Digest; data: Uint8Array }[]): Promise<void> {
  const { responses } = await channel.unary<{ responses: BlobAnswer[] }>(batchUpdate, { requests: batch });
  for (const response of responses) requireOk(response);
}

async function uploadStream(channel: Channel, source: Source): Promise<void> {
  const { committedSize } = await channel.requests<{ committedSize: number }>(streamWrite, writeRequests(source));
  if (committedSize === source.digest.sizeBytes) return;
  throw new CallError(Code.DATA_LOSS, `the server took ${committedSize} bytes of ${digestText(source.digest)}`);
}

/** Makes one call, on whatever connection there is. */
type Calling = <A>(make: (channel: Channel) => Promise<A>) => Promise<A>;

/** @param current gives the connection to use for the next call, or throws */
export function createRemoteBlobs(current: () => Channel): RemoteBlobs {
  const call: Calling = (make) => again(async () => make(current()));
  return {
    async fetch(digests, whole, chunks) {
      const small = digests.filter(isSmall).map((digest) => ({ digest }));
      await eachOf(batches(small), async (batch) => {
        const request = { digests: batch.map(({ digest }) => digest) };
        const { responses } = await call((channel) => channel.unary<{ responses: BlobAnswer[] }>(batchRead, request));
        for (const response of responses) {
          requireOk(response);
          whole(response.digest, response.data ?? new Uint8Array());
        }
      });
      const large = digests.filter((digest) => !isSmall(digest));
      await eachOf(large, (digest) => {
        const request = { resourceName: readName(digest) };
        return call((channel) => chunks(digest, dataOf(channel.answers<{ data: Uint8Array }>(streamRead, request))));
      });
    },
    async upload(sources) {
      if (sources.length === 0) return;
      const missing = await missingOf(sources, call);
      const inMemory = missing.filter((source) => 'data' in source && isSmall(source.digest));
      await eachOf(batches(inMemory as { digest: Digest; data: Uint8Array }[]), (batch) =>
        call((channel) => uploadBatch(channel, batch)),
      );
      const streamed = missing.filter((source) => !('data' in source) || !isSmall(source.digest));
      await eachOf(streamed, (source) => call((channel) => uploadStream(channel, source)));
    },
  };
}
