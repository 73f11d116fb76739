/** A new bucket's events begin late; who makes a cluster before waits for a slow look of the reconciler. */
import type { Program } from '../command.ts';
import { interruptible } from '../interrupt.ts';
import { elapsed } from '../output/elapsed.ts';

/** S3 user guide, "Enabling Amazon EventBridge": around five minutes until the change takes effect. */
export const EVENTS_BEGIN_MS = 5 * 60_000;

/** The slow schedule of the foundation looks for what no event told of. */
const LATE = 'a cluster that is made before may be noticed up to 15 minutes late';

/** @param from when they begin, milliseconds since the epoch */
export async function awaitFirstEvents(from: number, wait: boolean, { terminal, now, sleep }: Program): Promise<void> {
  const left = from - now();
  if (left <= 0) return;
  const begin = `S3 begins to tell the reconciler of documents in about ${elapsed(left)}; ${LATE}`;
  terminal.notes.write(wait ? `waits: ${begin}. Ctrl-C ends the waiting, and nothing else\n` : `note: ${begin}\n`);
  if (wait) await interruptible((signal) => sleep(left, signal), `the set-up is complete; ${LATE}`);
}
