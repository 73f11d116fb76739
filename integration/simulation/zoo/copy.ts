/** A copy of the working tree, without what git ignores, in a temporary directory, in which bugs are planted and taken out again. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Copy {
  folder: string;
  /** Applies a patch. @throws Error when it does not fit the sources any more */
  plant(patch: string): void;
  takeOut(patch: string): void;
  remove(): void;
}

export function copyOf(repository: string): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'bbf-zoo-'));
  for (const file of filesOf(repository)) {
    // A file that was deleted and not yet committed is still listed.
    if (!existsSync(join(repository, file))) continue;
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    copyFileSync(join(repository, file), join(folder, file));
  }
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    plant(patch) {
      const why = apply(folder, patch);
      if (why !== null) throw new Error(`patch rotted: ${patch} does not apply: ${why}; try npm run zoo -- --refresh`);
    },
    takeOut(patch) {
      const why = apply(folder, patch, '--reverse');
      if (why !== null) throw new Error(`${patch} can't be taken out: ${why}`);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function filesOf(repository: string): string[] {
  const { status, stdout, stderr } = run(repository, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  if (status !== 0) throw new Error(`git ls-files failed in ${repository}: ${stderr}`);
  return stdout.split('\0').filter((file) => file !== '');
}

/** Null when it applied; else what git says. */
export function apply(folder: string, patch: string, ...options: string[]): string | null {
  const { status, stderr } = run(folder, ['apply', '--whitespace=nowarn', ...options, patch]);
  return status === 0 ? null : stderr.trim();
}

/** Without the repository around a folder, if there is one: git would apply a patch below the wrong root. */
export function run(folder: string, args: string[]) {
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(folder) };
  return spawnSync('git', args, { cwd: folder, encoding: 'utf8', env, maxBuffer: 64 * 1024 * 1024 });
}
