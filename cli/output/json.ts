/** What `--json` writes to stdout: the whole of it, some fields, or what a jq expression makes of it. */
import type { Call, Flag, Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { suggestion } from '../suggest.ts';
import { printableJson, printableLines } from './printable.ts';

const ALL_FIELDS = '*';

/** Of every command that shows something. */
export const jsonFlags: Flag[] = [
  { name: 'json', value: 'FIELDS', optional: ALL_FIELDS, summary: 'as one line of JSON; with =FIELD,FIELD only those' },
  { name: 'jq', value: 'EXPRESSION', summary: 'what this jq expression makes of the JSON; texts without quotes' },
];

export const wantsJson = (call: Call): boolean => call.has('json') || call.text('jq') !== undefined;

/** What one object, or one line of many, says of itself before all else. */
export const objectOf = (kind: string, fields: object) => ({ apiVersion: 'bbf/v1', kind, ...fields });

/** A list as one object, so that it has a version and room for more. */
export const listOf = (kind: string, items: readonly object[]) => objectOf(kind, { items });

/** One line, or with `--jq` as many as the expression answers. @throws Failure (usage) for a field or an expression that is none */
export async function writeJson(value: object, call: Call, { terminal }: Program): Promise<void> {
  const names = call.text('json') ?? ALL_FIELDS;
  const chosen = names === ALL_FIELDS ? value : choose(value, names, await documentedFields(call.command));
  const expression = call.text('jq');
  const text = expression === undefined ? printableJson(JSON.stringify(chosen)) : await filtered(chosen, expression);
  const { result } = terminal;
  if (text !== '') result.write(`${result.interactive ? printableLines(text) : text}\n`);
}

/** What may be named also where it happens to be absent. */
async function documentedFields(command: string): Promise<readonly string[]> {
  const { jsonFields } = await import('./json-fields.ts');
  return jsonFields.get(command) ?? [];
}

/** Of a list, the fields of its items. */
function choose(value: object, names: string, documented: readonly string[]): unknown {
  const fields = names.split(',').filter(Boolean);
  const { items } = value as { items?: object[] };
  const shown = Array.isArray(items) ? items : [value];
  const known = [...new Set([...documented, ...shown.flatMap((item) => Object.keys(item))])];
  refuseStranger(fields, known);
  const picked = shown.map((item) => pick(item, fields));
  return Array.isArray(items) ? picked : picked[0];
}

function refuseStranger(fields: readonly string[], known: readonly string[]): void {
  const stranger = fields.find((field) => known.length > 0 && !known.includes(field));
  if (stranger !== undefined)
    throw new Failure('usage', `there is no field ${stranger}${suggestion(stranger, known)}`, {
      next: `--json=${known.join(',')}`,
    });
}

function pick(value: object, fields: readonly string[]): object {
  return Object.fromEntries(fields.map((field) => [field, (value as Record<string, unknown>)[field] ?? null]));
}

async function filtered(value: unknown, expression: string): Promise<string> {
  const { askJq } = await import('./jq.ts');
  try {
    return await askJq(JSON.stringify(value), expression);
  } catch (error) {
    const [why = ''] = (error as Error).message.split('\n');
    throw new Failure('usage', `--jq: ${why.replace(/^jq: error: /, '')}`, { next: "--jq '.conditions[0].reason'" });
  }
}
