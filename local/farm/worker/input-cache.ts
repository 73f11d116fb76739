/** Blobs on the worker's disk, as files that are linked into the actions' directories. */
import { chmodSync, copyFileSync, linkSync, lstatSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { discard, KeyedFiles } from '../store/keyed-files.ts';
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

const keyOf = ({ digest, executable }: NeededFile) => (executable ? `${digest.hash}.x` : digest.hash);
const modeOf = (executable: boolean) => (executable ? 0o555 : 0o444);

/** Of files as they were when an action began, by key. */
type Fingerprints = ReadonlyMap<string, string | undefined>;

/** Changes when content or mode are changed by an ordinary write; links do not change it. Undefined when there is no file. */
function fingerprint(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat && `${stat.size} ${stat.mtimeMs} ${stat.mode}`;
}

export class InputCache {
  readonly #files: KeyedFiles;
  readonly #fingerprints = new Map<string, string>();
  /** Downloads under way, by key. */
  readonly #coming = new Map<string, Promise<void>>();

  constructor(settings: { directory: string; maxBytes: number }) {
    this.#files = new KeyedFiles(settings);
  }

  /**
   * Fetches what is not there. Until `release`, none of these is evicted.
   * @returns what `changedSince` needs, of the content as it came from the server
   */
  async ensure(needed: NeededFile[], remote: RemoteBlobs): Promise<Fingerprints> {
    this.#files.pin(needed.map(keyOf));
    const absent = new Map(needed.filter((file) => !this.#isThere(file)).map((file) => [keyOf(file), file]));
    const others = [...absent.keys()].flatMap((key) => this.#coming.get(key) ?? []);
    const mine = [...absent.values()].filter((file) => !this.#coming.has(keyOf(file)));
    const fetched = this.#fetchAll(mine, remote);
    for (const file of mine) this.#coming.set(keyOf(file), fetched);
    try {
      // Both at once: what fails while the others still come is nobody's surprise.
      await Promise.allSettled([...others, fetched]);
      await fetched;
    } finally {
      for (const file of mine) this.#coming.delete(keyOf(file));
    }
    // What another action was fetching may have failed with that action.
    await this.#fetchAll(
      [...absent.values()].filter((file) => !this.#isThere(file)),
      remote,
    );
    // Of files from before the start of this process there is none yet, and after the action it may be too late.
    for (const file of needed) if (!this.#fingerprints.has(keyOf(file))) this.#remember(file);
    return new Map(needed.map((file) => [keyOf(file), this.#fingerprints.get(keyOf(file))]));
  }

  release(needed: NeededFile[]): void {
    this.#files.unpin(needed.map(keyOf));
  }

  pathOf(file: NeededFile): string {
    return this.#files.pathOf(keyOf(file));
  }

  /**
   * Whether an action that began with `before` may have read something else than the content: it or another can change a file through
   * their links to it. Also when the file has been fetched anew since, as the action has the one from before.
   */
  changedSince(before: Fingerprints, files: NeededFile[]): boolean {
    const changed = files.filter(
      (file) => !this.#isIntact(file) || this.#fingerprints.get(keyOf(file)) !== before.get(keyOf(file)),
    );
    return changed.length > 0;
  }

  /** Whether the content is what was put here. Forgets it if not. */
  #isIntact(file: NeededFile): boolean {
    const key = keyOf(file);
    const before = this.#fingerprints.get(key);
    if (before !== undefined && fingerprint(this.#files.pathOf(key)) === before) return true;
    this.#fingerprints.delete(key);
    this.#files.remove(key);
    return false;
  }

  /** Takes over a file that an action made, by a link; not one that the action has linked elsewhere itself. */
  adoptOutput(file: NeededFile, path: string): void {
    if (this.#isThere(file) || lstatSync(path).nlink !== 1) return;
    const temporary = this.#files.temporaryPath();
    linkSync(path, temporary);
    chmodSync(temporary, modeOf(file.executable));
    this.#adopt(file, temporary);
  }

  #isThere(file: NeededFile): boolean {
    return this.#files.use(keyOf(file)) === file.digest.sizeBytes;
  }

  async #fetchAll(wanted: NeededFile[], remote: RemoteBlobs): Promise<void> {
    const byHash = new Map<string, NeededFile>();
    const again: NeededFile[] = [];
    for (const file of wanted) {
      if (byHash.has(file.digest.hash)) again.push(file);
      else if (!this.#copyFromOther(file)) byHash.set(file.digest.hash, file);
    }
    const fileOf = (digest: Digest) => byHash.get(digest.hash) ?? { digest, executable: false };
    await remote.fetch(
      [...byHash.values()].map(({ digest }) => digest),
      (digest, data) => this.#store(fileOf(digest), data),
      (digest, chunks) => this.#storeChunks(fileOf(digest), chunks),
    );
    for (const file of again) this.#copyFromOther(file);
  }

  /** The other mode's file has the same content. */
  #copyFromOther(file: NeededFile): boolean {
    const other = { ...file, executable: !file.executable };
    if (!this.#isThere(other)) return false;
    if (!this.#fingerprints.has(keyOf(other))) this.#remember(other);
    if (!this.#isIntact(other)) return false;
    const temporary = this.#files.temporaryPath();
    copyFileSync(this.pathOf(other), temporary);
    chmodSync(temporary, modeOf(file.executable));
    // An action may have changed it while it was copied.
    if (!this.#isIntact(other)) {
      discard(temporary);
      return false;
    }
    this.#adopt(file, temporary);
    return true;
  }

  #store(file: NeededFile, data: Uint8Array): void {
    requireContent(file.digest, digestOf(data));
    const temporary = this.#files.temporaryPath();
    writeFileSync(temporary, data, { mode: modeOf(file.executable) });
    this.#adopt(file, temporary);
  }

  async #storeChunks(file: NeededFile, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const temporary = this.#files.temporaryPath();
    try {
      const handle = await open(temporary, 'wx', modeOf(file.executable));
      requireContent(file.digest, await hashingWriter(handle, chunks));
      this.#adopt(file, temporary);
    } catch (error) {
      discard(temporary);
      throw error;
    }
  }

  #adopt(file: NeededFile, temporary: string): void {
    this.#files.adopt(keyOf(file), temporary, file.digest.sizeBytes);
    this.#remember(file);
  }

  #remember(file: NeededFile): void {
    const seen = fingerprint(this.pathOf(file));
    if (seen !== undefined) this.#fingerprints.set(keyOf(file), seen);
  }
}

function requireContent(wanted: Digest, seen: Digest): void {
  if (seen.hash === wanted.hash) return;
  throw new CallError(Code.DATA_LOSS, `the server sent ${digestText(seen)} for ${digestText(wanted)}`);
}
