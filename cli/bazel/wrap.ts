/** Runs any Bazel command: where its actions shall run if it executes any, else as it is. */
import type { Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import { noCommand } from '../no-command.ts';
import { notesOf } from '../output/notes.ts';
import type { Settings } from '../settings.ts';
import { analysisFlags } from './analysis.ts';
import { bazelCommands, runsOnFarm } from './commands.ts';
import { orElseHere } from './fallback.ts';
import { findBazel, findVersionedBazel } from './find.ts';
import { STRICT_ENVIRONMENT } from './flags.ts';
import { COMMAND_LINE_PROBLEM, refusalHint, refuseMisspelt } from './misplaced.ts';
import { type Place, placeOf } from './place.ts';
import { runBazel } from './process.ts';
import { bazelArguments, beforeDashes, type CommandLine } from './split.ts';
import { atLeast } from './version.ts';
import { forgetVersion } from './version-cache.ts';
import { isInWorkspace } from './workspace.ts';

/** What is left of a build that is stopped before it has a lease; later signals are Bazel's own. */
const NOT_STARTED = 'Bazel had not started';

/** @returns Bazel's exit code */
export async function wrapBazel(line: CommandLine, program: Program): Promise<number> {
  if (line.incomplete !== undefined)
    throw new Failure('usage', `--${line.incomplete} needs a value, and none was given`, { next: 'bbf --help' });
  const isBuild = line.command !== undefined && runsOnFarm(line.command) && !asksForHelp(line);
  const code = isBuild ? await runBuild(line, program) : await runOther(line, program);
  if (code === COMMAND_LINE_PROBLEM) await afterRefusal(line, code, program);
  return code;
}

async function afterRefusal(line: CommandLine, code: number, program: Program): Promise<void> {
  const hint = refusalHint(line, code, await nearCommand(line));
  if (hint !== undefined) notesOf(program)(hint);
  // Flags of bbf's may be another version's. With `run` it may be the program's own code, and common.
  if (line.command !== 'run') await forgetVersion(await bazelFor(line, program.settings), program.settings);
}

async function nearCommand({ command }: CommandLine): Promise<string> {
  if (command === undefined || bazelCommands.includes(command)) return '';
  return (await import('../unknown-command.ts')).nearCommand(command);
}

async function runBuild(line: CommandLine, program: Program): Promise<number> {
  const place = placeOf(line, program.settings);
  return interruptible((signal) => build(line, place, program, signal), NOT_STARTED);
}

async function build(line: CommandLine, place: Place, program: Program, signal: AbortSignal): Promise<number> {
  if (place.kind === 'farm' && !isInWorkspace(program.settings.cwd)) return refusedByBazel(line, program);
  return orElseHere(
    line,
    program,
    () => buildThere(line, place, program, signal),
    () => {
      signal.throwIfAborted();
      // What the farm has built, or will build, is not built anew for another PATH.
      return runPlain(line, program, [STRICT_ENVIRONMENT]);
    },
  );
}

async function buildThere(line: CommandLine, place: Place, program: Program, signal: AbortSignal): Promise<number> {
  if (place.kind === 'bazels') return buildWhereBazelSays(line, place.executor, program);
  if (place.kind === 'docker') return (await import('./docker-build.ts')).buildInDocker(line, place, program, signal);
  if (place.kind === 'executor')
    return (await import('./executor-build.ts')).buildOnExecutor(line, place, program, signal);
  // Bazel would refuse it too, once a farm is awake that may be another than was meant.
  refuseMisspelt(line);
  return (await import('./build.ts')).buildOnFarm(line, program, signal);
}

/** No farm shall be woken for what Bazel refuses at once; the note is for one that is a script and goes elsewhere. */
function refusedByBazel(line: CommandLine, program: Program): Promise<number> {
  notesOf(program, line.own.has('quiet'))('no MODULE.bazel or WORKSPACE here or above: Bazel runs without the farm');
  return runPlain(line, program, []);
}

async function runOther(line: CommandLine, program: Program): Promise<number> {
  const { settings } = program;
  return runPlain(await withBazelsQuiet(line, settings), program, await analysisFlags(line, settings));
}

function buildWhereBazelSays(line: CommandLine, executor: string, program: Program): Promise<number> {
  const where = executor === '' ? 'on this machine' : 'there';
  const note = notesOf(program, line.own.has('quiet'));
  note(`--remote_executor=${executor} stands behind ${line.command}: Bazel builds ${where}, without the cluster`);
  return runPlain(line, program, []);
}

/** There is nothing here that bbf could wait for, so that `--quiet` can only mean Bazel's: PR 24024 of bazelbuild/bazel, in 8.0.0. */
async function withBazelsQuiet(line: CommandLine, settings: Settings): Promise<CommandLine> {
  if (!line.own.has('quiet')) return line;
  const named = line.own.get('bazel_bin');
  const { version } = await interruptible((signal) => findVersionedBazel(named, settings, signal), NOT_STARTED);
  return atLeast(version, '8.0.0') ? { ...line, startup: ['--quiet', ...line.startup] } : line;
}

/** `bazel build --help` is no build. */
const asksForHelp = (line: CommandLine): boolean => beforeDashes(line.rest).includes('--help');

async function runPlain(line: CommandLine, { settings }: Program, flags: readonly string[]): Promise<number> {
  return runBazel(settings, { bazel: await bazelFor(line, settings), arguments: bazelArguments(line, flags) });
}

/** Where there is none to ask, a command that bbf does not know is a slip, and no reason to install one. */
async function bazelFor(line: CommandLine, settings: Settings): Promise<string> {
  const { command, own } = line;
  return findBazel(settings, own.get('bazel_bin'), settings.program).catch(async (error: unknown) => {
    throw command === undefined || bazelCommands.includes(command)
      ? error
      : noCommand(command, await nearCommand(line));
  });
}
