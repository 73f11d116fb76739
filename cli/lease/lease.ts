/** A build's lease: written before anything is read, renewed while the build runs, removed at its end. */
import type { Lease } from '../../config-schema/documents.ts';
import { leaseKey } from '../../config-schema/keys.ts';
import type { Documents } from '../documents.ts';
import { Failure } from '../failure.ts';
import { abortable, Interrupted, isInterrupted, sleep } from '../interrupt.ts';
import { ASLEEP_MS } from '../machine-sleep.ts';
import { counted } from '../output/counted.ts';
import { elapsed } from '../output/elapsed.ts';
import { releaseLease } from './lease-release.ts';

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
  /**
   * Stops renewing and removes it, within seconds or by the next signal.
   * @param tell told where it takes long, in place of `note`
   * @throws Error that says why it will end by itself instead
   */
  release(tell?: (text: string) => void): Promise<void>;
}

/** How long workers stay for a bbf that was killed. */
const TTL_SECONDS = 90;
/** Three tries before it ends. */
const RENEWALS_PER_TTL = 3;
/** How often the clock is looked at, which alone tells of a sleep of the machine. */
const LOOK_MS = 1000;

interface Holding {
  /** Told when a renewal failed, which the next one follows all the same, and when the release takes long. */
  note(text: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends the wait for the first write; whatever becomes of that one is for `release` to remove. */
  signal?: AbortSignal;
  /** Milliseconds: how long the removal waits for an answer. */
  patienceMs?: number;
}

/**
 * Writes a lease, and renews it until it is released, and at once when the machine wakes from sleep. Once `signal` aborts it may not
 * be written yet.
 * @throws Failure (unavailable) when it can't be written; where it may be there all the same, that says so
 */
export async function takeLease(documents: LeasedDocuments, wish: LeaseWish, holding: Holding): Promise<HeldLease> {
  const { note, now, signal = NEVER, patienceMs } = holding;
  const ttlSeconds = wish.ttlSeconds ?? TTL_SECONDS;
  const over = new AbortController();
  const lasting = { ...wish, ttlSeconds };
  const write = () => put(documents, lasting, over.signal);
  const lost = (error: Error) => {
    if (!over.signal.aborted) note(`the lease could not be renewed: ${error.message}`);
  };
  const first = write();
  await abortable(first, signal).catch(async (error: unknown) => {
    if (!signal.aborted) throw await takenBack(documents, lasting, error, holding);
  });
  let renewal: Promise<void> = first.catch(lost);
  const renew = () => {
    renewal = renewal.then(write).catch(lost);
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
    release: (tell = note) => {
      timers.forEach(clearInterval);
      over.abort();
      const remove = () => documents.remove(leaseKey(wish.cluster, wish.id));
      return releaseLease({ written: renewal, remove, note: tell, patienceMs });
    },
  };
}

const NEVER = new AbortController().signal;

type LastingWish = LeaseWish & { ttlSeconds: number };

/**
 * A lease that nobody renews.
 * @throws Failure (unavailable) when it can't be written; where it may be there all the same, that says so
 */
export async function writeLease(
  documents: LeasedDocuments,
  wish: LastingWish,
  holding: Pick<Holding, 'note' | 'patienceMs'>,
): Promise<void> {
  await put(documents, wish, NEVER).catch(async (error: unknown) => {
    throw await takenBack(documents, wish, error, holding);
  });
}

function leaseOf(wish: LastingWish): Lease {
  return {
    apiVersion: 'bbf/v1',
    kind: 'Lease',
    id: wish.id,
    holder: wish.holder.slice(0, 512),
    purpose: wish.purpose.slice(0, 2048),
    pools: { [wish.pool]: { workers: wish.workers } },
    ttlSeconds: wish.ttlSeconds,
  };
}

const ATTEMPTS = 3;
const PAUSE_MS = 200;

class Unwritten extends Error {
  readonly why: string;
  /** No answer told that it was not. */
  readonly mayBeThere: boolean;
  constructor(key: string, why: string, mayBeThere: boolean) {
    super(`could not write the lease ${key}: ${why}`);
    this.why = why;
    this.mayBeThere = mayBeThere;
  }
}

/**
 * It is only ours, so a second write after a lost answer does no harm.
 * @param over once it aborts, nothing is sent any more
 * @throws Unwritten
 */
async function put(documents: LeasedDocuments, wish: LastingWish, over: AbortSignal): Promise<void> {
  const key = leaseKey(wish.cluster, wish.id);
  const text = `${JSON.stringify(leaseOf(wish))}\n`;
  let why = '';
  let mayBeThere = false;
  for (let attempt = 0; attempt < ATTEMPTS && !over.aborted; attempt++) {
    const written = await documents.write(key, text, 'always');
    if (written.outcome === 'written') return;
    why = written.outcome === 'uncertain' ? written.why : 'another write was under way';
    mayBeThere ||= written.outcome === 'uncertain';
    if (attempt + 1 < ATTEMPTS) await sleep(PAUSE_MS * 4 ** attempt, over).catch(() => {});
  }
  throw new Unwritten(key, why, mayBeThere);
}

/** Nobody holds a lease whose write got no answer, so it is removed. @returns what to throw of it */
async function takenBack(
  documents: LeasedDocuments,
  { cluster, id, pool, workers, ttlSeconds }: LastingWish,
  error: unknown,
  { note, patienceMs }: Pick<Holding, 'note' | 'patienceMs'>,
): Promise<unknown> {
  if (!(error instanceof Unwritten)) return error;
  try {
    const remove = () => documents.remove(leaseKey(cluster, id));
    if (error.mayBeThere) await releaseLease({ written: Promise.resolve(), remove, note, patienceMs });
    return new Failure('unavailable', error.message, { next: 'the same again in a minute' });
  } catch (why) {
    const message = `it is not known whether lease ${id} was written: ${error.why}`;
    const claims = `if it was, it claims ${counted(workers, 'worker')} of pool ${pool} for ${elapsed(ttlSeconds * 1000)}`;
    const next = `bbf leases release ${id} --cluster=${cluster}`;
    if (isInterrupted(why)) return new Interrupted(why.signal, `${message}; ${claims}, unless you type ${next}`);
    return new Failure('unavailable', message, { details: [`${claims}: ${(why as Error).message}`], next });
  }
}
