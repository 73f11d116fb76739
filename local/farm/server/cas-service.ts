/** The content-addressable storage service: which blobs are missing, and many small ones at a time. */
import type { BlobStore } from '../store/blob-store.ts';
import { directoryCodec } from '../wire/codec.ts';
import { digestText, isDigest } from '../wire/digest.ts';
import type { BlobAnswer, BlobData, Digest, Directory } from '../wire/messages.ts';
import { asCallError, CallError, Code } from '../wire/status.ts';
import { type Answers, answering, type Service, unary } from './calls.ts';
import { MAX_BATCH_BYTES } from './capabilities.ts';

interface Upload extends BlobData {
  compressor: number;
}

const DIRECTORIES_PER_PAGE = 500;

function requireDigest(digest: Digest | null): Digest {
  if (isDigest(digest)) return digest;
  const message = `${digestText(digest)} is no digest; expected a SHA-256 of 64 hexadecimal digits and a size`;
  throw new CallError(Code.INVALID_ARGUMENT, message);
}

async function answerOf(
  digest: Digest | null,
  run: (digest: Digest) => Promise<Uint8Array | undefined>,
): Promise<BlobAnswer> {
  try {
    const valid = requireDigest(digest);
    const data = await run(valid);
    return data ? { digest: valid, data, status: {} } : { digest: valid, status: {} };
  } catch (error) {
    const { code, message } = asCallError(error);
    return { digest: digest ?? { hash: '', sizeBytes: 0 }, status: { code, message } };
  }
}

async function updateBlobs(blobs: BlobStore, requests: Upload[]): Promise<{ responses: BlobAnswer[] }> {
  const store = (upload: Upload) =>
    answerOf(upload.digest, async (digest) => {
      if (upload.compressor)
        throw new CallError(Code.INVALID_ARGUMENT, `compressor ${upload.compressor} is not offered`);
      await blobs.put(digest, upload.data);
      return undefined;
    });
  return { responses: await Promise.all(requests.map(store)) };
}

async function readBlobs(blobs: BlobStore, digests: Digest[]): Promise<{ responses: BlobAnswer[] }> {
  const total = digests.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (total > MAX_BATCH_BYTES) {
    throw new CallError(
      Code.INVALID_ARGUMENT,
      `${total} bytes were asked for in one batch, and ${MAX_BATCH_BYTES} is the most; read large blobs by ByteStream`,
    );
  }
  return { responses: await Promise.all(digests.map((digest) => answerOf(digest, (valid) => blobs.read(valid)))) };
}

/** Sends each directory once, parents before children; directories that are absent are left out, as the API allows. */
async function sendTree(blobs: BlobStore, root: Digest, answers: Answers<{ directories: Directory[] }>): Promise<void> {
  const queue = [root];
  const seen = new Set<string>([root.hash]);
  if (!blobs.has(root)) throw new CallError(Code.NOT_FOUND, `directory ${digestText(root)} is not in the store`);
  let page: Directory[] = [];
  for (const digest of queue) {
    if (!blobs.has(digest)) continue;
    const directory = directoryCodec.decode(await blobs.read(digest));
    page.push(directory);
    for (const child of directory.directories) {
      const next = requireDigest(child.digest);
      if (!seen.has(next.hash)) queue.push(next);
      seen.add(next.hash);
    }
    if (page.length < DIRECTORIES_PER_PAGE) continue;
    await answers.send({ directories: page });
    page = [];
  }
  if (page.length > 0) await answers.send({ directories: page });
}

export function casService(blobs: BlobStore): Service {
  return {
    name: 'build.bazel.remote.execution.v2.ContentAddressableStorage',
    roles: ['client', 'worker'],
    methods: {
      FindMissingBlobs: unary(({ blobDigests }: { blobDigests: Digest[] }) => ({
        missingBlobDigests: blobDigests.filter((digest) => !blobs.has(requireDigest(digest))),
      })),
      BatchUpdateBlobs: unary(({ requests }: { requests: Upload[] }) => updateBlobs(blobs, requests)),
      BatchReadBlobs: unary(({ digests }: { digests: Digest[] }) => readBlobs(blobs, digests)),
      GetTree: answering((request: { rootDigest: Digest | null }, answers: Answers<{ directories: Directory[] }>) =>
        sendTree(blobs, requireDigest(request.rootDigest), answers),
      ),
    },
  };
}
