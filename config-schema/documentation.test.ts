import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { activitySchema } from './activity.schema.ts';
import { clusterSchema } from './cluster.schema.ts';
import { leaseSchema } from './lease.schema.ts';
import { parseActivity, parseCluster, parseLease, parseStatus } from './parse.ts';
import { conditionTypes, statusSchema } from './status.schema.ts';

const page = (name: string) => readFileSync(new URL(`../docs/${name}.md`, import.meta.url), 'utf8');
const examples = (text: string) => [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => json as string);

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  default?: unknown;
}

/** Every leaf of a schema as `a.b[].NAME.c`, with its default. */
function leaves(schema: Schema, path = ''): { path: string; default: unknown }[] {
  const inner = [schema, ...(schema.anyOf ?? [])].flatMap(({ properties, additionalProperties, items }) => [
    ...Object.entries(properties ?? {}).flatMap(([name, one]) => leaves(one, path ? `${path}.${name}` : name)),
    ...(typeof additionalProperties === 'object' && additionalProperties.properties
      ? leaves(additionalProperties, `${path}.NAME`)
      : []),
    ...(items?.properties ? leaves(items, `${path}[]`) : []),
  ]);
  return inner.length > 0 ? inner : [{ path, default: schema.default }];
}

describe.each([
  ['cluster', clusterSchema, parseCluster],
  ['lease', leaseSchema, parseLease],
  ['activity', activitySchema, parseActivity],
  ['status', statusSchema, parseStatus],
] as const)('docs/%s.md', (name, schema, parse) => {
  it('has examples that are good documents', () => {
    const found = examples(page(name));
    expect(found.length).toBeGreaterThan(0);
    for (const example of found) expect(parse(example)).toMatchObject({ ok: true });
  });

  it('names every field, and its default in the same row', () => {
    const rows = page(name)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const untold = leaves(schema as Schema).filter((leaf) => {
      const row = rows.find((line) => line.includes(`\`${leaf.path}\``));
      return !row || (leaf.default !== undefined && !row.includes(`\`${JSON.stringify(leaf.default)}\``));
    });
    expect(untold).toEqual([]);
  });
});

it('docs/status.md names every condition', () => {
  const rows = page('status').split('\n');
  expect(conditionTypes.filter((type) => !rows.some((row) => row.startsWith(`| \`${type}\` `)))).toEqual([]);
});
