/** Where the built programs and the Bazels of this machine are, for tests, demo and benchmarks. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { npmProgram } from '../local/farm/fixtures/bazel.ts';

export const root = join(import.meta.dirname, '..');
export const bbfProgram = join(root, 'dist', 'bbf.cjs');
export const helloWorkspace = join(root, 'integration', 'examples', 'hello');

export interface Bazel {
  name: string;
  path: string;
}

/** The Bazel of the npm dev dependency. */
export const npmBazel = (): Bazel => ({ name: 'Bazel 2.1.0 (npm)', path: npmProgram() });

/** Debian's Bazel 4.2.3, or undefined with the reason in `missing`. */
export function debianBazel(): { bazel?: Bazel; missing: string } {
  const missing = 'Debian’s Bazel is not installed (apt-get install bazel-bootstrap)';
  const path = '/usr/bin/bazel';
  if (!existsSync(path)) return { missing };
  const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
  return version.includes('no_version') ? { bazel: { name: 'Bazel 4.2.3 (Debian)', path }, missing } : { missing };
}
