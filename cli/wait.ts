/** Looks again and again until what is waited for has happened, can't happen any more, or takes too long. */

import type { Program } from './command.ts';
import { Failure, failsWith } from './failure.ts';
import { abortable } from './interrupt.ts';
import { ASLEEP_MS } from './machine-sleep.ts';
import { elapsed } from './output/elapsed.ts';
import { printable } from './output/printable.ts';
import { openProgress, type ProgressLine } from './output/progress.ts';

export type Verdict<T> =
  | { state: 'done'; value: T; lines: ProgressLine[] }
  | { state: 'waiting'; lines: ProgressLine[] }
  /** Waiting longer is of no use. */
  | { state: 'stuck'; failure: Failure; lines: ProgressLine[] };

interface Wait<T> {
  /** Completes "waiting for …". */
  what: string;
  look(): Promise<Verdict<T>>;
  timeoutMs: number;
  quiet?: boolean;
  /** How long it usually takes, milliseconds, asked at each look; undefined while nobody knows. */
  usually?(waitedMs: number): number | undefined;
  /** What to type when time ran out. */
  next: string;
  signal: AbortSignal;
}

/** The first looks come quickly, as a local farm is ready within a second; then the pause grows to one GET every two seconds. */
const FIRST_PAUSE_MS = 150;
const LAST_PAUSE_MS = 2000;
const PAUSE_GROWTH = 1.4;

/** @throws Failure of the verdict, Failure (timeout), or the signal's reason */
export async function waitFor<T>(wait: Wait<T>, program: Program): Promise<T> {
  const startedAt = program.now();
  const progress = openProgress(program.terminal.notes, program.now, wait.quiet);
  let pause = FIRST_PAUSE_MS;
  let isShown = false;
  let sleptMs = 0;
  let before: Look<T> | undefined;
  try {
    for (;;) {
      const verdict: Look<T> = await abortable(lookAgain(wait, before), wait.signal);
      before = verdict;
      const isQuick = !isShown && program.now() - startedAt < FIRST_PAUSE_MS;
      if (verdict.state === 'done' && isQuick) return verdict.value;
      if (verdict.lines.length > 0) progress.show(titleOf(wait, program.now() - startedAt), printable(verdict.lines));
      isShown = true;
      if (verdict.state === 'done') return verdict.value;
      if (verdict.state === 'stuck') throw verdict.failure;
      if (program.now() - startedAt - sleptMs >= wait.timeoutMs) throw timedOut(wait, verdict);
      sleptMs += await pauseFor(Math.min(pause, LAST_PAUSE_MS), wait.signal, program);
      pause *= PAUSE_GROWTH;
    }
  } finally {
    progress.end();
  }
}

/** `silence`: why the newest answer did not come. */
type Look<T> = Verdict<T> & { silence?: Failure };

/** After the first answer, one that does not come is waited for as well: a network may be gone for a moment, as when a laptop wakes. */
async function lookAgain<T>(wait: Wait<T>, before: Look<T> | undefined): Promise<Look<T>> {
  try {
    return await wait.look();
  } catch (error) {
    if (before === undefined || !isSilence(error)) throw error;
    const known = before.lines.filter(({ key }) => key !== SILENCE);
    const lines = [...known, { key: SILENCE, state: 'waiting' as const, text: `AWS: ${error.message}` }];
    return { state: 'waiting', lines, silence: error };
  }
}

const SILENCE = 'silence';
const isSilence = (error: unknown): error is Failure => failsWith(error, 'unavailable') || failsWith(error, 'timeout');

/** @returns how long the machine slept meanwhile, milliseconds: no time that anybody has waited */
async function pauseFor(milliseconds: number, signal: AbortSignal, { now, sleep }: Program): Promise<number> {
  const before = now();
  await sleep(milliseconds, signal);
  const more = now() - before - milliseconds;
  return more >= ASLEEP_MS ? more : 0;
}

function titleOf<T>({ what, usually }: Wait<T>, waitedMs: number): string {
  const usual = usually?.(waitedMs);
  return `waiting for ${what}${usual === undefined ? '' : `, which usually takes ${elapsed(usual)}`}`;
}

function timedOut<T>(wait: Wait<T>, { lines, silence }: Look<T>): Failure {
  const open = lines.filter((line) => line.state !== 'done').map((line) => line.text);
  const time = wait.timeoutMs < 1000 ? `${wait.timeoutMs}ms` : elapsed(wait.timeoutMs);
  return new Failure('timeout', `${wait.what} took longer than ${time}`, {
    details: open,
    next: silence === undefined ? wait.next : `${silence.next}; then ${wait.next}`,
  });
}
