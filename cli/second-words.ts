/** The commands of two words, by their first. */
import type { CommandLine } from './bazel/split.ts';
import type { Command } from './command.ts';
import { commands } from './commands/all.ts';
import { nearest } from './suggest.ts';

export const groupOf = (first: string): Command[] => commands.filter(({ name }) => name.startsWith(`${first} `));

/** The first word where help for all of its commands is asked for: `bbf local --help`, `bbf help local`. */
export function groupToHelpWith({ command, rest }: CommandLine): string | undefined {
  const [first = '', second] = command === 'help' ? [rest[0], rest[1] ?? '--help'] : [command, rest[0]];
  return (second === '--help' || second === '-h') && groupOf(first).length > 0 ? first : undefined;
}

/** "; did you mean bbf X Y?", or nothing. */
export function nearSecondWord(first: string, second: string): string {
  const near = nearest(
    second,
    groupOf(first).map(({ name }) => name.slice(first.length + 1)),
  );
  return near === undefined ? '' : `; did you mean bbf ${first} ${near}?`;
}
