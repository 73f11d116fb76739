/** A word in a command's place that neither bbf nor the Bazels that it knows have: a slip of the pen, or another Bazel's command. */
import { bazelCommands } from './bazel/commands.ts';
import { refuseMisspelt } from './bazel/misplaced.ts';
import type { CommandLine } from './bazel/split.ts';
import { commands } from './commands/all.ts';
import { Failure } from './failure.ts';
import { refuseFormerCommand } from './former-commands.ts';
import { noCommand } from './no-command.ts';
import { groupOf, nearSecondWord } from './second-words.ts';
import { isSlip, suggestion } from './suggest.ts';

/** What a command of Bazel's may look like, one of a wrapper of it (tools/bazel) included. */
const BAZEL_COMMAND = /^[a-z][a-z0-9_-]*$/;

/** Passes over what Bazel may know. @throws Failure (usage) for what is more likely meant for bbf, or for nobody */
export function refuseSlip(line: CommandLine): void {
  const { command: word = '' } = line;
  const group = groupOf(word);
  if (group.length > 0)
    throw new Failure('usage', wrongSecond(word, line.rest[0]), {
      next: group.map(({ name }) => `bbf ${name}`).join(', '),
    });
  refuseFormerCommand(word, line.rest);
  refuseMisspelt(line);
  // What is only near may well be a wrapper's: lint, configure.
  if (allCommands().some((name) => isSlip(word, name)) || !BAZEL_COMMAND.test(word))
    throw noCommand(word, nearCommand(word));
}

/** What may be meant by a word that Bazel does not know either: "; did you mean X?", or nothing. */
export const nearCommand = (word: string): string => suggestion(word, allCommands());

const allCommands = (): string[] => [...commands.map(({ name }) => name), ...bazelCommands];

const wrongSecond = (first: string, second: string | undefined): string =>
  second === undefined || second.startsWith('-')
    ? `bbf ${first} needs one word more`
    : `bbf has no command ${first} ${second}${nearSecondWord(first, second)}`;

/** What `bazel help` explains beside commands: its HelpCommand. */
const TOPICS = ['completion', 'everything-as-proto', 'flags-as-proto', 'info-keys', 'startup_options', 'target-syntax'];

/** Bazel would take seconds to say that it does not know it. @throws as `refuseSlip` does */
export function refuseHelpSlip(line: CommandLine): void {
  const [word, ...rest] = line.rest;
  if (word === undefined || word.startsWith('-') || bazelCommands.includes(word) || TOPICS.includes(word)) return;
  refuseSlip({ ...line, command: word, rest });
}
