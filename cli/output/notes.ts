/** What bbf says beside Bazel's own output: one line each, on stderr, with nothing in it that a terminal obeys. */
import type { Program } from '../command.ts';
import { printableText } from './printable.ts';

export const notesOf =
  ({ terminal }: Pick<Program, 'terminal'>, quiet = false) =>
  (text: string): void => {
    if (!quiet) terminal.notes.write(`bbf: ${printableText(text)}\n`);
  };

/** Says the first text that it is given, and none after it. */
export function tellOnce(note: (text: string) => void): (text: string) => void {
  let isTold = false;
  return (text) => {
    if (!isTold) note(text);
    isTold = true;
  };
}

/**
 * On a terminal Bazel draws its last lines anew each second, and what somebody else wrote there is gone with them: it is said again at
 * the end.
 */
export function repeatedAtEnd(note: (text: string) => void, onTerminal: boolean) {
  const said: string[] = [];
  return {
    note: (text: string): void => {
      note(text);
      if (onTerminal) said.push(text);
    },
    end: (): void => {
      for (const text of said.splice(0)) note(text);
    },
  };
}
