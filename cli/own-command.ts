/** Which of bbf's own commands a command line means: its flags may stand before its name, as bbf's do before a Bazel command. */
import { type CommandLine, splitCommandLine, wrapperFlags } from './bazel/split.ts';
import { type Command, type Flag, flagsOf } from './command.ts';
import { commands } from './commands/all.ts';
import { Failure } from './failure.ts';
import { suggestion } from './suggest.ts';

interface OwnCommand {
  command: Command;
  /** The command line without the command's name. */
  argv: string[];
}

/** undefined where Bazel is meant, or nothing that there is. @throws Failure (usage) for a flag before the name that nobody has */
export function ownCommand(argv: readonly string[]): OwnCommand | undefined {
  for (let at = 0; mayStandAt(argv, at); at++) {
    const named = commandAt(argv[at], argv.slice(at + 1));
    const before = argv.slice(0, at);
    if (named !== undefined && areFlags(before, [...flagsOf(named.command), ...wrapperFlags]))
      return { command: named.command, argv: [...before, ...named.rest] };
  }
  return behindOthers(splitCommandLine(argv));
}

/** Words before it are flags, each with one word for its value at most. */
function mayStandAt(argv: readonly string[], at: number): boolean {
  const isFlag = (index: number) => argv[index]?.startsWith('-') ?? false;
  return at < argv.length && (at === 0 || isFlag(at - 1) || isFlag(at - 2));
}

/** The longest name wins: `local up` before a `local` of its own. */
function commandAt(word: string | undefined, rest: string[]): { command: Command; rest: string[] } | undefined {
  const two = commands.find(({ name }) => name === `${word} ${rest[0]}`);
  if (two !== undefined) return { command: two, rest: rest.slice(1) };
  const one = commands.find(({ name }) => name === word);
  return one === undefined || (one.yields && isBazels(one, rest)) ? undefined : { command: one, rest };
}

/** Words, or flags that the command does not take, and none that it declares itself: Bazel's has none of those. */
function isBazels(command: Command, rest: readonly string[]): boolean {
  const isOneOf = (flags: readonly Flag[]) => (word: string) =>
    flags.some(({ name }) => word.split('=')[0] === `--${name}`);
  return !rest.every(isOneOf(flagsOf(command))) && !rest.some(isOneOf(command.flags));
}

/** Whether they are flags, each with its value, and nothing else; of two with one name the first in `flags` is meant. */
function areFlags(words: readonly string[], flags: readonly Flag[]): boolean {
  for (let at = 0; at < words.length; at++) {
    const [name] = (words[at] as string).split('=');
    const flag = flags.find((candidate) => spellings(candidate).includes(name as string));
    if (flag === undefined) return false;
    const isApart = flag.value !== undefined && flag.optional === undefined && name === words[at];
    const value = words[at + 1];
    // The next word would be the command's name.
    if (isApart && value === undefined) return false;
    if (isApart && (value === '-' || !value?.startsWith('-'))) at += 1;
  }
  return true;
}

const spellings = ({ name, short, refusable }: Flag): string[] => [
  `--${name}`,
  ...(short === undefined ? [] : [`-${short}`]),
  ...(refusable ? [`--no-${name}`] : []),
];

/** Behind flags in forms that only a Bazel command line has, or behind some that are not the command's. */
function behindOthers(line: CommandLine): OwnCommand | undefined {
  const named = commandAt(line.command, line.rest);
  const [stranger] = line.startup;
  if (named === undefined || (named.command.yields && stranger !== undefined)) return undefined;
  const { command, rest } = named;
  if (stranger !== undefined) throw ofNeither(stranger.split('=')[0] as string, command);
  if (line.incomplete !== undefined)
    throw new Failure('usage', `--${line.incomplete} needs a value, and none was given`, {
      next: `bbf ${command.name} --help`,
    });
  const before = [...line.own].map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`));
  return { command, argv: [...before, ...rest] };
}

function ofNeither(flag: string, command: Command): Failure {
  const known = flagsOf(command).map(({ name }) => `--${name}`);
  const message = `${flag} is a flag of neither bbf nor its command ${command.name}${suggestion(flag, known)}`;
  return new Failure('usage', message, { next: `bbf ${command.name} --help` });
}
