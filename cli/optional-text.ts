/** Files that need not be there. */
import { readFileSync } from 'node:fs';

/** Nothing where there is no such file, or none that can be read. */
export function optionalText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
