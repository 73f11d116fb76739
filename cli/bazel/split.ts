/** Takes a command line that wraps Bazel apart: bbf's own flags, Bazel's startup options, the command, and everything behind it. */
import { type Flag, profileFlag } from '../command.ts';
import { bazelCommands, unaryStartupOptions } from './commands.ts';

export const wrapperFlags: Flag[] = [
  { name: 'context', value: 'NAME', known: 'contexts', summary: 'the installation to talk to' },
  profileFlag,
  { name: 'cluster', value: 'NAME', known: 'clusters', summary: 'the cluster to build on (default: main)' },
  {
    name: 'pool',
    value: 'NAME',
    known: 'pools',
    summary: 'the pool to build on, where platforms have no exec_properties (default: default, or the only one)',
  },
  {
    name: 'workers',
    value: 'N',
    summary: 'have at least N workers while the build runs (default: BUILD_WORKERS, or 1)',
  },
  { name: 'wait', value: 'DURATION', summary: 'give up when the farm is not ready after this long (default: 10m)' },
  {
    name: 'fallback',
    value: 'local',
    choices: ['local'],
    summary: 'where to build when the farm can’t: on this machine',
  },
  {
    name: 'quiet',
    summary: 'say nothing while waiting; before a command that is passed on, Bazel’s own --quiet (Bazel 8 and newer)',
  },
  { name: 'bazel_bin', value: 'PATH', summary: 'the Bazel to run (default: BBF_BAZEL, or what the PATH has)' },
  {
    name: 'local',
    value: 'IMAGE',
    optional: '',
    summary: 'build in containers of this machine instead, of the workers’ image or of this one (or BUILD_LOCAL=1)',
  },
  { name: 'privileged', summary: 'with --local: containers that may run Docker themselves' },
  { name: 'remote_executor', value: 'URL', summary: 'build on this farm, grpc(s)://HOST:PORT: no lease, no wait' },
  { name: 'crosstool_top', value: 'LABEL', summary: 'a C++ toolchain suite of the old kind, for Bazel before 8' },
];

export interface CommandLine {
  /** bbf's own flags, by name; a flag without a value is ''. The last one counts. */
  own: Map<string, string>;
  /** A flag of bbf that is short of its value. */
  incomplete: string | undefined;
  /** Bazel's, each as it was typed. */
  startup: string[];
  /** The first word that is neither; undefined where there is none. */
  command: string | undefined;
  /** Everything behind the command, untouched. */
  rest: string[];
}

/** Own flags are those before the command: what is behind it belongs to Bazel or to the program that it runs. */
export function splitCommandLine(argv: readonly string[]): CommandLine {
  const line: CommandLine = { own: new Map(), incomplete: undefined, startup: [], command: undefined, rest: [] };
  let at = 0;
  while (at < argv.length) {
    const word = argv[at] as string;
    if (!word.startsWith('-')) {
      line.command = word;
      line.rest = argv.slice(at + 1);
      break;
    }
    at += 1 + takeOption(line, word, argv[at + 1]);
  }
  return line;
}

/** How many words behind the option belong to it. */
function takeOption(line: CommandLine, word: string, following: string | undefined): 0 | 1 {
  const { name, value } = nameAndValue(word);
  const own = wrapperFlags.find((flag) => flag.name === name);
  if (own !== undefined) return takeOwn(line, own, value, following);
  line.startup.push(word);
  if (value !== undefined || !unaryStartupOptions.has(name) || following === undefined) return 0;
  line.startup.push(following);
  return 1;
}

function takeOwn(line: CommandLine, flag: Flag, value: string | undefined, following: string | undefined): 0 | 1 {
  // As a script writes that has `--cluster=$NAME` and no NAME.
  if (value === '' && flag.value !== undefined && flag.optional === undefined) line.incomplete = flag.name;
  if (flag.value === undefined || flag.optional !== undefined || value !== undefined) {
    line.own.set(flag.name, value ?? '');
    return 0;
  }
  if (following === undefined || following.startsWith('--') || isCommandFor(flag, following)) {
    line.incomplete = flag.name;
    return 0;
  }
  line.own.set(flag.name, following);
  return 1;
}

/** Swallowed, it would leave a target as the command. What is named by people may have such a name. */
const isCommandFor = ({ value }: Flag, word: string): boolean =>
  value !== 'NAME' && value !== 'PATH' && bazelCommands.includes(word);

function nameAndValue(word: string): { name: string; value: string | undefined } {
  const [, name = '', value] = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
  return { name, value };
}

/**
 * What Bazel is started with. bbf's flags come right behind the command, so that the same flag typed by the user comes later and
 * wins (but for those that add up, see `propertyFlags`), and nothing reaches the program of `run`.
 */
export function bazelArguments(line: CommandLine, flags: readonly string[]): string[] {
  return [...line.startup, ...(line.command === undefined ? [] : [line.command]), ...flags, ...line.rest];
}

/** What stands behind `--` is for the program that is run, or names targets. */
export function beforeDashes(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end === -1 ? words : words.slice(0, end);
}
