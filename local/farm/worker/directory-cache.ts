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

/** Beside those of the tree that was asked for last. */
const CACHED_DIRECTORIES = 10_000;

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return Buffer.concat(pieces);
}

function childrenOf(directory: Directory | undefined): Digest[] {
  return (directory?.directories ?? []).map((node) => {
    if (isDigest(node.digest)) return node.digest;
    throw new CallError(Code.INVALID_ARGUMENT, `input directory ${JSON.stringify(node.name)} has no SHA-256 digest`);
  });
}

export function createDirectoryCache(): DirectoryCache {
  /** The one that was needed last comes last. */
  const known = new Map<string, Directory>();

  function recall(hash: string): Directory | undefined {
    const directory = known.get(hash);
    if (directory === undefined) return undefined;
    known.delete(hash);
    known.set(hash, directory);
    return directory;
  }

  /** Strings are copied out of `bytes` by the decoder, so nothing keeps the message alive. */
  function learn(bytes: Uint8Array): [hash: string, directory: Directory] {
    const { hash } = digestOf(bytes);
    const before = recall(hash);
    if (before !== undefined) return [hash, before];
    const directory = directoryCodec.decode(bytes);
    checkDirectory(directory);
    known.set(hash, directory);
    return [hash, directory];
  }

  async function fetchMissing(level: Digest[], tree: Map<string, Directory>, remote: RemoteBlobs): Promise<void> {
    const missing = level.filter(({ hash }) => !tree.has(hash));
    if (missing.length === 0) return;
    await remote.fetch(
      missing,
      (_digest, data) => tree.set(...learn(data)),
      async (_digest, chunks) => void tree.set(...learn(await bytesOf(chunks))),
    );
    const lost = missing.find(({ hash }) => !tree.has(hash));
    if (lost) throw new CallError(Code.DATA_LOSS, `the server sent something else for directory ${digestText(lost)}`);
  }

  function forgetAllBut(count: number): void {
    for (const hash of known.keys()) {
      if (known.size <= count) return;
      known.delete(hash);
    }
  }

  return {
    async tree(root, encoded, remote) {
      // Of its own, as what all actions know may be forgotten while this one waits for the server.
      const tree = new Map(encoded.map(learn));
      const asked = new Set([root.hash]);
      for (let level = [root]; level.length > 0; ) {
        for (const { hash } of level) {
          const directory = tree.get(hash) ?? recall(hash);
          if (directory !== undefined) tree.set(hash, directory);
        }
        await fetchMissing(level, tree, remote);
        const children = level.flatMap(({ hash }) => childrenOf(tree.get(hash)));
        level = children.filter(({ hash }) => !asked.has(hash) && asked.add(hash));
      }
      forgetAllBut(CACHED_DIRECTORIES + tree.size);
      return (digest) => tree.get(digest.hash) as Directory;
    },
  };
}
