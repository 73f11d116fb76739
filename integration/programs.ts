/** Where the built programs and the Bazels of this machine are, for tests, demo and benchmarks. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const bbfProgram = join(root, 'dist', 'bbf.cjs');
export const helloWorkspace = join(root, 'integration', 'examples', 'hello');

export interface Bazel {
  name: string;
  path: string;
}

/** The Bazel of the npm dev dependency. Its binary has no run bit, so it is copied once to a place of our own. */
export function npmBazel(): Bazel {
  const manifest = createRequire(import.meta.url).resolve('@bazel/bazel-linux_x64/package.json');
  const source = join(dirname(manifest), 'bazel-2.1.0-linux-x86_64');
  const directory = join(tmpdir(), `bbf-bazel-${process.getuid?.()}`);
  const path = join(directory, 'bazel-2.1.0');
  if (!existsSync(path)) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const copy = `${path}.${process.pid}`;
    copyFileSync(source, copy);
    chmodSync(copy, 0o755);
    renameSync(copy, path);
  }
  return { name: 'Bazel 2.1.0 (npm)', path };
}

/** Debian's Bazel 4.2.3, or undefined with the reason in `missing`. */
export function debianBazel(): { bazel?: Bazel; missing: string } {
  const missing = 'Debian’s Bazel is not installed (apt-get install bazel-bootstrap)';
  const path = '/usr/bin/bazel';
  if (!existsSync(path)) return { missing };
  const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
  return version.includes('no_version') ? { bazel: { name: 'Bazel 4.2.3 (Debian)', path }, missing } : { missing };
}
