/** Texts that others wrote, so that a terminal shows them and does nothing else: a document may hold whatever its writer likes. */

/** Unicode's category Cc: C0, DEL and C1, among them the bytes that begin every sequence that a terminal obeys. */
const CONTROL = /\p{Cc}/gu;
const BREAKS = /[\t\n\v\f\r]+/g;
/** Select Graphic Rendition, ECMA-48 section 8.3.117: colours and the like. */
const ESCAPE = '\u001b';
export const COLOURS = new RegExp(`(${ESCAPE}\\[[0-9;:]*m)`);
const PLAIN_COLOURS = `${ESCAPE}[0m`;

const escaped = (text: string): string =>
  text.replaceAll(CONTROL, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** One line, in which controls are seen as JSON writes them. */
export const printableText = (text: string): string => escaped(text.replaceAll(BREAKS, ' '));

/** The same for every text in a value, names of fields included. */
export function printable<T>(value: T): T {
  if (typeof value === 'string') return printableText(value) as T;
  if (Array.isArray(value)) return value.map(printable) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [printableText(name), printable(one)])) as T;
}

/** Of a text that has lines of its own, e.g. a file: they stay. */
export const printableLines = (text: string): string =>
  text
    .split(/(\r?\n)/)
    .map((part) => (/^\r?\n$/.test(part) ? part : escaped(part.replaceAll('\t', '        '))))
    .join('');

/** Of a log: lines stay, the later ones indented so that none looks like another event, and so do colours, which end with it. */
export function printableLog(text: string): string {
  const lines = text.split(/\r\n?|\n/).map((line) =>
    line
      .split(COLOURS)
      .map((part) => (COLOURS.test(part) ? part : escaped(part.replaceAll('\t', ' '))))
      .join(''),
  );
  const shown = lines.join('\n    ');
  return COLOURS.test(shown) ? `${shown}${PLAIN_COLOURS}` : shown;
}

/** JSON as JSON.stringify writes it has C0 escaped, but neither DEL nor C1. */
export const printableJson = escaped;
