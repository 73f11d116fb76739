/** Where bbf's other programs are. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Beside bbf's own bundle; for a bbf that runs from its sources, in `dist` beside them. */
export function programPath(program: string, name: string): string {
  const beside = join(dirname(program), name);
  return existsSync(beside) ? beside : join(dirname(program), '..', 'dist', name);
}
