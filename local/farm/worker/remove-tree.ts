/** Removes what an action left behind, with as few calls as that takes. */
import { chmodSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** About 2 ms. */
const CALLS_IN_A_ROW = 100;

/**
 * Removes a directory and everything in it, also below directories that may not be written to. Nothing is followed.
 * Node's own `rm` looks at every entry before it removes it and takes twice as long.
 */
export async function removeTree(directory: string): Promise<void> {
  let calls = 0;
  const remove = async (path: string): Promise<void> => {
    chmodSync(path, 0o700);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) await remove(child);
      else unlinkSync(child);
      calls += 1;
      if (calls % CALLS_IN_A_ROW === 0) await setImmediate();
    }
    rmdirSync(path);
  };
  await remove(directory);
}
