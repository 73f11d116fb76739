/** Turns the dotted names of a form body into nested values. */

// biome-ignore lint/suspicious/noExplicitAny: leaves are strings, the shape is the client's
export type QueryInput = Record<string, any>;

interface Level {
  [name: string]: string | Level;
}

/**
 * `Tags.member.1.Key=a` becomes `{Tags: [{Key: 'a'}]}`, `Map.entry.1.key=a&Map.entry.1.value=b` becomes `{Map: {a: 'b'}}`,
 * and EC2's `Filter.1.Value.1=x` becomes `{Filter: [{Value: ['x']}]}`. Every leaf is a string; an empty list is `''`.
 */
export function parseQuery(form: string): QueryInput {
  const root: Level = Object.create(null) as Level;
  for (const [name, value] of new URLSearchParams(form)) place(root, name.split('.'), value);
  return Object.fromEntries(Object.entries(root).map(([name, value]) => [name, folded(value)]));
}

function place(level: Level, [first = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    level[first] = value;
    return;
  }
  const inner = level[first];
  const next = typeof inner === 'object' ? inner : (Object.create(null) as Level);
  level[first] = next;
  place(next, rest, value);
}

function folded(value: string | Level): unknown {
  if (typeof value === 'string') return value;
  const names = Object.keys(value);
  if (names.every((name) => /^\d+$/.test(name))) return inOrder(value);
  if (names.length === 1 && typeof value.member === 'object') return inOrder(value.member);
  if (names.length === 1 && typeof value.entry === 'object') return mapOf(value.entry);
  return Object.fromEntries(names.map((name) => [name, folded(value[name] ?? '')]));
}

function inOrder(level: Level): unknown[] {
  const names = Object.keys(level).sort((a, b) => Number(a) - Number(b));
  return names.map((name) => folded(level[name] ?? ''));
}

function mapOf(level: Level): Record<string, unknown> {
  const entries = inOrder(level) as { key: string; value: unknown }[];
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}
