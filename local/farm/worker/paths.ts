/** Names and paths that come over the network, checked before any of them reaches the file system. */
import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Directory } from '../wire/messages.ts';
import { CallError, Code } from '../wire/status.ts';

function isSegment(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}

/** INVALID_ARGUMENT unless every name is a single path segment and none occurs twice. */
export function checkDirectory({ files, directories, symlinks }: Directory): void {
  const seen = new Set<string>();
  for (const { name } of [...files, ...directories, ...symlinks]) {
    const why = !isSegment(name)
      ? 'is no single file name'
      : seen.has(name)
        ? 'occurs twice in one directory'
        : undefined;
    if (why) throw new CallError(Code.INVALID_ARGUMENT, `input name ${JSON.stringify(name)} ${why}`);
    seen.add(name);
  }
}

/** The segments of a relative path below the input root; none for "". INVALID_ARGUMENT for any other. */
export function segmentsOf(path: string, what: string): string[] {
  if (path === '') return [];
  const segments = path.replace(/\/$/, '').split('/');
  if (segments.every(isSegment)) return segments;
  const message = `${what} ${JSON.stringify(path)} has to be a relative path without "." and ".."`;
  throw new CallError(Code.INVALID_ARGUMENT, message);
}

/**
 * True when every parent of the path is a real directory: nothing is created or read through a symbolic link, which
 * an input or the action itself may have put there.
 */
export function hasRealParents(root: string, segments: readonly string[]): boolean {
  let path = root;
  for (const segment of segments.slice(0, -1)) {
    path = join(path, segment);
    if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
  }
  return true;
}

/** Creates directories down to the path's last segment, each a real one. */
export function makeDirectories(root: string, segments: readonly string[]): void {
  let path = root;
  for (const segment of segments) {
    path = join(path, segment);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) mkdirSync(path);
    else if (!stat.isDirectory()) {
      const message = `${segments.join('/')} can't be created: ${JSON.stringify(segment)} is an input, and no directory`;
      throw new CallError(Code.INVALID_ARGUMENT, message);
    }
  }
}
