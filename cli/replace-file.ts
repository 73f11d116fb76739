/** Files that are replaced as a whole, by way of a copy beside them that nobody could have put there before. */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** A name that nobody can guess: a link or a file of another user that lay there would be written through. */
export const unguessable = (path: string): string => `${path}.${randomBytes(8).toString('hex')}`;

/**
 * By rename, so that a reader never sees half a file. Only its owner may read it, from its first byte on.
 * @throws EEXIST where something lies where the copy is to be made
 */
export function replaceFile(path: string, content: string | Uint8Array, temporary = unguessable(path)): void {
  closeSync(openSync(temporary, 'wx', 0o600));
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
