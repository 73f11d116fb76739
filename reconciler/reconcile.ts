/** One invocation: a pass of each cluster it was woken for, and more looks while something converges. */
import { CLUSTERS_PREFIX, clusterOfKey, clusterPrefix, lockKey, statusKey } from '../config-schema/keys.ts';
import { type Lock, lockOf } from './lock.ts';
import { type PassResult, pass } from './pass.ts';
import type { Entry, Ports, Settings } from './ports.ts';

/**
 * Something due within this time is waited for; what is later is left to the schedule. Whoever waits holds the lock, so an edit or a lease
 * of that time is not seen before it is over.
 */
const STAY_MS = 10_000;
/** Kept free at the end of an invocation: a pass takes a second or two, even when AWS is slow. */
const MARGIN_MS = 15_000;

export interface Invocation {
  id: string;
  /** By when the invocation must have ended, milliseconds since the epoch. */
  deadline: number;
  /** Longest life of any invocation, milliseconds: the end of its lock. */
  lifeMs: number;
}

/**
 * Looks at one cluster until it has come to rest, or until there is nothing to wait for within this invocation. One that finds the
 * lock taken leaves at once: the holder looks for what woke it, at its next look or after its end.
 */
export async function reconcileCluster(
  ports: Ports,
  settings: Settings,
  invocation: Invocation,
  cluster: string,
  listed?: Entry[],
): Promise<PassResult> {
  const lock = lockOf(ports, cluster, invocation.id, invocation.lifeMs);
  try {
    let entries: Entry[] | null = listed ?? (await ports.documents.list(clusterPrefix(cluster)));
    for (;;) {
      const result = await pass(ports, settings, cluster, entries, lock);
      entries = (await stay(ports, invocation, result, lock))
        ? await ports.documents.list(clusterPrefix(cluster))
        : await afterwards(ports, invocation, cluster, result, lock);
      if (!entries) return result;
    }
  } finally {
    await lock.release();
  }
}

/** Waits for the next look if it is near and nobody else is waiting for the same; false when this invocation is over. */
async function stay(ports: Ports, invocation: Invocation, result: PassResult, lock: Lock): Promise<boolean> {
  const wait = untilNextLook(ports, result);
  if (result.blocked || wait === undefined || isLate(ports, invocation, wait)) return false;
  if (!(await lock.hold())) return false;
  await ports.time.wait(wait);
  return true;
}

/** Releases the lock, then lists once more: whoever was woken while it was held has left it to us. Null when there is no news. */
async function afterwards(
  ports: Ports,
  invocation: Invocation,
  cluster: string,
  { decidedOn }: PassResult,
  lock: Lock,
) {
  if (!lock.isHeld()) return null;
  await lock.release();
  const entries = await ports.documents.list(clusterPrefix(cluster));
  const isNews = words(cluster, entries) !== words(cluster, decidedOn);
  return isNews && !isLate(ports, invocation, 0) ? entries : null;
}

/** All that people, builds and the farm said; not what passes write. */
function words(cluster: string, entries: Entry[]): string {
  const own = [statusKey(cluster), lockKey(cluster)];
  return JSON.stringify(entries.filter(({ key }) => !own.includes(key)));
}

const isLate = (ports: Ports, { deadline }: Invocation, wait: number) => ports.time.now() + wait + MARGIN_MS > deadline;

/** Milliseconds to the next look; undefined when it is left to the schedule. */
function untilNextLook(ports: Ports, { lookAgainAt }: PassResult): number | undefined {
  if (lookAgainAt === null) return undefined;
  const wait = Math.max(0, lookAgainAt - ports.time.now());
  return wait > STAY_MS ? undefined : wait;
}

/**
 * Every cluster of the bucket; one listing serves the first pass of each.
 * `schedule` is what woke us. The fast one goes off once no cluster is awake; the slow one turns it on again where it was lost.
 */
export async function reconcileAll(
  ports: Ports,
  settings: Settings,
  invocation: Invocation,
  schedule: 'fast' | 'slow' | null,
): Promise<void> {
  const entries = await ports.documents.list(CLUSTERS_PREFIX);
  const clusters = [...new Set(entries.flatMap(({ key }) => clusterOfKey(key) ?? []))];
  const results = await Promise.allSettled(
    clusters.map((cluster) => {
      const own = entries.filter((entry) => entry.key.startsWith(clusterPrefix(cluster)));
      return reconcileCluster(ports, settings, invocation, cluster, own);
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  // One that was kept out knows only that there is something to do: whoever holds the lock may have died with it.
  const isAwake = results.some(
    (result) => result.status === 'fulfilled' && (result.value.status.awake || result.value.blocked),
  );
  if (!isAwake && !failed && schedule === 'fast') await turnOff(ports, entries);
  if (isAwake && schedule === 'slow' && !(await ports.schedule.isFast())) await ports.schedule.setFast(true);
  if (failed) throw failed.reason;
}

/**
 * A pass that wakes a cluster turns the fast schedule on, perhaps before this word arrives: so it goes off only while the bucket is as
 * it was, and on again where it no longer is. Whoever wakes a cluster comes after a new document, lease or status, and takes the lock.
 */
async function turnOff({ documents, schedule }: Ports, seen: Entry[]): Promise<void> {
  const before = JSON.stringify(seen);
  const isStill = async () => JSON.stringify(await documents.list(CLUSTERS_PREFIX)) === before;
  if (!(await isStill())) return;
  await schedule.setFast(false);
  if (!(await isStill())) await schedule.setFast(true);
}
