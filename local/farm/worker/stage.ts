/** Lays the input tree of an action out on disk. */
import { chmodSync, copyFileSync, linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isDigest } from '../wire/digest.ts';
import type { Digest, Directory } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';
import type { InputCache, NeededFile } from './input-cache.ts';

export interface InputLayout {
  /** Relative to the root, parents first; without the root itself. */
  directories: string[];
  files: { path: string; file: NeededFile }[];
  symlinks: { path: string; target: string }[];
}

/** 'link' shares files with the cache; 'copy' is for actions that are known to write to their inputs. */
export type StageMode = 'link' | 'copy';

function requireDigest(name: string, digest: Digest | null): Digest {
  if (isDigest(digest)) return digest;
  throw new CallError(Code.INVALID_ARGUMENT, `input ${JSON.stringify(name)} has no SHA-256 digest`);
}

/** @param directoryOf asked for every directory of the tree; names in them have been checked */
export function layoutOf(root: Digest, directoryOf: (digest: Digest) => Directory): InputLayout {
  const layout: InputLayout = { directories: [], files: [], symlinks: [] };
  const queue = [{ at: '', digest: root }];
  for (const { at, digest } of queue) {
    const { files, directories, symlinks } = directoryOf(digest);
    const pathOf = (name: string) => (at === '' ? name : `${at}/${name}`);
    if (at !== '') layout.directories.push(at);
    for (const { name, digest: child } of directories) {
      queue.push({ at: pathOf(name), digest: requireDigest(name, child) });
    }
    for (const { name, digest: content, isExecutable } of files) {
      const file = { digest: requireDigest(name, content), executable: isExecutable ?? false };
      layout.files.push({ path: pathOf(name), file });
    }
    for (const { name, target } of symlinks) layout.symlinks.push({ path: pathOf(name), target });
  }
  return layout;
}

/** Another file system, or the most links that a file may have. */
const LINK_IMPOSSIBLE = new Set(['EXDEV', 'EMLINK', 'EPERM']);

function place(source: string, target: string, file: NeededFile, mode: StageMode): void {
  if (mode === 'link') {
    try {
      linkSync(source, target);
      return;
    } catch (error) {
      if (!LINK_IMPOSSIBLE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  copyFileSync(source, target);
  chmodSync(target, file.executable ? 0o755 : 0o644);
}

/** Synchronous calls are three times as fast as asynchronous ones; between so many of them other work gets its turn (about 10 ms). */
const CALLS_IN_A_ROW = 500;

/** Everything in `layout.files` has to be in the cache. */
export async function stage(layout: InputLayout, root: string, cache: InputCache, mode: StageMode): Promise<void> {
  let calls = 0;
  const pause = async () => {
    calls += 1;
    if (calls % CALLS_IN_A_ROW === 0) await setImmediate();
  };
  for (const path of layout.directories) {
    mkdirSync(join(root, path));
    await pause();
  }
  for (const { path, file } of layout.files) {
    place(cache.pathOf(file), join(root, path), file, mode);
    await pause();
  }
  for (const { path, target } of layout.symlinks) symlinkSync(target, join(root, path));
}
