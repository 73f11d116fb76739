/** A directory of immutable files by key, with an index in memory: least recently used files go first, pinned ones never. */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

interface KeyedFilesSettings {
  directory: string;
  /** Files are removed once all together are larger than this, unless they are pinned. */
  maxBytes: number;
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

/** Reads what is in the directory, creating it if need be. Keys begin with two hexadecimal digits. One process at a time may have it open. */
export class KeyedFiles {
  readonly #directory: string;
  readonly #temporary: string;
  readonly #maxBytes: number;
  /** Bytes by key in order of use, the oldest first. */
  readonly #index: Map<string, number>;
  /** How many times each key is pinned, as several actions may need one file. */
  readonly #pins = new Map<string, number>();
  #total: number;
  #evictAbove: number;
  #temporaries = 0;

  constructor({ directory, maxBytes }: KeyedFilesSettings) {
    this.#directory = directory;
    this.#temporary = join(directory, 'tmp');
    this.#maxBytes = maxBytes;
    this.#evictAbove = maxBytes;
    rmSync(this.#temporary, { recursive: true, force: true });
    mkdirSync(this.#temporary, { recursive: true });
    const found = scan(directory).sort((a, b) => a.usedAt - b.usedAt);
    this.#index = new Map(found.map(({ key, bytes }) => [key, bytes]));
    this.#total = found.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#evictIfNeeded();
  }

  /** Of all files together. */
  get totalBytes(): number {
    return this.#total;
  }

  pathOf(key: string): string {
    return join(this.#directory, key.slice(0, 2), key);
  }

  /** Bytes of the file, or undefined when there is none. Counts as a use. */
  use(key: string): number | undefined {
    const bytes = this.#index.get(key);
    if (bytes === undefined) return undefined;
    this.#index.delete(key);
    this.#index.set(key, bytes);
    return bytes;
  }

  /** A path on the same file system to write a file to before it is adopted. */
  temporaryPath(): string {
    this.#temporaries += 1;
    return join(this.#temporary, String(this.#temporaries));
  }

  /** Moves a finished file in under its key, over one that is there. */
  adopt(key: string, temporaryPath: string, bytes: number): void {
    renameSync(temporaryPath, this.pathOf(key));
    this.#total += bytes - (this.#index.get(key) ?? 0);
    this.#index.delete(key);
    this.#index.set(key, bytes);
    this.#evictIfNeeded();
  }

  remove(key: string): void {
    const bytes = this.#index.get(key);
    if (bytes === undefined) return;
    this.#index.delete(key);
    this.#total -= bytes;
    rmSync(this.pathOf(key), { force: true });
  }

  /** Keeps these keys until as many calls of `unpin`; keys without a file may be pinned as well. */
  pin(keys: Iterable<string>): void {
    for (const key of keys) this.#pins.set(key, (this.#pins.get(key) ?? 0) + 1);
  }

  unpin(keys: Iterable<string>): void {
    for (const key of keys) {
      const count = this.#pins.get(key) ?? 0;
      if (count > 1) this.#pins.set(key, count - 1);
      else this.#pins.delete(key);
    }
  }

  /** Down to 95 %, so that not every new file starts a search; and if pins forbid that, not before 1 % more has come. */
  #evictIfNeeded(): void {
    if (this.#total <= this.#evictAbove) return;
    for (const key of this.#index.keys()) {
      if (this.#total <= this.#maxBytes * 0.95) break;
      if (!this.#pins.has(key)) this.remove(key);
    }
    this.#evictAbove = Math.max(this.#maxBytes, this.#total + this.#maxBytes * 0.01);
  }
}

/** For a temporary file that is no longer wanted. */
export function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
