/** Folders upwards, as git and Bazel look for what belongs to a workspace. */
import { dirname } from 'node:path';

/** The folder itself first, the root last. */
export function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}
