/** A word in a command's place that neither bbf nor the Bazels that it knows have: a slip of the pen, or another Bazel's command. */
import { bazelCommands } from './bazel/commands.ts';
import { refuseMisspelt } from './bazel/misplaced.ts';
import type { CommandLine } from './bazel/split.ts';
import { commands } from './commands/all.ts';
import { Failure } from './failure.ts';
import { formerCommands } from './former-commands.ts';
import { noCommand } from './no-command.ts';
import { suggestion } from './suggest.ts';

/** What a command of Bazel's may look like, one of a wrapper of it (tools/bazel) included. */
const BAZEL_COMMAND = /^[a-z][a-z0-9_-]*$/;

/** Passes over what Bazel may know. @throws Failure (usage) for what is more likely meant for bbf, or for nobody */
export function refuseSlip(line: CommandLine): void {
  const { command: word = '' } = line;
  const group = commands.filter(({ name }) => name.startsWith(`${word} `)).map(({ name }) => name);
  if (group.length > 0)
    throw new Failure('usage', `bbf ${word} needs one word more`, {
      next: group.map((name) => `bbf ${name}`).join(', '),
    });
  const today = formerCommands.get(word);
  if (today !== undefined)
    throw new Failure('usage', `bbf has no command ${word}: ${word} was a command of bazel_bf (docs/migration.md)`, {
      next: today,
    });
  refuseMisspelt(line);
  const near = suggestion(word, [...commands.map(({ name }) => name), ...bazelCommands]);
  if (near !== '' || !BAZEL_COMMAND.test(word)) throw noCommand(word, near);
}
