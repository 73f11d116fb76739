/** What bbf adds to Bazel's refusal of a command line: flags and commands that Bazel does not know may be meant for bbf. */
import { Failure } from '../failure.ts';
import { suggestion } from '../suggest.ts';
import { bazelCommands, unaryStartupOptions } from './commands.ts';
import { beforeDashes, type CommandLine, wrapperFlags } from './split.ts';

/** Bazel's exit code for a command line that it does not understand: docs of `bazel help`, "Exit codes common to all commands". */
export const COMMAND_LINE_PROBLEM = 2;
/** Of bbf alone: what Bazel knows as well it has not refused. */
const ofBazelToo = new Set(['remote_executor', 'crosstool_top', 'profile']);
const ownNames = wrapperFlags.map(({ name }) => name).filter((name) => !ofBazelToo.has(name));

/**
 * @param code Bazel's exit code
 * @param near the suggestion for a command that bbf does not know
 * @returns undefined where nothing of the command line can have been meant for bbf
 */
export function refusalHint(line: CommandLine, code: number, near = ''): string | undefined {
  if (code !== COMMAND_LINE_PROBLEM) return undefined;
  const { command } = line;
  const either =
    command === undefined || bazelCommands.includes(command)
      ? undefined
      : `bbf has no command ${command} either${near || ': bbf --help'}`;
  return misplacedFlag(line) ?? misspeltFlag(line) ?? either ?? helpOf(line);
}

/** @throws Failure (usage) for what is passed on as a startup option, and is nearly a flag of bbf */
export function refuseMisspelt(line: CommandLine): void {
  const slip = misspeltFlag(line);
  if (slip !== undefined) throw new Failure('usage', slip, { next: 'bbf --help' });
}

const helpOf = ({ command, rest }: CommandLine): string | undefined =>
  beforeDashes(rest).includes('--help')
    ? `bbf help ${command} is Bazel's help for it, and bbf --help says what bbf adds`
    : undefined;

/** A flag of bbf behind the command, where all is Bazel's. */
function misplacedFlag({ command, rest }: CommandLine): string | undefined {
  const words = beforeDashes(rest);
  const name = ownNames.find((own) => words.some((word) => word === `--${own}` || word.startsWith(`--${own}=`)));
  return name && `--${name} is bbf's, and stands before the command: bbf --${name} … ${command} …`;
}

/** What was passed on as a startup option, and is nearly a flag of bbf. */
function misspeltFlag({ startup }: CommandLine): string | undefined {
  const known = wrapperFlags.map(({ name }) => `--${name}`);
  for (const word of startup) {
    const [flag = ''] = word.split('=');
    const isBazels = unaryStartupOptions.has(flag.slice(2)) || flag.startsWith('--no');
    const near = flag.startsWith('--') && !isBazels ? suggestion(flag, known) : '';
    if (near !== '') return `${flag} is no flag of bbf${near}`;
  }
  return undefined;
}
