/** One invocation: a pass of each cluster it was woken for, and more looks while something converges. */
import { CLUSTERS_PREFIX, clusterOfKey, clusterPrefix } from '../config-schema/keys.ts';
import { type Lock, lockOf } from './lock.ts';
import { type PassResult, pass } from './pass.ts';
import type { Entry, Ports, Settings } from './ports.ts';

/** Something due within this time is waited for; what is later is left to the schedule. */
const STAY_MS = 30_000;
/** Kept free at the end of an invocation: a pass takes a second or two, even when AWS is slow. */
const MARGIN_MS = 15_000;

export interface Invocation {
  id: string;
  /** By when the invocation must have ended, milliseconds since the epoch. */
  deadline: number;
  /** Longest life of any invocation, milliseconds: the end of its lock. */
  lifeMs: number;
}

/** Looks at one cluster until it has come to rest, or until there is nothing to wait for within this invocation. */
export async function reconcileCluster(
  ports: Ports,
  settings: Settings,
  invocation: Invocation,
  cluster: string,
  listed?: Entry[],
): Promise<PassResult> {
  const lock = lockOf(ports, cluster, invocation.id, invocation.lifeMs);
  try {
    let entries = listed ?? (await ports.documents.list(clusterPrefix(cluster)));
    for (;;) {
      const result = await pass(ports, settings, cluster, entries, lock);
      if (!(await stay(ports, invocation, result, lock))) return result;
      entries = await ports.documents.list(clusterPrefix(cluster));
    }
  } finally {
    await lock.release();
  }
}

/** Waits for the next look if it is near and nobody else is waiting for the same; false when this invocation is over. */
async function stay(ports: Ports, invocation: Invocation, { lookAgainAt }: PassResult, lock: Lock): Promise<boolean> {
  if (lookAgainAt === null) return false;
  const now = ports.time.now();
  const wait = Math.max(0, lookAgainAt - now);
  if (wait > STAY_MS || now + wait + MARGIN_MS > invocation.deadline) return false;
  if (!(await lock.hold())) return false;
  await ports.time.wait(wait);
  return true;
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
  if (failed?.status === 'rejected') throw failed.reason;
  const atRest = results.every((result) => result.status === 'fulfilled' && !result.value.status.awake);
  if (atRest && schedule === 'fast') await ports.schedule.setFast(false);
  if (!atRest && schedule === 'slow' && !(await ports.schedule.isFast())) await ports.schedule.setFast(true);
}
