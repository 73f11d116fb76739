/** What could stand at the cursor of a command line, from the same data as help: the shells' scripts ask for it. */
import { bazelCommands } from '../bazel/commands.ts';
import { splitCommandLine, wrapperFlags } from '../bazel/split.ts';
import { type Argument, type Command, commonFlags, type Flag, flagsOf, type Known } from '../command.ts';

/** What the words before the cursor name. */
export interface Named {
  context?: string | undefined;
  cluster?: string | undefined;
}

/** Names of things that exist, each asked for only when it is needed. */
export type Names = Record<Known, (named: Named) => Promise<string[]>>;

interface Cursor {
  /** The words before it, without the program's name. */
  words: readonly string[];
  /** The beginning of the word at it. */
  current: string;
  names: Names;
}

/**
 * @param words those before the cursor, without the program's name
 * @param current the beginning of the word at the cursor
 * @returns whole words that begin with it, sorted; nothing where files are meant, or what only Bazel knows
 */
export async function complete(
  commands: readonly Command[],
  names: Names,
  words: readonly string[],
  current: string,
): Promise<string[]> {
  const candidates = await candidatesFor(commands, { words, current, names });
  return [...new Set(candidates)].filter((candidate) => candidate.startsWith(current)).sort();
}

async function candidatesFor(commands: readonly Command[], cursor: Cursor): Promise<string[]> {
  const { words } = cursor;
  const { command: first, rest } = splitCommandLine(words[0] === 'help' ? words.slice(1) : words);
  if (first === undefined) return atFirstWord(commands, cursor);
  const own = commands.filter(({ name }) => name === first || name.startsWith(`${first} `));
  const two = own.find(({ name }) => name === `${first} ${rest[0]}`);
  if (two !== undefined) return ofCommand(two, rest.slice(1), cursor);
  const more = rest.length === 0 ? own.flatMap(({ name }) => name.split(' ')[1] ?? []) : [];
  const one = own.find(({ name }) => name === first);
  return [...more, ...(one === undefined ? [] : await ofCommand(one, rest, cursor))];
}

async function atFirstWord(commands: readonly Command[], cursor: Cursor): Promise<string[]> {
  const flags = [...wrapperFlags, ...commonFlags];
  const value = await valuesAt(flags, cursor, namedBy(cursor.words));
  if (value !== undefined) return value;
  if (cursor.current.startsWith('-')) return ['--version', ...flags.map(spelled)];
  return ['help', ...commands.map(({ name }) => name.split(' ')[0] as string), ...bazelCommands];
}

/** @param rest what stands between the command's name and the cursor */
async function ofCommand(command: Command, rest: readonly string[], cursor: Cursor): Promise<string[]> {
  const flags = flagsOf(command);
  const given = argumentsIn(flags, rest);
  const at = command.arguments.findIndex(({ known }) => known === 'clusters');
  const named = namedBy(cursor.words, given[at]);
  const value = await valuesAt(flags, cursor, named);
  if (value !== undefined) return value;
  if (cursor.current.startsWith('-')) return flags.map(spelled);
  const argument = command.arguments[given.length];
  return argument === undefined ? [] : offered(argument, cursor.names, named);
}

const spelled = ({ name, value }: Flag) => (value === undefined ? `--${name}` : `--${name}=`);

async function offered({ choices = [], known }: Flag | Argument, names: Names, named: Named): Promise<string[]> {
  return [...choices, ...(known === undefined ? [] : await names[known](named))];
}

/** Of a flag whose value stands at the cursor: `--cluster=m`, `--cluster m` or `-o y`; undefined where it is none. */
async function valuesAt(
  flags: readonly Flag[],
  { words, current, names }: Cursor,
  named: Named,
): Promise<string[] | undefined> {
  const [, joined] = /^--([^=]+)=/.exec(current) ?? [];
  const flag =
    joined === undefined
      ? waiting(flags, words.at(-1))
      : flags.find(({ name, value }) => value !== undefined && name === joined);
  if (flag === undefined) return undefined;
  const values = await offered(flag, names, named);
  return joined === undefined ? values : values.map((value) => `--${joined}=${value}`);
}

/** The flag whose value is the word behind this one. */
const waiting = (flags: readonly Flag[], word: string | undefined): Flag | undefined =>
  flags.find(
    ({ name, short, value, optional }) =>
      value !== undefined && optional === undefined && (word === `--${name}` || word === `-${short}`),
  );

const argumentsIn = (flags: readonly Flag[], words: readonly string[]): string[] =>
  words.filter((word, at) => !word.startsWith('-') && waiting(flags, words[at - 1]) === undefined);

function namedBy(words: readonly string[], cluster?: string): Named {
  return { context: lastValue('context', words), cluster: cluster ?? lastValue('cluster', words) };
}

/** Of a flag that stands before or behind the command; the last one counts. */
function lastValue(flag: string, words: readonly string[]): string | undefined {
  const at = words.findLastIndex((word) => word === `--${flag}` || word.startsWith(`--${flag}=`));
  const [, joined] = /=([\s\S]*)/.exec(words[at] ?? '') ?? [];
  return at === -1 ? undefined : (joined ?? words[at + 1]);
}
