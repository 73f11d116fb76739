/** The workspace that Bazel would find, by its own rule: without one it refuses every build at once. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ancestors } from '../context/ancestors.ts';

/** Source: src/main/cpp/workspace_layout.cc of Bazel 9; one before 7 wants one of the last two, and says so itself. */
const MARKERS = ['MODULE.bazel', 'REPO.bazel', 'WORKSPACE', 'WORKSPACE.bazel'];

/** undefined outside of any. */
export const workspaceRoot = (folder: string): string | undefined =>
  ancestors(folder).find((at) => MARKERS.some((marker) => isFile(join(at, marker))));

export const isInWorkspace = (folder: string): boolean => workspaceRoot(folder) !== undefined;

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch {
    return false;
  }
}
