/** Edits of several people in one document: what each changed, field by field, as long as nobody changed the same. */

/** Two people changed the same field to different values. */
export class Clash extends Error {
  /** Dotted path, e.g. `pools.default.workers`. */
  readonly path: string;
  readonly mine: unknown;
  readonly theirs: unknown;
  constructor(path: string, mine: unknown, theirs: unknown) {
    super(`both sides changed ${path}`);
    this.name = 'Clash';
    this.path = path;
    this.mine = mine;
    this.theirs = theirs;
  }
}

/**
 * Three-way merge of JSON values: objects field by field, everything else as a whole. undefined is a field that is not there.
 * @throws Clash
 */
export function merge(base: unknown, mine: unknown, theirs: unknown, path = ''): unknown {
  if (same(mine, base) || same(mine, theirs)) return theirs;
  if (same(theirs, base)) return mine;
  if (!isObject(mine) || !isObject(theirs)) throw new Clash(path, mine, theirs);
  const from = isObject(base) ? base : {};
  const merged: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const value = merge(from[key], mine[key], theirs[key], path === '' ? key : `${path}.${key}`);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whatever the order of fields. */
function same(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return JSON.stringify(one) === JSON.stringify(other);
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => key in other && same(one[key], other[key]));
}
