/** Reads JSON text and remembers where everything stands in it, so that a problem can name line and column. */
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Problem } from './documents.ts';

/** Where in the text a value stands; both count from 1, columns in UTF-16 units. */
type Place = { line: number; column: number };

export type JsonText =
  | { ok: true; value: unknown; placeOf(pointer: string, part?: 'key' | 'value'): Place | undefined }
  | { ok: false; problems: Problem[] };

/** A document has a handful of fields; a bigger one is a mistake, and S3 would be paid for it at every read. */
const MAX_CHARACTERS = 512 * 1024;
/** The deepest document of ours has 8; recursion must not be left to the text's author. */
const MAX_DEPTH = 64;

/** Plain JSON only, no comments; a byte order mark is skipped. Never throws. */
export function readJson(text: string, charactersMax = MAX_CHARACTERS): JsonText {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const refusal = refuse(body, charactersMax);
  if (refusal) return { ok: false, problems: [refusal] };
  const errors: ParseError[] = [];
  const tree = parseTree(body, errors, { disallowComments: true, allowEmptyContent: false, allowTrailingComma: false });
  const value = parsed(body);
  if (value === undefined) return { ok: false, problems: [syntaxProblem(body, errors[0])] };
  const doubled = tree ? doubledFields(body, tree, '') : [];
  if (doubled.length > 0) return { ok: false, problems: doubled };
  return { ok: true, value: value.json, placeOf: (pointer, part = 'value') => placeIn(body, tree, pointer, part) };
}

/**
 * For text that a program wrote: no field is there twice and nothing is nested too deep, so only its value is looked for,
 * and places in it are found when they are asked for.
 */
export function readProgramJson(text: string, charactersMax = MAX_CHARACTERS): JsonText {
  const value = text.length > charactersMax ? undefined : parsed(text);
  if (value === undefined) return readJson(text, charactersMax);
  return {
    ok: true,
    value: value.json,
    placeOf: (pointer, part = 'value') => placeIn(text, parseTree(text), pointer, part),
  };
}

/** JSON.parse decides what is JSON: it keeps a field named `__proto__` a field, and knows every rule of escapes. */
function parsed(body: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(body) };
  } catch {
    return undefined;
  }
}

function refuse(body: string, charactersMax: number): Problem | undefined {
  const at = { pointer: '', line: 1, column: 1 };
  if (body.trim() === '') {
    return {
      ...at,
      message: 'the document is empty',
      expected: 'a JSON object',
      fix: 'write a document, or restore one',
    };
  }
  if (body.length > charactersMax) {
    const message = 'the document is too big';
    const expected = `at most ${charactersMax} characters`;
    return { ...at, message, seen: `${body.length} characters`, expected, fix: 'leave out what does not belong here' };
  }
  if (depth(body) > MAX_DEPTH) {
    const expected = `at most ${MAX_DEPTH} objects and arrays inside each other`;
    return { ...at, message: 'the document is nested too deep', expected, fix: 'remove what is nested' };
  }
  return undefined;
}

/** The most brackets open at once, those in strings left out. */
function depth(body: string): number {
  let open = 0;
  let most = 0;
  for (const [token] of body.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '{' || token === '[') open += 1;
    else if (token === '}' || token === ']') open -= 1;
    most = Math.max(most, open);
  }
  return most;
}

function syntaxProblem(body: string, error: ParseError | undefined): Problem {
  const offset = error?.offset ?? 0;
  const words = error
    ? printParseErrorCode(error.error)
        .replace(/(?<!^)([A-Z])/g, ' $1')
        .toLowerCase()
    : 'invalid text';
  const comment = /^\s*\/[/*]/.test(body.slice(offset));
  return {
    pointer: '',
    message: comment ? 'the document has a comment' : `the document is not JSON: ${words}`,
    seen: body.slice(offset, offset + 20).split('\n')[0] || 'the end of the text',
    expected: 'plain JSON, without comments and trailing commas',
    fix: comment ? 'remove the comment; metadata.reason may say why' : 'correct the text at this place',
    ...place(body, offset),
  };
}

/** JSON.parse keeps the last of two fields with one name, and the reader of the text may have meant the first. */
function doubledFields(body: string, node: Node, pointer: string): Problem[] {
  const seen = new Set<string>();
  return (node.children ?? []).flatMap((child, index) => {
    if (node.type === 'array') return doubledFields(body, child, `${pointer}/${index}`);
    const [key, value] = child.children ?? [];
    const name = String(key?.value);
    const here = `${pointer}/${escapePointer(name)}`;
    const inner = value ? doubledFields(body, value, here) : [];
    if (!seen.has(name)) {
      seen.add(name);
      return inner;
    }
    const fix = 'keep one of the two';
    const problem = { pointer: here, message: `${name} is there twice`, expected: 'each field once', fix };
    return [{ ...problem, ...place(body, child.offset) }, ...inner];
  });
}

function placeIn(body: string, tree: Node | undefined, pointer: string, part: 'key' | 'value'): Place | undefined {
  const segments = pointer.split('/').slice(1).map(unescapePointer);
  let node = tree;
  for (const segment of segments) {
    node = node && findNodeAtLocation(node, [node.type === 'array' ? Number(segment) : segment]);
  }
  if (!node) return undefined;
  const key = part === 'key' && node.parent?.type === 'property' ? node.parent : node;
  return place(body, key.offset);
}

function place(body: string, offset: number): Place {
  const before = body.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

export const escapePointer = (segment: string) => segment.replaceAll('~', '~0').replaceAll('/', '~1');
const unescapePointer = (segment: string) => segment.replaceAll('~1', '/').replaceAll('~0', '~');
