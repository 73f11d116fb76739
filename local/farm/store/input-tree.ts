/** Walks the input tree of an action: what it needs, and what of that is not in the store. */
import { directoryCodec } from '../wire/codec.ts';
import { isDigest } from '../wire/digest.ts';
import type { Digest } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import type { BlobStore } from './blob-store.ts';

export interface InputTree {
  /** Of every directory and file below the root, each once; below a missing directory nothing is known. */
  hashes: string[];
  missing: Digest[];
  /** The encoded directories, the root first, until they exceed the given size. */
  directories: Uint8Array[];
}

interface Entries {
  files: Digest[];
  directories: Digest[];
}

/** A directory takes about 200 bytes and one digest for each entry here; Bazel's trees repeat most of theirs from action to action. */
const CACHED_DIRECTORIES = 20_000;

export interface TreeReader {
  /** @param inlineBytes how much of encoded directories to return */
  read(rootDigest: Digest, inlineBytes: number): Promise<InputTree>;
}

function entriesOf(bytes: Uint8Array): Entries {
  const directory = directoryCodec.decode(bytes);
  const digests = (nodes: { name: string; digest: Digest | null }[]) =>
    nodes.map(({ name, digest }) => {
      if (isDigest(digest)) return digest;
      throw new CallError(Code.INVALID_ARGUMENT, `input ${JSON.stringify(name)} has no SHA-256 digest`);
    });
  return { files: digests(directory.files), directories: digests(directory.directories) };
}

/** Remembers decoded directories, which are immutable, across actions. */
export function createTreeReader(store: BlobStore): TreeReader {
  const cache = new Map<string, Entries>();

  async function entries(digest: Digest, bytes: Uint8Array | undefined): Promise<Entries> {
    const known = cache.get(digest.hash);
    if (known) return known;
    const read = entriesOf(bytes ?? (await store.read(digest)));
    if (cache.size >= CACHED_DIRECTORIES) cache.clear();
    cache.set(digest.hash, read);
    return read;
  }

  return {
    async read(rootDigest, inlineBytes) {
      const tree: InputTree = { hashes: [], missing: [], directories: [] };
      const seen = new Set([rootDigest.hash]);
      const directories = [rootDigest];
      let room = inlineBytes;

      const isNew = (digest: Digest) => {
        if (seen.has(digest.hash)) return false;
        seen.add(digest.hash);
        return true;
      };
      for (const digest of directories) {
        tree.hashes.push(digest.hash);
        if (!store.has(digest)) {
          tree.missing.push(digest);
          continue;
        }
        room -= digest.sizeBytes;
        const bytes = room >= 0 ? await store.read(digest) : undefined;
        if (bytes) tree.directories.push(bytes);
        const children = await entries(digest, bytes);
        directories.push(...children.directories.filter(isNew));
        for (const file of children.files.filter(isNew)) {
          tree.hashes.push(file.hash);
          if (!store.has(file)) tree.missing.push(file);
        }
      }
      return tree;
    },
  };
}
