/** The end of a lease, for which nobody waits longer than it is worth: a lease that stays ends by itself after its time. */
import { abortable, interruptible } from '../interrupt.ts';

interface Release {
  /** The last write of the lease. */
  written: Promise<unknown>;
  remove(): Promise<void>;
  /** Told where it takes long. */
  note(text: string): void;
  /** Milliseconds, for the write and for the removal each. */
  patienceMs?: number | undefined;
}

/** Both together stay below the 10 s that Docker leaves between SIGTERM and SIGKILL. */
const PATIENCE_MS = 3000;
/** Before a person is told what they wait for. */
const TELL_MS = 1000;

/** @throws Error that says why where it may be there still; Interrupted where a signal came meanwhile */
export function releaseLease({ written, remove, note, patienceMs = PATIENCE_MS }: Release): Promise<void> {
  const telling = setTimeout(() => note('releasing the lease; Ctrl-C leaves it to end by itself'), TELL_MS);
  return interruptible(async (signal) => {
    // A write that is under way would bring it back after its removal.
    await within(written, patienceMs, signal).catch(() => {});
    signal.throwIfAborted();
    await within(remove(), patienceMs, signal);
  }).finally(() => clearTimeout(telling));
}

function within<T>(promise: Promise<T>, milliseconds: number, signal: AbortSignal): Promise<T> {
  const late = new AbortController();
  const why = `no answer within ${milliseconds / 1000} s`;
  const timer = setTimeout(() => late.abort(new Error(why)), milliseconds);
  return abortable(promise, AbortSignal.any([signal, late.signal])).finally(() => clearTimeout(timer));
}
