/** Signals that end bbf: turned into an abort that whoever waits can clean up on. */
import { constants } from 'node:os';

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
export type EndingSignal = (typeof endingSignals)[number];

/** Thrown by whatever waited when the signal came. */
export class Interrupted extends Error {
  readonly signal: EndingSignal;
  /** What the person leaves behind, for the line that tells them; null where there is nothing to tell. */
  readonly left: string | null;
  constructor(signal: EndingSignal, left: string | null) {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.signal = signal;
    this.left = left;
  }
}

export const isEnding = (signal: NodeJS.Signals | null | undefined): signal is EndingSignal =>
  endingSignals.some((name) => name === signal);

/** By name: a command that is bundled apart has a class of its own. */
export const isInterrupted = (error: unknown): error is Interrupted =>
  error instanceof Error && error.name === 'Interrupted';

/** As shells report a death by signal: 128 + its number. */
export function signalExitCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** Tells `caught` of each signal that would end bbf, which it then does not. @returns how to stop that */
export function catchSignals(caught: (name: EndingSignal) => void): () => void {
  const listeners = endingSignals.map((name) => ({ name, listener: () => caught(name) }));
  for (const { name, listener } of listeners) process.on(name, listener);
  return () => {
    for (const { name, listener } of listeners) process.off(name, listener);
  };
}

/** What is left where the reconciler does the rest. */
export const goesOn = (cluster: string): string =>
  `what was asked for goes on without waiting for it: bbf status --watch --cluster=${cluster}`;

/** What is left where the command that was typed does it in steps. */
export const GOES_ON_FROM_HERE = 'the same command again goes on from here';

/** Runs `work` with a signal that aborts, with an Interrupted as reason, when the process is told to end. */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  left: string | null = null,
): Promise<T> {
  const controller = new AbortController();
  const stopCatching = catchSignals((name) => controller.abort(new Interrupted(name, left)));
  try {
    return await work(controller.signal);
  } finally {
    stopCatching();
  }
}

/** Rejects with the signal's reason once it aborts. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** What `promise` brings, or the signal's reason once it aborts: an answer may be slow, and the person who pressed Ctrl-C does not wait for it. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason as Error);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
