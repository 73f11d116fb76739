/** Flags of bbf that were typed behind Bazel's command, where all is Bazel's: it refuses them without knowing whose they are. */
import { type CommandLine, wrapperFlags } from './split.ts';

/** Bazel's exit code for a command line that it does not understand: docs of `bazel help`, "Exit codes common to all commands". */
const COMMAND_LINE_PROBLEM = 2;
/** Of bbf alone: what Bazel knows as well it has not refused. */
const ofBazelToo = new Set(['remote_executor', 'crosstool_top']);
const ownNames = wrapperFlags.map(({ name }) => name).filter((name) => !ofBazelToo.has(name));

/** Where the flag belongs that Bazel has refused; undefined where it was none of bbf's. */
export function misplacedFlag({ command, rest }: CommandLine, code: number): string | undefined {
  if (code !== COMMAND_LINE_PROBLEM) return undefined;
  const end = rest.indexOf('--');
  const words = end === -1 ? rest : rest.slice(0, end);
  const name = ownNames.find((own) => words.some((word) => word === `--${own}` || word.startsWith(`--${own}=`)));
  return name && `--${name} is bbf's, and stands before the command: bbf --${name} … ${command} …`;
}
