/** Tells when `run` has built: its program takes the place of Bazel's client, and may run for days without asking the farm for anything. */
import type { Program } from '../command.ts';
import { hasBecomeProgram, type StartedBazel } from './client-process.ts';

const LOOK_MS = 1000;

/** @returns false once `signal` aborts before; at once where the system does not show it, as macOS */
export async function untilProgramRuns(
  started: StartedBazel,
  { sleep }: Pick<Program, 'sleep'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    do await sleep(LOOK_MS, signal);
    while (!hasBecomeProgram(started));
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
