/** A directory of immutable files by key, with an index in memory: least recently used files go first, pinned ones never. */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

export interface KeyedFilesSettings {
  directory: string;
  /** Files are removed once all together are larger than this, unless they are pinned. */
  maxBytes: number;
}

export interface KeyedFiles {
  /** Bytes of the file, or undefined when there is none. Counts as a use. */
  use(key: string): number | undefined;
  pathOf(key: string): string;
  /** A path on the same file system to write a file to before it is adopted. */
  temporaryPath(): string;
  /** Moves a finished file in under its key, over one that is there. */
  adopt(key: string, temporaryPath: string, bytes: number): void;
  remove(key: string): void;
  /** Keeps these keys until as many calls of `unpin`; keys without a file may be pinned as well. */
  pin(keys: Iterable<string>): void;
  unpin(keys: Iterable<string>): void;
  /** Of all files together. */
  totalBytes(): number;
}

interface Found {
  key: string;
  bytes: number;
  usedAt: number;
}

const buckets = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));

function scan(directory: string): Found[] {
  return buckets.flatMap((bucket) => {
    const path = join(directory, bucket);
    mkdirSync(path, { recursive: true });
    return readdirSync(path).map((key) => {
      const stat = statSync(join(path, key));
      return { key, bytes: stat.size, usedAt: Math.max(stat.atimeMs, stat.mtimeMs) };
    });
  });
}

/** Pins are counted, as several actions may need one file. */
function countingSet() {
  const counts = new Map<string, number>();
  return {
    has: (key: string) => counts.has(key),
    add(keys: Iterable<string>) {
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    remove(keys: Iterable<string>) {
      for (const key of keys) {
        const count = counts.get(key) ?? 0;
        if (count > 1) counts.set(key, count - 1);
        else counts.delete(key);
      }
    },
  };
}

/** Reads what is in the directory, creating it if need be. Keys begin with two hexadecimal digits. One process at a time may have it open. */
export function openKeyedFiles(settings: KeyedFilesSettings): KeyedFiles {
  const { directory, maxBytes } = settings;
  const temporary = join(directory, 'tmp');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const found = scan(directory).sort((a, b) => a.usedAt - b.usedAt);
  /** In order of use, the oldest first. */
  const index = new Map(found.map(({ key, bytes }) => [key, bytes]));
  const pins = countingSet();
  let total = found.reduce((sum, { bytes }) => sum + bytes, 0);
  let evictAbove = maxBytes;
  let temporaries = 0;

  const pathOf = (key: string) => join(directory, key.slice(0, 2), key);

  function remove(key: string): void {
    const bytes = index.get(key);
    if (bytes === undefined) return;
    index.delete(key);
    total -= bytes;
    rmSync(pathOf(key), { force: true });
  }

  /** Down to 95 %, so that not every new file starts a search; and if pins forbid that, not before 1 % more has come. */
  function evict(): void {
    for (const key of index.keys()) {
      if (total <= maxBytes * 0.95) break;
      if (!pins.has(key)) remove(key);
    }
    evictAbove = Math.max(maxBytes, total + maxBytes * 0.01);
  }

  if (total > evictAbove) evict();
  return {
    pathOf,
    remove,
    use(key) {
      const bytes = index.get(key);
      if (bytes === undefined) return undefined;
      index.delete(key);
      index.set(key, bytes);
      return bytes;
    },
    temporaryPath() {
      temporaries += 1;
      return join(temporary, String(temporaries));
    },
    adopt(key, temporaryPath, bytes) {
      renameSync(temporaryPath, pathOf(key));
      total += bytes - (index.get(key) ?? 0);
      index.delete(key);
      index.set(key, bytes);
      if (total > evictAbove) evict();
    },
    pin: pins.add,
    unpin: pins.remove,
    totalBytes: () => total,
  };
}

/** For a temporary file that is no longer wanted. */
export function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
