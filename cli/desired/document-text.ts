/** A cluster's document as people keep it in files: JSON, or YAML, which reads more easily. */
import { type Document, LineCounter, parseDocument, stringify, visit } from 'yaml';
import type { Problem } from '../../config-schema/documents.ts';
import { parseCluster } from '../../config-schema/parse.ts';

export type Format = 'json' | 'yaml';

export type ReadText =
  | {
      ok: true;
      /** JSON, whatever the text was. */
      json: string;
    }
  | { ok: false; problems: Problem[] };

/** JSON begins with a brace, and its names have quotes. */
const formatOf = (text: string): Format => (/^\s*\{(?!\s*\w)/.test(text) ? 'json' : 'yaml');

/** Checks it as the reconciler would. Problems have the line and column of the text as it is written. */
export function readText(text: string, cluster?: string): ReadText {
  const named = cluster === undefined ? {} : { cluster };
  if (formatOf(text) === 'json') {
    const parsed = parseCluster(text, named);
    return parsed.ok ? { ok: true, json: text } : parsed;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const message = error.code === 'MULTIPLE_DOCS' ? 'a second document begins here' : error.message;
    return { ok: false, problems: [syntaxProblem(message, lines.linePos(error.pos[0]))] };
  }
  if (document.contents === null) return { ok: false, problems: [syntaxProblem('there is nothing in it')] };
  let json: string;
  try {
    json = JSON.stringify(document.toJS(), null, 2);
  } catch (unresolved) {
    // An alias without its anchor, or one that holds itself.
    const { message } = unresolved as Error;
    return { ok: false, problems: [syntaxProblem(/circular/i.test(message) ? 'an anchor holds itself' : message)] };
  }
  const endless = endlessNumber(document, lines);
  if (endless !== undefined) return { ok: false, problems: [endless] };
  const parsed = parseCluster(json, named);
  if (parsed.ok) return { ok: true, json };
  return { ok: false, problems: parsed.problems.map((problem) => placed(problem, document, lines)) };
}

export const yamlOf = (json: string): string => stringify(JSON.parse(json));

function syntaxProblem(message: string, place?: { line: number; col: number }): Problem {
  const [first = message] = message.split(/ at line \d|\n/);
  const problem = { pointer: '', message: first, expected: 'one document in YAML or JSON' };
  if (place === undefined) return { ...problem, fix: 'correct it' };
  const { line, col } = place;
  return { ...problem, seen: `line ${line}`, fix: 'correct it there', line, column: col };
}

/** YAML has numbers that JSON does not, in whose place it would say null. */
function endlessNumber(document: Document, lines: LineCounter): Problem | undefined {
  let found: Problem | undefined;
  visit(document, {
    Scalar: (_key, { value, source, range }) => {
      if (typeof value !== 'number' || Number.isFinite(value)) return undefined;
      const { line, col } = lines.linePos(range?.[0] ?? 0);
      const problem = { pointer: '', message: 'this is no number of JSON', seen: source ?? String(value) };
      found = { ...problem, expected: 'a number', fix: 'write a number', line, column: col };
      return visit.BREAK;
    },
  });
  return found;
}

/** A pointer to something that is not in the text, such as a missing field, gets the place of what would hold it. */
function placed(problem: Problem, document: ReturnType<typeof parseDocument>, lines: LineCounter): Problem {
  const { line: _, column: __, ...rest } = problem;
  const keys = problem.pointer.split('/').slice(1).map(keyOfToken);
  for (let depth = keys.length; depth > 0; depth--) {
    const range = (document.getIn(keys.slice(0, depth), true) as { range?: [number, number, number] } | undefined)
      ?.range;
    if (range === undefined || range === null) continue;
    const { line, col } = lines.linePos(range[0]);
    return { ...rest, line, column: col };
  }
  return rest;
}

/** RFC 6901, section 4. */
const keyOfToken = (token: string) => token.replaceAll('~1', '/').replaceAll('~0', '~');
