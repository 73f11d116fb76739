/** EC2's filters: every filter must match, by one of its values, in which `*` and `?` are wild. */

import { parameterError } from './records.ts';
import type { Tags } from './state.ts';

export interface Filter {
  Name?: string;
  Values?: string[];
}

/** Filter name → the record's values for it. */
export type Filterable = Record<string, (string | undefined)[]>;

export function matches(record: Filterable, tags: Tags, filters: readonly Filter[]): boolean {
  return filters.every(({ Name = '', Values = [] }) => {
    const actual = valuesFor(record, tags, Name);
    return Values.some((wanted) => actual.some((value) => value !== undefined && pattern(wanted).test(value)));
  });
}

function valuesFor(record: Filterable, tags: Tags, name: string): (string | undefined)[] {
  if (name.startsWith('tag:')) return [tags[name.slice('tag:'.length)]];
  if (name === 'tag-key') return Object.keys(tags);
  const values = Object.hasOwn(record, name) ? record[name] : undefined;
  if (!values) throw parameterError(`The filter '${name}' is invalid`);
  return values;
}

function pattern(text: string): RegExp {
  const escaped = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's');
}
