/** Runs Bazel as if it had been started directly: its streams, the signals it gets, and its exit code are Bazel's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Failure } from '../failure.ts';
import { catchSignals, signalExitCode } from '../interrupt.ts';
import type { Settings } from '../settings.ts';
import { bazelClient, type StartedBazel } from './client-process.ts';
import { nested } from './nesting.ts';

/** A terminal's Ctrl-C reaches Bazel without bbf's help. */
type Surroundings = Pick<Settings, 'cwd' | 'childEnvironment' | 'onTerminal'>;

interface BazelRun {
  bazel: string;
  arguments: string[];
  /** Interrupts it, as Ctrl-C would. */
  stop?: AbortSignal | undefined;
  /** Told once it runs. */
  spawned?: ((started: StartedBazel) => void) | undefined;
}

/**
 * Signals that a terminal's keys send to every process in front, Bazel included. Nothing tells them from a `kill` of bbf alone, which
 * therefore reaches nobody: SIGTERM ends both. A hang-up is told to the session's leader alone, which bbf is under `ssh -t`, and who
 * hears of it twice ends no sooner.
 */
const fromKeys: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Bazel's exit code, or 128 + n when signal n ended it. While it runs, signals end Bazel and not bbf, which has to tidy up after it.
 * @throws Failure (system) when it can't be started
 */
export function runBazel(settings: Surroundings, run: BazelRun): Promise<number> {
  const { cwd, childEnvironment: environment, onTerminal } = settings;
  return new Promise((resolve, reject) => {
    let child: ChildProcess | undefined;
    const start = { arguments: run.arguments, environment, seen: new Set<number>() };
    const send = (name: NodeJS.Signals) => signal(name, child, start);
    // Before Bazel starts: a signal that came between the two would end bbf and leave Bazel behind.
    const stopCatching = catchSignals((name) => {
      // Bazel counts interrupts, and takes the third for "kill the server".
      if (!(onTerminal && fromKeys.has(name))) send(name);
    });
    const notStarted = (error: Error) =>
      new Failure('system', `${run.bazel} could not be started: ${error.message}`, {
        next: 'bbf --bazel_bin=PATH …',
      });
    try {
      child = spawn(run.bazel, run.arguments, { cwd, env: nested(environment), stdio: 'inherit' });
    } catch (error) {
      // Node throws what it did not foresee, such as arguments that are too long.
      stopCatching();
      reject(notStarted(error as Error));
      return;
    }
    const started = child;
    const interrupt = () => send('SIGINT');
    run.stop?.addEventListener('abort', interrupt);
    const settle = (finish: () => void) => {
      stopCatching();
      run.stop?.removeEventListener('abort', interrupt);
      finish();
    };
    const { pid } = started;
    if (pid !== undefined) run.spawned?.({ ...start, pid });
    started.once('error', (error) => settle(() => reject(notStarted(error))));
    started.once('exit', (code, signal) =>
      settle(() => resolve(signal === null ? (code ?? 0) : signalExitCode(signal))),
    );
  });
}

/** A process that has ended meanwhile needs none. */
function signal(name: NodeJS.Signals, child: ChildProcess | undefined, bazel: Omit<StartedBazel, 'pid'>): void {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(bazelClient({ ...bazel, pid: child.pid }), name);
  } catch {}
}
