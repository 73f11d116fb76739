/** One pass at a time for whatever is done or said: a lock object with an end, taken and released by conditional writes. */
import { lockKey } from '../config-schema/keys.ts';
import { CLOCK_TOLERANCE_MS } from './core/live-leases.ts';
import type { Entry, Ports } from './ports.ts';

export interface Lock {
  isHeld(): boolean;
  /** True when this invocation holds the lock, now or already. */
  hold(): Promise<boolean>;
  /** Never rejects: a lock that can't be released ends by itself. */
  release(): Promise<void>;
}

/**
 * `holder` is unique to an invocation. `ttlMs` must be longer than an invocation can live; a crashed holder blocks others no
 * longer than that. Time is S3's LastModified, so no holder's clock is trusted.
 */
export function lockOf(ports: Ports, cluster: string, holder: string, ttlMs: number): Lock {
  const key = lockKey(cluster);
  let held: string | null = null;
  return {
    isHeld: () => held !== null,
    async hold() {
      if (held !== null) return true;
      const body = JSON.stringify({ holder, takenAt: new Date(ports.time.now()).toISOString(), ttlMs });
      held = await ports.documents.write(key, body, null);
      if (held === null) held = await takeOver(ports, key, body, ttlMs);
      return held !== null;
    },
    async release() {
      if (held === null) return;
      try {
        await ports.documents.remove(key, held);
      } catch (error) {
        ports.log.error({ cluster, error: String(error) }, 'the lock could not be released; it ends by itself');
      }
      held = null;
    },
  };
}

/** A refused write may be our own, of which only the answer was lost; another's lock is taken over when its time is up. */
async function takeOver(ports: Ports, key: string, body: string, ttlMs: number): Promise<string | null> {
  const entry = (await ports.documents.list(key)).find((found: Entry) => found.key === key);
  if (!entry) return null;
  const current = await ports.documents.read(key, entry);
  if (current?.text === body) return current.etag;
  const expired = ports.time.now() - entry.modifiedAt > ttlMs + CLOCK_TOLERANCE_MS;
  return expired ? ports.documents.write(key, body, entry.etag) : null;
}
