/** Gives back the right to change directories, so that what an action left behind can be removed. */
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export function makeWritable(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(join(directory, entry.name));
  }
}
