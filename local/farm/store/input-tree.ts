/** Walks the input tree of an action: what it needs, and what of that is not in the store. */
import { directoryCodec } from '../wire/codec.ts';
import { isDigest } from '../wire/digest.ts';
import type { Digest } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import type { BlobStore } from './blob-store.ts';

interface InputTree {
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

/** One walk, breadth first, that visits every digest once. */
class Walk {
  readonly tree: InputTree = { hashes: [], missing: [], directories: [] };
  readonly directories: Digest[];
  readonly #seen: Set<string>;
  readonly #store: BlobStore;
  #room: number;

  constructor(store: BlobStore, root: Digest, inlineBytes: number) {
    this.#store = store;
    this.#seen = new Set([root.hash]);
    this.directories = [root];
    this.#room = inlineBytes;
  }

  /** False when it is missing. */
  visit(digest: Digest): boolean {
    this.tree.hashes.push(digest.hash);
    if (this.#store.has(digest)) return true;
    this.tree.missing.push(digest);
    return false;
  }

  /** The directory's bytes while there is room for them. */
  async inline(digest: Digest): Promise<Uint8Array | undefined> {
    this.#room -= digest.sizeBytes;
    if (this.#room < 0) return undefined;
    const bytes = await this.#store.read(digest);
    this.tree.directories.push(bytes);
    return bytes;
  }

  add({ files, directories }: Entries): void {
    for (const file of files) if (this.#isNew(file)) this.visit(file);
    for (const directory of directories) if (this.#isNew(directory)) this.directories.push(directory);
  }

  #isNew({ hash }: Digest): boolean {
    return !this.#seen.has(hash) && this.#seen.add(hash) !== undefined;
  }
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
      const walk = new Walk(store, rootDigest, inlineBytes);
      for (const digest of walk.directories) {
        if (walk.visit(digest)) walk.add(await entries(digest, await walk.inline(digest)));
      }
      return walk.tree;
    },
  };
}
