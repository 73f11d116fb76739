/** Values to put into each field of a cluster's document: valid ones, limits, what lies beyond them, other types, and nothing. Made from the schema. */
import { clusterSchema } from '../../../config-schema/cluster.schema.ts';

/** Leaves a field out. */
export const ABSENT = Symbol('absent');

export interface FieldValue {
  /** Names of members, from the document down. */
  path: string[];
  value: unknown;
}

/** The part of JSON Schema that our schemas use. */
interface Node {
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  pattern?: string;
  default?: unknown;
  properties?: Readonly<Record<string, Node>>;
  additionalProperties?: Node | boolean;
  items?: Node;
}

/** What the type alone can't tell: sizes that Fargate has beside the others of the base, durations, crons, images. */
const GOOD: Readonly<Record<string, readonly unknown[]>> = {
  cpu: [1024, 2048],
  memoryMiB: [4096, 16384],
  diskGiB: [60],
  idleAfter: ['1s', '1h', '30d', '31d'],
  scaleInAfter: ['0s', '30s', '1d', '2d'],
  clientTtl: ['1m', '1d', '25h'],
  for: ['1m', '7d', '8d'],
  cron: ['0 3 * * *', '* * *', '0 0 30 2 *'],
  timezone: ['Europe/Paris', 'Mars/Olympus'],
  server: ['server:2', 'a b'],
  worker: ['worker:2', 'a b'],
  usdPerHour: [0.3, 100],
  usdPerDay: [0.5, 1_000],
  platform: [{ OSFamily: 'linux', disk: 'x' }, { OSFamily: 'linux', Pool: 'x' }, { OSFamily: 3 }],
};

const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  integer: ['7', 1.5, null, []],
  number: ['7', null, {}],
  string: [7, null, ''],
  boolean: ['yes', null, 1],
  object: [null, [], 'x', { bogus: 1 }],
  array: [null, {}, [7]],
};

/** Every field of the document × every value that says something new about it. `maps` names the entry to look at in each map. */
export function fieldValues(maps: Readonly<Record<string, string>>): FieldValue[] {
  return walk(clusterSchema as Node, [], maps);
}

function walk(node: Node, path: string[], maps: Readonly<Record<string, string>>): FieldValue[] {
  const own = path.length === 0 ? [] : valuesOf(node, path.at(-1) ?? '').map((value) => ({ path, value }));
  const members = Object.entries(node.properties ?? {}).flatMap(([name, child]) => walk(child, [...path, name], maps));
  const entry = maps[path.join('.')];
  const entries =
    typeof node.additionalProperties === 'object' && entry !== undefined
      ? walk(node.additionalProperties, [...path, entry], maps)
      : [];
  const items = node.items ? walk(node.items, [...path, '0'], maps) : [];
  return [...own, ...members, ...entries, ...items];
}

function valuesOf(node: Node, name: string): unknown[] {
  const type = node.type ?? 'string';
  const limits = [node.minimum, node.maximum].filter((limit) => limit !== undefined);
  const beyond = [
    ...(node.minimum === undefined ? [] : [node.minimum - 1]),
    ...(node.maximum === undefined ? [] : [node.maximum + 1]),
    ...(node.exclusiveMinimum === undefined ? [] : [node.exclusiveMinimum]),
  ];
  const known = [...(node.enum ?? []), ...(node.default === undefined ? [] : [node.default]), ...(GOOD[name] ?? [])];
  return [ABSENT, ...known, ...limits, ...beyond, ...(WRONG[type] ?? [])];
}

/** A copy of the document with that value in its place; members on the way are made. */
export function withValue(document: object, { path, value }: FieldValue): object {
  const copy = structuredClone(document) as Record<string, unknown>;
  let place = copy;
  for (const name of path.slice(0, -1)) {
    if (typeof place[name] !== 'object' || place[name] === null) place[name] = {};
    place = place[name] as Record<string, unknown>;
  }
  const last = path.at(-1) ?? '';
  if (value === ABSENT) delete place[last];
  else place[last] = structuredClone(value);
  return copy;
}
