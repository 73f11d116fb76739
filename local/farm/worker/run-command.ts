/** Runs one command as a process group of its own, with exactly the environment that it names. */
import { statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { Command } from '../wire/messages.ts';
import type { Spawner, Started } from './spawner.ts';

export interface RunSettings {
  spawner: Spawner;
  command: Pick<Command, 'arguments' | 'environmentVariables'>;
  workingDirectory: string;
  /** Files that take the output. */
  stdoutPath: string;
  stderrPath: string;
  timeoutMs: number;
  /** Of each of the two files. */
  maxOutputBytes: number;
  signal: AbortSignal;
}

type StopReason = 'timeout' | 'cancelled' | 'output-limit';
export type RunOutcome = { ended: 'exited'; exitCode: number } | { ended: StopReason };

/** As shells say it. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const OUTPUT_CHECK_MS = 1_000;
/** Node's timers end at once when they are asked for more (24.8 days). */
const TIMER_MAX_MS = 2 ** 31 - 1;
/** Of the command or its words, and not of the machine: it would be the same elsewhere. A shell calls all but the first "not executable". */
const NOT_STARTABLE = new Set([
  'ENOENT',
  'EACCES',
  'ENOEXEC',
  'ENOTDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'E2BIG',
  'ERR_INVALID_ARG_VALUE',
]);

/** The whole group, also what the command left behind. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves when the command has ended and nothing of its group runs any more. */
async function follow({ pid, ended }: Started, settings: RunSettings): Promise<RunOutcome> {
  let stoppedBy: StopReason | undefined;
  const stop = (reason: StopReason) => {
    stoppedBy ??= reason;
    killGroup(pid);
  };
  const cancel = () => stop('cancelled');
  const timer = setTimeout(() => stop('timeout'), Math.min(settings.timeoutMs, TIMER_MAX_MS));
  const watch = setInterval(() => {
    const sizes = [settings.stdoutPath, settings.stderrPath].map((path) => statSync(path).size);
    if (sizes.some((size) => size > settings.maxOutputBytes)) stop('output-limit');
  }, OUTPUT_CHECK_MS);
  settings.signal.addEventListener('abort', cancel);
  if (settings.signal.aborted) cancel();
  try {
    const { code, signal } = await ended;
    killGroup(pid);
    if (stoppedBy) return { ended: stoppedBy };
    return { ended: 'exited', exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0) };
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
    settings.signal.removeEventListener('abort', cancel);
  }
}

/** A command that can't be started ends as a shell would end it, with the reason in its error output. */
function notStarted(error: NodeJS.ErrnoException, settings: RunSettings): RunOutcome {
  if (error.code === undefined || !NOT_STARTABLE.has(error.code)) throw error;
  const program = JSON.stringify(settings.command.arguments[0] ?? '');
  writeFileSync(settings.stderrPath, `bbf worker: ${program} could not be started: ${error.code}\n`);
  return { ended: 'exited', exitCode: error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE };
}

/** Output goes to files without passing through this process. Rejects when the command's end can't be known. */
export async function runCommand(settings: RunSettings): Promise<RunOutcome> {
  const { command, workingDirectory, stdoutPath, stderrPath } = settings;
  const [program = '', ...parameters] = command.arguments;
  const environment = Object.fromEntries(command.environmentVariables.map(({ name, value }) => [name, value]));
  const order = { program, parameters, environment, workingDirectory, stdoutPath, stderrPath };
  let started: Started;
  try {
    started = await settings.spawner.start(order);
  } catch (error) {
    return notStarted(error as NodeJS.ErrnoException, settings);
  }
  return follow(started, settings);
}
