/** Lines that are wider than the terminal, broken between words where the terminal would break them within. */
import { paragraph } from './paragraph.ts';
import { seenWidth } from './table.ts';

/** So much further in stands what is left of a line. */
const HANG = 4;
/** A narrower column of text goes under what it is about. */
const TEXT_LEAST = 30;

/** Of notes, errors and questions. */
export const folded = (text: string, width: number): string => foldedLines(text, width, () => HANG);

/** Of help, in which running text stands by itself. */
export const foldedHelp = (text: string, width: number): string =>
  foldedLines(text, width, (line) => (line.startsWith('  bbf ') ? HANG : 0));

function foldedLines(text: string, width: number, hang: (line: string) => number): string {
  const lines = text.split('\n');
  return lines.flatMap((line) => (seenWidth(line) <= width ? line : foldedLine(line, width, hang(line)))).join('\n');
}

/** In a row of columns the last one is broken. */
function foldedLine(line: string, width: number, hang: number): string[] {
  const [, begin = '', gap = '', what = ''] = /^( *\S.*?)( {2,})((?:(?! {2}).)+)$/.exec(line) ?? [];
  if (what === '') return hanging(line, width, hang);
  const column = seenWidth(begin + gap);
  if (width - column >= TEXT_LEAST) return indented(paragraph(what, width - column), begin + gap);
  const under = HANG + begin.search(/\S/);
  const typed = seenWidth(begin) <= width ? [begin] : typedLines(begin, width);
  return [...typed, ...indented(paragraph(what, width - under), ' '.repeat(under))];
}

function hanging(line: string, width: number, hang: number, words?: string[]): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const [first = '', ...more] = paragraph(line, width - indent.length - hang, words);
  return [indent + first, ...more.map((rest) => ' '.repeat(indent.length + hang) + rest)];
}

/** A shell takes them as one, wherever they are pasted. */
function typedLines(line: string, width: number): string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
  const lines = hanging(line, width - ' \\'.length, HANG, words);
  return lines.map((one, index) => (index < lines.length - 1 ? `${one} \\` : one));
}

const indented = ([first = '', ...more]: string[], begin: string): string[] => [
  begin + first,
  ...more.map((line) => ' '.repeat(seenWidth(begin)) + line),
];
