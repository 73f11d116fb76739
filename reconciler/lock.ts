/** One pass at a time for what disturbs: a lock object with an end, taken and released by conditional writes. */
import { lockKey } from '../config-schema/keys.ts';
import type { Entry, Ports } from './ports.ts';

export interface Lock {
  /** True when this invocation holds the lock, now or already. */
  hold(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * `ttlMs` must be longer than an invocation can live; a crashed holder blocks others no longer than that.
 * Time is S3's LastModified, so no holder's clock is trusted.
 */
export function lockOf(ports: Ports, cluster: string, holder: string, ttlMs: number): Lock {
  const key = lockKey(cluster);
  let held: string | null = null;
  return {
    async hold() {
      if (held !== null) return true;
      const body = JSON.stringify({ holder, takenAt: new Date(ports.time.now()).toISOString(), ttlMs });
      held = await ports.documents.write(key, body, null);
      if (held === null) held = await takeOver(ports, key, body, ttlMs);
      return held !== null;
    },
    async release() {
      if (held === null) return;
      await ports.documents.remove(key, held);
      held = null;
    },
  };
}

async function takeOver(ports: Ports, key: string, body: string, ttlMs: number): Promise<string | null> {
  const entry = (await ports.documents.list(key)).find((found: Entry) => found.key === key);
  if (!entry) return null;
  const expired = ports.time.now() - entry.modifiedAt > ttlMs;
  return expired ? ports.documents.write(key, body, entry.etag) : null;
}
