/** Runs one command as a process group of its own, with exactly the environment that it names. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Command } from '../wire/messages.ts';

export interface RunSettings {
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

export type RunOutcome = { ended: 'exited'; exitCode: number } | { ended: 'timeout' | 'cancelled' | 'output-limit' };

/** As shells say it. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const OUTPUT_CHECK_MS = 1_000;

/** The whole group, also what the command left behind. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}

function start({ command, workingDirectory }: RunSettings, stdout: number, stderr: number): ChildProcess {
  const [program = '', ...parameters] = command.arguments;
  const env = Object.fromEntries(command.environmentVariables.map(({ name, value }) => [name, value]));
  return spawn(program, parameters, { cwd: workingDirectory, env, detached: true, stdio: ['ignore', stdout, stderr] });
}

/** Resolves when the command has ended and nothing of its group runs any more. */
function follow(child: ChildProcess, settings: RunSettings, outputs: readonly number[]): Promise<RunOutcome> {
  return new Promise((resolve, reject) => {
    let stoppedBy: 'timeout' | 'cancelled' | 'output-limit' | undefined;
    const stop = (reason: typeof stoppedBy) => {
      stoppedBy ??= reason;
      killGroup(child.pid);
    };
    const cancel = () => stop('cancelled');
    const timer = setTimeout(() => stop('timeout'), settings.timeoutMs);
    const watch = setInterval(() => {
      if (outputs.some((output) => fstatSync(output).size > settings.maxOutputBytes)) stop('output-limit');
    }, OUTPUT_CHECK_MS);
    const end = () => {
      clearTimeout(timer);
      clearInterval(watch);
      settings.signal.removeEventListener('abort', cancel);
    };
    settings.signal.addEventListener('abort', cancel);
    if (settings.signal.aborted) cancel();
    child.once('error', (error) => {
      end();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      end();
      killGroup(child.pid);
      resolve(stoppedBy ? { ended: stoppedBy } : { ended: 'exited', exitCode: exitCodeOf(code, signal) });
    });
  });
}

/** A command that can't be started ends as a shell would end it, with the reason in its error output. */
function notStarted(error: NodeJS.ErrnoException, settings: RunSettings, stderr: number): RunOutcome {
  if (error.code !== 'ENOENT' && error.code !== 'EACCES' && error.code !== 'ENOEXEC') throw error;
  writeSync(
    stderr,
    `bbf worker: ${JSON.stringify(settings.command.arguments[0] ?? '')} could not be started: ${error.code}\n`,
  );
  return { ended: 'exited', exitCode: error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE };
}

/** Output goes to files without passing through this process. */
export async function runCommand(settings: RunSettings): Promise<RunOutcome> {
  const stdout = openSync(settings.stdoutPath, 'w');
  const stderr = openSync(settings.stderrPath, 'w');
  try {
    return await follow(start(settings, stdout, stderr), settings, [stdout, stderr]);
  } catch (error) {
    return notStarted(error as NodeJS.ErrnoException, settings, stderr);
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}
