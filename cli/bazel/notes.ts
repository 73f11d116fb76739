/** What bbf says beside Bazel's own output: one line each, on stderr, with nothing in it that a terminal obeys. */
import type { Program } from '../command.ts';
import { printableText } from '../output/printable.ts';

export const notesOf =
  ({ terminal }: Pick<Program, 'terminal'>, quiet = false) =>
  (text: string): void => {
    if (!quiet) terminal.notes.write(`bbf: ${printableText(text)}\n`);
  };
