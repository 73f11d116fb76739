/** What an edit changes in a document, one line for each field. */
import { printableText } from './printable.ts';

export interface FieldChange {
  /** Dotted path, e.g. `pools.default.workers`. */
  path: string;
  /** undefined: the field was or is not there. */
  before: unknown;
  after: unknown;
}

/** Depth-first, in the order of the new document; lists are compared as a whole. */
export function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) return [{ path, before, after }];
  const keys = [...Object.keys(after), ...Object.keys(before).filter((key) => !(key in after))];
  return keys.flatMap((key) => fieldChanges(before[key], after[key], path === '' ? key : `${path}.${key}`));
}

export function changeText({ path, before, after }: FieldChange): string {
  const shown = (value: unknown) => (value === undefined ? '(unset)' : JSON.stringify(value));
  return printableText(`${path}: ${shown(before)} → ${shown(after)}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
