/** Chooses what a command line means: one of bbf's commands, one of Bazel's, help, or a mistake. */
import { version } from '../config-schema/version.ts';
import { bazelCommands } from './bazel/commands.ts';
import { type CommandLine, splitCommandLine, wrapperFlags } from './bazel/split.ts';
import { type Command, flagsOf, type Program } from './command.ts';
import { commands } from './commands/all.ts';
import { Failure } from './failure.ts';
import { formerCommands } from './former-commands.ts';
import { commandHelp, programHelp } from './help.ts';
import type { Colors } from './output/colors.ts';
import { foldedHelp } from './output/fold.ts';
import { parseCall } from './parse.ts';
import { quickQuestion } from './quick-answers.ts';
import { suggestion } from './suggest.ts';

/** @returns the exit code */
export async function dispatch(argv: readonly string[], program: Program): Promise<number> {
  const [first] = argv;
  const question = quickQuestion(argv);
  if (question === '--version') return print(program, `bbf ${version}\n`);
  if (question === '--help') return printHelp(program, (colors) => programHelp(commands, wrapperFlags, colors));
  if (first === 'complete' && argv[1] === '--')
    return (await import('./completion/completion-command.ts')).answerShell(argv.slice(2), program);
  const line = splitCommandLine(argv);
  const asksForHelp = line.command === 'help';
  const own = ownCommand(asksForHelp ? splitCommandLine(line.rest) : line);
  if (asksForHelp && own !== undefined) return help(own.command, program);
  if (own !== undefined) return runOwn(own, line, program);
  if (line.command !== undefined && !bazelCommands.includes(line.command) && !asksForHelp) throw unknown(line);
  const { wrapBazel } = await import('./bazel/wrap.ts');
  return wrapBazel(line, program);
}

interface OwnCommand {
  command: Command;
  /** What follows the command's name. */
  rest: string[];
}

/** The longest name wins: `local up` before a `local` of its own. */
function ownCommand({ command: word, rest }: CommandLine): OwnCommand | undefined {
  const two = commands.find(({ name }) => name === `${word} ${rest[0]}`);
  if (two !== undefined) return { command: two, rest: rest.slice(1) };
  const one = commands.find(({ name }) => name === word);
  return one === undefined || (one.yields && isBazels(one, rest)) ? undefined : { command: one, rest };
}

/** Words, or flags that the command does not declare. */
function isBazels(command: Command, rest: readonly string[]): boolean {
  const own = flagsOf(command).map(({ name }) => `--${name}`);
  return rest.some((word) => !own.includes(word.split('=')[0] ?? ''));
}

async function runOwn({ command, rest }: OwnCommand, line: CommandLine, program: Program): Promise<number> {
  const [startup] = line.startup;
  if (startup !== undefined)
    throw new Failure('usage', `${startup} is a flag of neither bbf nor its command ${command.name}`, {
      next: 'bbf --help',
    });
  // bbf's own flags may stand before the command, as they do before a Bazel command.
  const before = [...line.own].map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`));
  const call = parseCall(command, [...before, ...rest]);
  return call.has('help') ? help(command, program) : command.run(call, program);
}

const help = (command: Command, program: Program): number =>
  printHelp(program, (colors) => commandHelp(command, colors));

function printHelp(program: Program, text: (colors: Colors) => string): number {
  const { colors, width } = program.terminal.result;
  return print(program, foldedHelp(text(colors), width()));
}

function print({ terminal }: Program, text: string): number {
  terminal.result.write(text);
  return 0;
}

function unknown(line: CommandLine): Failure {
  const word = line.command ?? '';
  const group = commands.filter(({ name }) => name.startsWith(`${word} `)).map(({ name }) => name);
  if (group.length > 0)
    return new Failure('usage', `bbf ${word} needs one word more`, {
      next: group.map((name) => `bbf ${name}`).join(', '),
    });
  const today = formerCommands.get(word);
  if (today !== undefined)
    return new Failure('usage', `bbf has no command ${word}: ${word} was a command of bazel_bf (docs/migration.md)`, {
      next: today,
    });
  const known = [...commands.map(({ name }) => name), ...bazelCommands];
  return new Failure('usage', `neither bbf nor Bazel has a command ${word}${suggestion(word, known)}`, {
    next: 'bbf --help',
  });
}
