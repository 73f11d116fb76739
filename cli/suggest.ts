/** "Did you mean": the known name that is nearest to one that isn't known. */
import { closest, distance } from 'fastest-levenshtein';

/**
 * undefined when nothing is near: more than a third of the letters would have to change, where two always may as long as two stay. The
 * same letters in another order are near however few they are.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(name, known);
  const letters = Math.max(name.length, candidate.length);
  const allowed = Math.min(Math.max(2, Math.floor(letters / 3)), letters - 2);
  return distance(name, candidate) <= allowed || inOrder(name) === inOrder(candidate) ? candidate : undefined;
}

/** More likely a slip of the pen than another word: one letter more, fewer or another, or two neighbours that changed places. */
export const isSlip = (name: string, meant: string): boolean => distance(name, meant) <= 1 || isSwap(name, meant);

function isSwap(name: string, meant: string): boolean {
  const at = [...name].findIndex((letter, index) => letter !== meant[index]);
  const [one = '', other = ''] = name.slice(at, at + 2);
  return at >= 0 && `${name.slice(0, at)}${other}${one}${name.slice(at + 2)}` === meant;
}

const inOrder = (letters: string) => [...letters].sort().join('');

/** "; did you mean X?" or, with few known names, the list of them, or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `; did you mean ${near}?`;
  const FEW = 8;
  return known.length > 0 && known.length <= FEW ? `; there is ${known.join(', ')}` : '';
}
