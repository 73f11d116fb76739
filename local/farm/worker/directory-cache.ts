/** Directories of input trees by hash: those that came with an order, those seen before, and the rest from the server. */
import { directoryCodec } from '../wire/codec.ts';
import { digestOf, digestText, isDigest } from '../wire/digest.ts';
import type { Digest, Directory } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import { checkDirectory } from './paths.ts';
import type { RemoteBlobs } from './remote-blobs.ts';

export interface DirectoryCache {
  /**
   * Makes every directory below the root known.
   * @param encoded some of them
   * @returns the directory of any digest in the tree
   */
  tree(root: Digest, encoded: Uint8Array[], remote: RemoteBlobs): Promise<(digest: Digest) => Directory>;
}

const CACHED_DIRECTORIES = 10_000;

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return Buffer.concat(pieces);
}

export function createDirectoryCache(): DirectoryCache {
  const known = new Map<string, Directory>();

  /** Strings are copied out of `bytes` by the decoder, so nothing keeps the message alive. */
  function learn(bytes: Uint8Array): void {
    const { hash } = digestOf(bytes);
    if (known.has(hash)) return;
    const directory = directoryCodec.decode(bytes);
    checkDirectory(directory);
    known.set(hash, directory);
  }

  function childrenOf(digest: Digest): Digest[] {
    return (known.get(digest.hash)?.directories ?? []).map((node) => {
      if (isDigest(node.digest)) return node.digest;
      throw new CallError(Code.INVALID_ARGUMENT, `input directory ${JSON.stringify(node.name)} has no SHA-256 digest`);
    });
  }

  async function fetch(missing: Digest[], remote: RemoteBlobs): Promise<void> {
    await remote.fetch(
      missing,
      (_digest, data) => learn(data),
      async (_digest, chunks) => learn(await bytesOf(chunks)),
    );
    const lost = missing.find(({ hash }) => !known.has(hash));
    if (lost) throw new CallError(Code.DATA_LOSS, `the server sent something else for directory ${digestText(lost)}`);
  }

  return {
    async tree(root, encoded, remote) {
      if (known.size > CACHED_DIRECTORIES) known.clear();
      for (const bytes of encoded) learn(bytes);
      /** Of its own, as what all actions know may be forgotten meanwhile. */
      const tree = new Map<string, Directory>();
      for (let level = [root]; level.length > 0; ) {
        const missing = level.filter(({ hash }) => !known.has(hash));
        if (missing.length > 0) await fetch(missing, remote);
        for (const { hash } of level) tree.set(hash, known.get(hash) as Directory);
        level = level.flatMap(childrenOf).filter(({ hash }) => !tree.has(hash));
      }
      return (digest) => tree.get(digest.hash) as Directory;
    },
  };
}
