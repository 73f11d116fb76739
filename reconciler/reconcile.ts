/** One invocation: a pass of each cluster it was woken for, and more looks while something converges. */
import { CLUSTERS_PREFIX, clusterOfKey, clusterPrefix } from '../config-schema/keys.ts';
import { lockOf } from './lock.ts';
import { type PassResult, pass } from './pass.ts';
import type { Entry, Ports, Settings } from './ports.ts';

/** Something due within this time is waited for; what is later is left to the schedule. */
const STAY_MS = 30_000;
/** Kept free at the end of an invocation: a pass takes a second or two, even when AWS is slow. */
const MARGIN_MS = 15_000;

/**
 * Between the tries of a pass that finds the lock taken. The holder either ends within these seconds or stays, and then sees at its
 * next look whatever woke us; if it has crashed, the schedule comes after its lock has ended.
 */
const BLOCKED_MS = [500, 1_500, 4_000, 8_000];

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
    const patience = [...BLOCKED_MS];
    for (;;) {
      const result = await pass(ports, settings, cluster, entries, lock);
      const wait = result.blocked ? patience.shift() : untilNextLook(ports, result);
      if (wait === undefined || ports.time.now() + wait + MARGIN_MS > invocation.deadline) return result;
      // Under the lock, nobody else waits for the same.
      if (!result.blocked && !(await lock.hold())) return result;
      await ports.time.wait(wait);
      entries = await ports.documents.list(clusterPrefix(cluster));
    }
  } finally {
    await lock.release();
  }
}

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
  if (failed?.status === 'rejected') throw failed.reason;
  const atRest = results.every((result) => result.status === 'fulfilled' && !result.value.status.awake);
  if (atRest && schedule === 'fast') await ports.schedule.setFast(false);
  if (!atRest && schedule === 'slow' && !(await ports.schedule.isFast())) await ports.schedule.setFast(true);
}
