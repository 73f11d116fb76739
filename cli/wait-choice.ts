/** What the flags of an edit say together about the wait behind it: `--no-wait`, `--timeout`, `--wait` and `--quiet`. */
import { AS_USUAL, type Call } from './command.ts';
import { Failure } from './failure.ts';
import { durationFlag } from './quantities.ts';

export interface WaitChoice {
  /** Whether the command waits at all. */
  waits: boolean;
  timeoutMs: number;
  /** Progress is not shown; results and failures are. */
  quiet: boolean;
}

/**
 * Read before anything is written, so that a slip of the pen writes nothing.
 * @param fallback duration, where neither flag says one
 * @throws Failure (usage) for what is no duration, and for two that differ
 */
export function waitChoice(call: Call, fallback = '10m'): WaitChoice {
  const timeoutMs = durationFlag(call, 'timeout', fallback);
  const typed = call.text('wait') ?? AS_USUAL;
  const waited = typed === AS_USUAL ? undefined : durationFlag(call, 'wait', fallback);
  if (waited !== undefined && call.text('timeout') !== undefined && waited !== timeoutMs)
    throw new Failure('usage', `--wait=${typed} and --timeout=${call.text('timeout')} mean the same, and differ`, {
      next: 'one of the two',
    });
  return { waits: !call.has('no-wait'), timeoutMs: waited ?? timeoutMs, quiet: call.has('quiet') };
}
