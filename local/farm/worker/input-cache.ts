/** Blobs on the worker's disk, as files that are linked into the actions' directories. */
import { chmodSync, copyFileSync, linkSync, lstatSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { discard, openKeyedFiles } from '../store/keyed-files.ts';
import { digestOf, digestText } from '../wire/digest.ts';
import type { Digest } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import { hashingWriter } from './hashing-writer.ts';
import type { RemoteBlobs } from './remote-blobs.ts';

/** A file as an action needs it. A mode belongs to the file and not to its name, so there is one file for each. */
export interface NeededFile {
  digest: Digest;
  executable: boolean;
}

export interface InputCache {
  /** Fetches what is not there. Until `release`, none of these is evicted. */
  ensure(files: NeededFile[], remote: RemoteBlobs): Promise<void>;
  release(files: NeededFile[]): void;
  pathOf(file: NeededFile): string;
  /** Whether the content is what was put here: actions can change a file through their link to it. Forgets it if not. */
  isIntact(file: NeededFile): boolean;
  /** Takes over a file that an action made, by a link. */
  adoptOutput(file: NeededFile, path: string): void;
}

const keyOf = ({ digest, executable }: NeededFile) => (executable ? `${digest.hash}.x` : digest.hash);
const modeOf = (executable: boolean) => (executable ? 0o555 : 0o444);

/** Changes when content or mode are changed by an ordinary write; links do not change it. */
function fingerprint(path: string): string {
  const { size, mtimeMs, mode } = lstatSync(path);
  return `${size} ${mtimeMs} ${mode}`;
}

export function openInputCache(settings: { directory: string; maxBytes: number }): InputCache {
  const files = openKeyedFiles(settings);
  const fingerprints = new Map<string, string>();
  const coming = new Map<string, Promise<void>>();
  const isThere = (file: NeededFile) => files.use(keyOf(file)) === file.digest.sizeBytes;

  function adopt(file: NeededFile, temporary: string): void {
    const key = keyOf(file);
    files.adopt(key, temporary, file.digest.sizeBytes);
    fingerprints.set(key, fingerprint(files.pathOf(key)));
  }

  function store(file: NeededFile, data: Uint8Array): void {
    const seen = digestOf(data);
    if (seen.hash !== file.digest.hash) {
      throw new CallError(Code.DATA_LOSS, `the server sent ${digestText(seen)} for ${digestText(file.digest)}`);
    }
    const temporary = files.temporaryPath();
    writeFileSync(temporary, data, { mode: modeOf(file.executable) });
    adopt(file, temporary);
  }

  async function storeChunks(file: NeededFile, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const temporary = files.temporaryPath();
    try {
      const handle = await open(temporary, 'wx', modeOf(file.executable));
      const seen = await hashingWriter(handle, chunks);
      if (seen.hash !== file.digest.hash) {
        throw new CallError(Code.DATA_LOSS, `the server sent ${digestText(seen)} for ${digestText(file.digest)}`);
      }
      adopt(file, temporary);
    } catch (error) {
      discard(temporary);
      throw error;
    }
  }

  /** The other mode's file has the same content. */
  function copyFromOther(file: NeededFile): boolean {
    const other = { ...file, executable: !file.executable };
    if (!isThere(other)) return false;
    const temporary = files.temporaryPath();
    copyFileSync(files.pathOf(keyOf(other)), temporary);
    chmodSync(temporary, modeOf(file.executable));
    adopt(file, temporary);
    return true;
  }

  async function fetchAll(wanted: NeededFile[], remote: RemoteBlobs): Promise<void> {
    const byHash = new Map<string, NeededFile>();
    const again: NeededFile[] = [];
    for (const file of wanted) {
      if (byHash.has(file.digest.hash)) again.push(file);
      else if (!copyFromOther(file)) byHash.set(file.digest.hash, file);
    }
    const fileOf = (digest: Digest) => byHash.get(digest.hash) ?? { digest, executable: false };
    await remote.fetch(
      [...byHash.values()].map(({ digest }) => digest),
      (digest, data) => store(fileOf(digest), data),
      (digest, chunks) => storeChunks(fileOf(digest), chunks),
    );
    for (const file of again) copyFromOther(file);
  }

  return {
    async ensure(needed, remote) {
      files.pin(needed.map(keyOf));
      const absent = needed.filter((file) => !isThere(file));
      const others = absent.flatMap((file) => coming.get(keyOf(file)) ?? []);
      const mine = [...new Map(absent.map((file) => [keyOf(file), file])).values()];
      const fetched = fetchAll(
        mine.filter((file) => !coming.has(keyOf(file))),
        remote,
      );
      for (const file of mine) if (!coming.has(keyOf(file))) coming.set(keyOf(file), fetched);
      try {
        await Promise.allSettled(others);
        await fetched;
        // What another action was fetching may have failed with that action.
        const still = mine.filter((file) => !isThere(file));
        if (still.length > 0) await fetchAll(still, remote);
      } finally {
        for (const file of mine) if (coming.get(keyOf(file)) === fetched) coming.delete(keyOf(file));
      }
    },
    release: (needed) => files.unpin(needed.map(keyOf)),
    pathOf: (file) => files.pathOf(keyOf(file)),
    isIntact(file) {
      const key = keyOf(file);
      const path = files.pathOf(key);
      const before = fingerprints.get(key) ?? fingerprint(path);
      fingerprints.set(key, before);
      if (statSync(path, { throwIfNoEntry: false }) && fingerprint(path) === before) return true;
      fingerprints.delete(key);
      files.remove(key);
      return false;
    },
    adoptOutput(file, path) {
      if (isThere(file) || lstatSync(path).nlink !== 1) return;
      const temporary = files.temporaryPath();
      linkSync(path, temporary);
      chmodSync(temporary, modeOf(file.executable));
      adopt(file, temporary);
    },
  };
}
