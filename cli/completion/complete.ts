/** What could stand at the cursor of a command line, from the same data as help: the shells' scripts ask for it. */
import { bazelCommands } from '../bazel/commands.ts';
import { splitCommandLine, wrapperFlags } from '../bazel/split.ts';
import { type Command, commonFlags, type Flag, flagsOf } from '../command.ts';

/** Names of things that exist, each asked for only when it is needed. */
export interface Names {
  contexts(): Promise<string[]>;
  clusters(): Promise<string[]>;
  pools(): Promise<string[]>;
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
  const candidates = await candidatesFor(commands, names, words, current);
  return [...new Set(candidates)].filter((candidate) => candidate.startsWith(current)).sort();
}

async function candidatesFor(
  commands: readonly Command[],
  names: Names,
  words: readonly string[],
  current: string,
): Promise<string[]> {
  const { command: first, rest } = splitCommandLine(words[0] === 'help' ? words.slice(1) : words);
  if (first === undefined) return atFirstWord(commands, names, words.at(-1), current);
  const own = commands.filter(({ name }) => name === first || name.startsWith(`${first} `));
  if (own.length === 0) return [];
  const command = own.find(({ name }) => name === `${first} ${rest[0]}`) ?? own.find(({ name }) => name === first);
  const more = rest.length === 0 ? own.flatMap(({ name }) => name.split(' ')[1] ?? []) : [];
  return [...more, ...(command === undefined ? [] : await ofCommand(command, names, rest.at(-1), current))];
}

async function atFirstWord(
  commands: readonly Command[],
  names: Names,
  before: string | undefined,
  current: string,
): Promise<string[]> {
  const flags = [...wrapperFlags, ...commonFlags];
  const value = await valuesAt(flags, names, before, current);
  if (value !== undefined) return value;
  if (current.startsWith('-')) return ['--version', ...flags.map(spelled)];
  return ['help', ...commands.map(({ name }) => name.split(' ')[0] as string), ...bazelCommands];
}

async function ofCommand(
  command: Command,
  names: Names,
  before: string | undefined,
  current: string,
): Promise<string[]> {
  const flags = flagsOf(command);
  const value = await valuesAt(flags, names, before, current);
  if (value !== undefined) return value;
  if (current.startsWith('-')) return flags.map(spelled);
  const kinds = command.arguments.flatMap(({ name }) => kindOf(name.toLowerCase()) ?? []);
  const always = command.arguments.flatMap(({ choices = [] }) => choices);
  return [...always, ...(await Promise.all([...new Set(kinds)].map((kind) => names[kind]()))).flat()];
}

const spelled = ({ name, value }: Flag) => (value === undefined ? `--${name}` : `--${name}=`);

/** Of a flag whose value stands at the cursor: `--cluster=m` or `--cluster m`; undefined where it is none. */
async function valuesAt(
  flags: readonly Flag[],
  names: Names,
  before: string | undefined,
  current: string,
): Promise<string[] | undefined> {
  const [, joined] = /^--([^=]+)=/.exec(current) ?? [];
  const [, apart] = /^--([^=]+)$/.exec(before ?? '') ?? [];
  const flag = flags.find(
    ({ name, value, optional }) =>
      value !== undefined && (name === joined || (name === apart && optional === undefined)),
  );
  if (flag === undefined) return undefined;
  const kind = kindOf(flag.name);
  const known = kind === undefined ? [] : await names[kind]();
  return joined === undefined ? known : known.map((name) => `--${joined}=${name}`);
}

function kindOf(word: string): keyof Names | undefined {
  if (word === 'context') return 'contexts';
  if (word === 'cluster') return 'clusters';
  return word === 'pool' || word === 'what' ? 'pools' : undefined;
}
