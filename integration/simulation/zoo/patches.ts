/** The planted bugs: patches with a few lines of prose before the diff. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Patch {
  /** File name without `.patch`, e.g. `07-second-look-skipped`. */
  name: string;
  file: string;
  /** What the bug is, one line. */
  title: string;
  /** The invariant or the row of the table of known bugs that it stands for. */
  standsFor: string;
  /** What of the campaign to try first; it only saves time. */
  hint: string | null;
}

const HEADER = 'each patch begins with "# <what the bug is>" and "# Stands for: <invariant or known bug>"';

/** All patches in the order of their names, or those whose name contains one of `only`. */
export function patchesIn(folder: string, only: readonly string[]): Patch[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.patch'))
    .map((file) => file.slice(0, -'.patch'.length))
    .sort();
  const unknown = only.find((part) => !names.some((name) => name.includes(part)));
  if (unknown !== undefined) throw new Error(`no patch is called ${unknown}; there are ${names.join(', ')}`);
  const chosen = only.length === 0 ? names : names.filter((name) => only.some((part) => name.includes(part)));
  return chosen.map((name) => readPatch(name, join(folder, `${name}.patch`)));
}

function readPatch(name: string, file: string): Patch {
  const header = headerOf(readFileSync(file, 'utf8'));
  const after = (label: string) => header.find((line) => line.startsWith(label))?.slice(label.length);
  const [title] = header;
  const standsFor = after('Stands for: ');
  if (title === undefined || standsFor === undefined) throw new Error(`${name}.patch has no header: ${HEADER}`);
  return { name, file, title, standsFor, hint: after('Hint: ') ?? null };
}

/** The lines before the diff, without their `# `. */
export function headerOf(text: string): string[] {
  const [before = ''] = text.split(/^diff --git /m);
  return before.split('\n').flatMap((line) => (line.startsWith('# ') ? line.slice(2) : []));
}
