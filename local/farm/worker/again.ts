/** Calls that are made again when the connection was at fault. */
import { setTimeout as sleep } from 'node:timers/promises';
import { asCallError, Code } from '../wire/status.ts';

const FIRST_PAUSE_MS = 250;
/** 16 s of pauses in all: connections are renewed and lost while an action runs, and what an hour of work has made is worth that. */
const RETRIES = 6;

/**
 * @param make a call that may be made twice
 * @param pause milliseconds
 * @throws what the last call failed with
 */
export async function again<A>(make: () => Promise<A>, pause: (ms: number) => Promise<unknown> = sleep): Promise<A> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await make();
    } catch (error) {
      if (failures === RETRIES || asCallError(error).code !== Code.UNAVAILABLE) throw error;
      await pause(FIRST_PAUSE_MS * 2 ** failures);
    }
  }
}
