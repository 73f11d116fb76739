/** A build's lease: written before anything is read, renewed while the build runs, removed at its end. */
import type { Lease } from '../../config-schema/documents.ts';
import { leaseKey } from '../../config-schema/keys.ts';
import type { Documents } from '../documents.ts';
import { Failure } from '../failure.ts';
import { ASLEEP_MS } from '../machine-sleep.ts';

interface LeaseWish {
  cluster: string;
  /** Lower case letters, digits and dashes; unique. */
  id: string;
  holder: string;
  purpose: string;
  pool: string;
  workers: number;
  ttlSeconds?: number;
}

type LeasedDocuments = Pick<Documents, 'write' | 'remove'>;

export interface HeldLease {
  id: string;
  /** Stops renewing and removes it. A lease that can't be removed ends by itself after its time. */
  release(): Promise<void>;
}

/** How long workers stay for a bbf that was killed. */
const TTL_SECONDS = 90;
/** Three tries before it ends. */
const RENEWALS_PER_TTL = 3;
/** How often the clock is looked at, which alone tells of a sleep of the machine. */
const LOOK_MS = 1000;

/**
 * Writes a lease, and renews it until it is released, and at once when the machine wakes from sleep.
 * @param lost told when a renewal failed; the next one follows all the same
 * @param now milliseconds since the epoch
 * @throws Failure (unavailable) when it can't be written
 */
export async function takeLease(
  documents: LeasedDocuments,
  wish: LeaseWish,
  lost: (why: string) => void,
  now: () => number,
): Promise<HeldLease> {
  const ttlSeconds = wish.ttlSeconds ?? TTL_SECONDS;
  const write = () => writeLease(documents, { ...wish, ttlSeconds });
  await write();
  let renewal: Promise<void> = Promise.resolve();
  const renew = () => {
    renewal = renewal.then(write).catch((error: unknown) => lost((error as Error).message));
  };
  let lookedAt = now();
  const look = () => {
    const since = now() - lookedAt;
    lookedAt += since;
    if (since >= ASLEEP_MS) renew();
  };
  const timers = [setInterval(renew, (ttlSeconds * 1000) / RENEWALS_PER_TTL), setInterval(look, LOOK_MS)];
  return {
    id: wish.id,
    release: async () => {
      timers.forEach(clearInterval);
      // A renewal that is under way would write it again after the removal.
      await renewal;
      await documents.remove(leaseKey(wish.cluster, wish.id));
    },
  };
}

/** A lease that nobody renews. @throws Failure (unavailable) when it can't be written */
export async function writeLease(
  documents: Pick<Documents, 'write'>,
  wish: LeaseWish & { ttlSeconds: number },
): Promise<void> {
  const text = `${JSON.stringify(leaseOf(wish, wish.ttlSeconds))}\n`;
  await put(documents, leaseKey(wish.cluster, wish.id), text);
}

function leaseOf(wish: LeaseWish, ttlSeconds: number): Lease {
  return {
    apiVersion: 'bbf/v1',
    kind: 'Lease',
    id: wish.id,
    holder: wish.holder.slice(0, 512),
    purpose: wish.purpose.slice(0, 2048),
    pools: { [wish.pool]: { workers: wish.workers } },
    ttlSeconds,
  };
}

const ATTEMPTS = 3;

/** It is only ours, so a second write after a lost answer does no harm. */
async function put(documents: Pick<Documents, 'write'>, key: string, text: string): Promise<void> {
  let why = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const written = await documents.write(key, text, 'always');
    if (written.outcome === 'written') return;
    why = written.outcome === 'uncertain' ? written.why : 'another write was under way';
  }
  throw new Failure('unavailable', `could not write the lease ${key}: ${why}`, { next: 'bbf status' });
}
