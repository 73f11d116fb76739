/** "Did you mean": the known name that is nearest to one that isn't known. */
import { closest, distance } from 'fastest-levenshtein';

/** undefined when nothing is near: more than a third of the letters, and at least two, would have to change. */
function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(name, known);
  const allowed = Math.max(2, Math.floor(Math.max(name.length, candidate.length) / 3));
  return distance(name, candidate) <= allowed ? candidate : undefined;
}

/** "; did you mean X?" or, with few known names, the list of them, or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `; did you mean ${near}?`;
  const FEW = 8;
  return known.length > 0 && known.length <= FEW ? `; there is ${known.join(', ')}` : '';
}
