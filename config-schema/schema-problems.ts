/** Puts a schema validator's errors into words: what was seen, what was expected, what to do. */
import type { ErrorObject } from 'ajv';
import { closest, distance } from 'fastest-levenshtein';
import { NAME_PATTERN, PROPERTY_NAME_PATTERN } from './cluster.schema.ts';
import type { Problem } from './documents.ts';
import { DURATION_PATTERN } from './durations.ts';
import { escapePointer } from './json-text.ts';
import { ADDRESS_PATTERN, INSTANT_PATTERN, UNCONTROLLED_PATTERN } from './schema-parts.ts';

/** Excerpts of a document are cut here: a line of a terminal must hold one with its message. */
const EXCERPT_CHARACTERS = 80;

/** A value as the author sees it, on one line and not too long. */
export function excerpt(value: unknown): string {
  // What is too large for a number is read as one that JSON can't write.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > EXCERPT_CHARACTERS ? `${text.slice(0, EXCERPT_CHARACTERS - 1)}…` : text;
}

/** `part` key: the name of a field is wrong, and not its value. */
export type SchemaProblem = Problem & { part?: 'key' };

/** One problem for each error that says something of its own, in the validator's order. */
export function schemaProblems(errors: readonly ErrorObject[]): SchemaProblem[] {
  const listed = new Set(errors.filter(({ keyword }) => keyword === 'enum').map(({ instancePath }) => instancePath));
  return errors.filter((error) => !isEcho(error, listed)).map(problemOf);
}

/** `propertyNames` and `anyOf` repeat errors that they contain; where a list of values is given, their type is no news. */
function isEcho({ keyword, instancePath }: ErrorObject, listed: Set<string>): boolean {
  return keyword === 'propertyNames' || keyword === 'anyOf' || (keyword === 'type' && listed.has(instancePath));
}

function problemOf(error: ErrorObject): SchemaProblem {
  // An error inside `propertyNames` is about the name itself, which is not at instancePath.
  if (error.propertyName !== undefined) return nameProblem(error, error.propertyName);
  const words = Object.hasOwn(wording, error.keyword) ? wording[error.keyword] : undefined;
  const problem = (words ?? otherwise)(error);
  return { pointer: error.instancePath, seen: excerpt(error.data), ...problem };
}

type Words = Pick<Problem, 'message' | 'expected' | 'fix'> & Partial<Pick<SchemaProblem, 'pointer' | 'seen' | 'part'>>;

const wording: Record<string, (error: ErrorObject) => Words> = {
  additionalProperties: unknownField,
  required: (error) => {
    const field = String(error.params.missingProperty);
    const expected = `an object with ${(error.schema as string[]).join(', ')}`;
    const seen = excerpt(Object.keys(error.data as object));
    return { message: `${field} is missing`, seen, expected, fix: `add ${JSON.stringify(field)}` };
  },
  const: (error) => {
    const wanted = excerpt(error.params.allowedValue);
    return { message: `${lastOf(error)} has a value that it can not have`, expected: wanted, fix: `write ${wanted}` };
  },
  enum: (error) => {
    const allowed = error.params.allowedValues as unknown[];
    const names = allowed.map(String);
    const near = typeof error.data === 'string' ? closest(error.data, names) : names[0];
    const expected = `one of ${allowed.map(excerpt).join(', ')}`;
    return { message: `${lastOf(error)} has a value that it can not have`, expected, fix: `write ${excerpt(near)}` };
  },
  type: (error) => {
    const expected = String(error.params.type);
    const message = `${lastOf(error)} is ${typeName(error.data)} where ${article(expected)} belongs`;
    return { message, expected: article(expected), fix: typeFix(expected, error.data) };
  },
  pattern: (error) => {
    const expected = formOf(error.parentSchema as { pattern?: string }, error.data);
    return { message: `${lastOf(error)} has not the form that it needs`, expected, fix: 'write it in that form' };
  },
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
};

function unknownField(error: ErrorObject): Words {
  const field = String(error.params.additionalProperty);
  const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
  const near: string | undefined = closest(field, known);
  const plausible =
    near !== undefined && distance(field.toLowerCase(), near.toLowerCase()) <= Math.max(2, field.length / 3);
  return {
    pointer: `${error.instancePath}/${escapePointer(field)}`,
    part: 'key',
    message: `there is no field ${JSON.stringify(field)} here`,
    seen: excerpt((error.data as Record<string, unknown>)[field]),
    expected: `one of ${known.join(', ')}`,
    fix: plausible ? `did you mean ${JSON.stringify(near)}?` : `remove ${JSON.stringify(field)}`,
  };
}

function bound(error: ErrorObject): Words {
  const { comparison, limit } = error.params as { comparison: string; limit: number };
  const fix = comparison === '>' || comparison === '<' ? `write a number ${comparison} ${limit}` : `write ${limit}`;
  const size = comparison.startsWith('>') ? 'small' : 'large';
  return { message: `${lastOf(error)} is too ${size}`, expected: `${comparison} ${limit}`, fix };
}

/** Lengths and counts: the validator's own words are good enough. */
const otherwise = (error: ErrorObject): Words => ({
  message: `${lastOf(error)} ${error.message ?? 'is not valid'}`,
  expected: error.message ?? error.keyword,
  fix: 'change it so',
});

function nameProblem(error: ErrorObject, name: string): SchemaProblem {
  return {
    part: 'key',
    pointer: `${error.instancePath}/${escapePointer(name)}`,
    message: `${JSON.stringify(name)} can not be a name`,
    seen: excerpt(name),
    expected:
      error.keyword === 'maxLength'
        ? `at most ${error.params.limit} characters`
        : formOf(error.parentSchema as { pattern?: string }, name),
    fix: 'choose another name',
  };
}

const NAME_FORM = 'lower-case letters and digits, in parts joined by single dashes, a letter first';
/** A member of every JavaScript object, which the pattern leaves out. */
const RESERVED = 'constructor';

function formOf(schema: { pattern?: string }, seen: unknown): string {
  const pattern = schema.pattern ?? '';
  if (pattern === DURATION_PATTERN) return 'a duration like "20m" or "1h30m"';
  if (pattern === NAME_PATTERN) return seen === RESERVED ? `a name other than "${RESERVED}"` : NAME_FORM;
  if (pattern === INSTANT_PATTERN) return 'an instant like "2026-11-02T08:00:00Z"';
  if (pattern === ADDRESS_PATTERN) return 'an address with its port like "203.0.113.9:8980"';
  if (pattern === PROPERTY_NAME_PATTERN) return 'characters without “=” and without controls, such as line breaks';
  if (pattern === UNCONTROLLED_PATTERN) return 'a text without control characters, such as line breaks';
  if (pattern.startsWith('^[^ ')) return 'a text without spaces';
  return `a text that matches ${pattern}`;
}

function lastOf(error: ErrorObject): string {
  return error.instancePath.split('/').at(-1) || 'the document';
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return article(typeof value);
}

const article = (type: string) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

/** A number or boolean in quotes is the commonest slip. */
function typeFix(expected: string, value: unknown): string {
  const bare = typeof value === 'string' ? value.trim() : '';
  if ((expected === 'integer' || expected === 'number') && bare !== '' && Number.isFinite(Number(bare))) {
    return `remove the quotes: ${bare}`;
  }
  if (expected === 'boolean' && (bare === 'true' || bare === 'false')) return `remove the quotes: ${bare}`;
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return `put it in quotes: "${value}"`;
  return `write ${article(expected)}`;
}
