/** The commands of two words, by their first. */
import { commands } from './commands/all.ts';
import { nearest } from './suggest.ts';

/** Their names as a whole. */
export const groupOf = (first: string): string[] =>
  commands.map(({ name }) => name).filter((name) => name.startsWith(`${first} `));

/** "; did you mean bbf X Y?", or nothing. */
export function nearSecondWord(first: string, second: string): string {
  const near = nearest(
    second,
    groupOf(first).map((name) => name.slice(first.length + 1)),
  );
  return near === undefined ? '' : `; did you mean bbf ${first} ${near}?`;
}
