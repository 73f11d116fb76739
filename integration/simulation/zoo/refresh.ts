/** Writes patches anew that do not apply any more because the sources around them moved. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply, copyOf, run } from './copy.ts';
import { headerOf, type Patch } from './patches.ts';

/** @returns exit code: 1 when a patch fits nowhere and must be written by hand */
export function refresh(repository: string, patches: readonly Patch[]): number {
  const copy = copyOf(repository);
  let lost = 0;
  try {
    for (const { name, file } of patches) {
      if (apply(copy.folder, file, '--check') === null) continue;
      // One line of context on either side; then none at all would plant it anywhere.
      const why = apply(copy.folder, file, '-C1', '--recount');
      if (why === null) writeFileSync(file, anew(repository, copy.folder, file));
      else lost += 1;
      console.log(why === null ? `${name}: written anew` : `${name}: write it by hand: ${why}`);
      for (const path of pathsOf(file)) copyFileSync(join(repository, path), join(copy.folder, path));
    }
  } finally {
    copy.remove();
  }
  return lost > 0 ? 1 : 0;
}

const pathsOf = (patch: string): string[] =>
  [...readFileSync(patch, 'utf8').matchAll(/^diff --git a\/(.+) b\/.+$/gm)].map((match) => match[1] as string);

function anew(repository: string, changed: string, patch: string): string {
  const header = headerOf(readFileSync(patch, 'utf8')).map((line) => `# ${line}\n`);
  const diffs = pathsOf(patch).map((path) => {
    const { stdout } = run(repository, ['diff', '--no-index', '--', join(repository, path), join(changed, path)]);
    const hunks = stdout.slice(stdout.indexOf('@@ '));
    return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${hunks}`;
  });
  return `${header.join('')}${diffs.join('')}`;
}
