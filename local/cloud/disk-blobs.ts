/** Bodies as files of one directory. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Blobs } from './s3/state.ts';

interface DiskBlobs extends Blobs {
  /** Removes what was deleted. To be called once the state that no longer names it is on disk. */
  sweep(): void;
}

export function createDiskBlobs(directory: string): DiskBlobs {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const deleted = new Set<string>();
  const fileOf = (id: string) => join(directory, id);
  return {
    put(id, bytes) {
      deleted.delete(id);
      // By rename, so that a body is there whole or not at all.
      const temporary = `${fileOf(id)}.new`;
      writeFileSync(temporary, bytes, { mode: 0o600 });
      renameSync(temporary, fileOf(id));
    },
    get(id) {
      try {
        return readFileSync(fileOf(id));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    delete: (id) => void deleted.add(id),
    sweep() {
      for (const id of deleted) rmSync(fileOf(id), { force: true });
      deleted.clear();
    },
  };
}
