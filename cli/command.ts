/** What a command of bbf is: data that help, completion and the parser read, and one function. */

import type { Terminal } from './output/terminal.ts';
import type { Settings } from './settings.ts';

/** What a running command has of the world. */
export interface Program {
  settings: Settings;
  terminal: Terminal;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason once it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** What exists, and has a name, id or revision that a flag or an argument may be. */
export type Known = 'contexts' | 'profiles' | 'clusters' | 'pools' | 'revisions' | 'leases';

/** Values of a flag or an argument that completion offers. */
interface Offered {
  /** Words that it may be. */
  choices?: readonly string[];
  known?: Known;
}

export interface Flag extends Offered {
  /** Without dashes; a name that begins with `no-` is true until it is given. */
  name: string;
  /** Placeholder of the value, e.g. `N`. Absent: the flag takes none. */
  value?: string;
  /** The value may be left out, and is this then; it is given with `=` only. */
  optional?: string;
  /** It can be refused as well, by `--no-` before its name; then it takes no value. */
  refusable?: true;
  /** Its value is a list with commas, and it may be given for each; any other flag is refused with a second value. */
  repeatable?: true;
  short?: string;
  summary: string;
}

export interface Argument extends Offered {
  name: string;
  required: boolean;
  summary: string;
}

interface Example {
  line: string;
  what: string;
}

export interface Command {
  /** One or two words. */
  name: string;
  summary: string;
  /** More than the summary, for the command's own help. */
  description?: string;
  arguments: Argument[];
  flags: Flag[];
  examples: Example[];
  /** Bazel has a command of that name, which is meant where there are words or flags that this one does not take, and none of its own. */
  yields?: true;
  /** It asks no installation, so there is no context to name. */
  contextless?: true;
  /** Answers the exit code. What is heavy it imports itself. */
  run(call: Call, program: Program): Promise<number>;
}

/** A command line, taken apart by what the command declares. */
export interface Call {
  /** The command's name. */
  command: string;
  /** As it was typed, to be typed again. */
  line: string;
  arguments: string[];
  /** The value as typed; of a repeatable flag all of them, with commas. */
  text(flag: string): string | undefined;
  /** Whether a flag without a value was given. */
  has(flag: string): boolean;
  /** Of a refusable flag: given, refused, or, undefined, neither. */
  choice(flag: string): boolean | undefined;
}

/** For a command that asks no installation, but AWS. */
export const profileFlag: Flag = {
  name: 'profile',
  value: 'NAME',
  known: 'profiles',
  summary: 'the AWS profile whose credentials are used, before AWS_PROFILE',
};

/** Flags that no command needs to declare. */
export const commonFlags: Flag[] = [
  {
    name: 'context',
    value: 'NAME',
    known: 'contexts',
    summary: 'the installation to talk to, instead of the current one',
  },
  profileFlag,
  { name: 'help', short: 'h', summary: 'show this help' },
];

/** Of an installation: a command that asks none takes them only where it declares them. */
const INSTALLATION_FLAGS = ['context', profileFlag.name];

/** All that a command takes; what it declares itself comes instead of what is common. */
export function flagsOf({ flags, contextless }: Command): Flag[] {
  const own = new Set([...flags.map(({ name }) => name), ...(contextless ? INSTALLATION_FLAGS : [])]);
  return [...flags, ...commonFlags.filter(({ name }) => !own.has(name))];
}

export const clusterFlag: Flag = {
  name: 'cluster',
  value: 'NAME',
  known: 'clusters',
  summary: 'the cluster (default: main)',
};

export const clusterArgument: Argument = {
  name: 'CLUSTER',
  required: false,
  known: 'clusters',
  summary: clusterFlag.summary,
};

/** Of a bare `--wait`; no empty text, in whose place cac would take the next word. */
export const AS_USUAL = 'as usual';

export const quietFlag: Flag = { name: 'quiet', summary: 'say nothing while waiting' };

/** Of every command that writes a document; without it the reason is the command line. */
export const reasonFlag: Flag = { name: 'reason', value: 'WHY', summary: 'why, for bbf history' };

/** `timeout`: the command's own default; wait-choice.ts reads them. */
export const waitFlags = (timeout = '10m'): Flag[] => [
  { name: 'no-wait', summary: 'return once the edit is written' },
  { name: 'timeout', value: 'DURATION', summary: `give up waiting after this long (default: ${timeout})` },
  { name: 'wait', value: 'DURATION', optional: AS_USUAL, summary: 'wait, the default; =DURATION is --timeout' },
  quietFlag,
];
