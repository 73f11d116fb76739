/** One pool's next count, and which of its workers must drain before the count may fall. */

import type { ActivityWorker } from '../../config-schema/documents.ts';
import { durationMs } from '../../config-schema/durations.ts';
import type { Evidence } from './plan.ts';
import { wasOverdue } from './progress.ts';
import { isUnheard, type Situation, unregistered, workersOf } from './situation.ts';

export interface PoolStep {
  /** What to tell ECS; equal to the present count when nothing is to do. */
  target: number;
  /** Workers that shall take nothing new. */
  draining: string[];
  /** Since when the pool has had more workers than it wants, milliseconds. */
  lessSince: number | null;
  reason: 'Grow' | 'Shrink' | 'Hold';
  evidence: Evidence;
}

/**
 * `rush` skips `scaleInAfter`: the cluster sleeps, is deleted, rolls to a new shape, or an edit says zero.
 * Never counts a worker as removable that the farm has not reported drained after we asked for it.
 */
export function poolStep(s: Situation, pool: string, wanted: number, rush: boolean): PoolStep {
  const { exists, desired } = s.pools[pool] ?? { exists: false, desired: 0 };
  const evidence: Evidence = { wanted, desired };
  const asBefore = { reason: 'Hold' as const, draining: [...askedBefore(s, pool)], lessSince: knownLessSince(s, pool) };
  if (!s.servicesKnown) return { target: desired, ...asBefore, evidence };
  if (!exists) return { target: desired, draining: [], lessSince: null, reason: 'Hold', evidence };
  if (wanted >= desired) {
    const reason = wanted > desired ? 'Grow' : 'Hold';
    return { target: wanted, draining: victims(s, pool, wanted), lessSince: null, reason, evidence };
  }
  if (s.leases === null) return { target: desired, ...asBefore, evidence };
  const lessSince = lessSinceOf(s, pool, wanted, rush);
  const due = rush || s.now - lessSince >= durationMs(s.spec.scaling.scaleInAfter);
  if (s.activity.state === 'unknown' && !(due && abandoned(s, pool, wanted)))
    return { target: desired, ...asBefore, lessSince, evidence: { ...evidence, due } };
  const draining = due ? victims(s, pool, wanted) : stillAsked(s, pool, wanted);
  const removable = removableOf(s, pool, draining, due);
  const target = Math.max(wanted, desired - removable);
  const reason = target < desired ? 'Shrink' : 'Hold';
  const facts = { ...evidence, ...(!due && { due }), draining: draining.length, removable };
  return { target, draining, lessSince, reason, evidence: facts };
}

/** Whoever was asked to drain and is asked no more has to be replaced, as Buildfarm knows no way back. */
function stillAsked(s: Situation, pool: string, wanted: number): string[] {
  const asked = askedBefore(s, pool);
  return victims(s, pool, wanted).filter((name) => asked.has(name));
}

function removableOf(s: Situation, pool: string, draining: string[], due: boolean): number {
  if (s.activity.state !== 'known') return s.pools[pool]?.desired ?? 0;
  return drained(s, pool, draining) + (due ? unregistered(s, pool) : 0);
}

/** No task runs, or none can be given work: a server that is gone, or came to nothing, knows of no build, and nobody holds one. */
function abandoned(s: Situation, pool: string, wanted: number): boolean {
  if (s.pools[pool]?.running === 0) return true;
  return wanted === 0 && s.leases?.length === 0 && (s.server.running === 0 || cameToNothing(s));
}

/** Nothing was heard of it for so long that its cluster went to sleep over it, or is about to. */
function cameToNothing(s: Situation): boolean {
  return isUnheard(s) && (s.previous?.asleep != null || wasOverdue(s));
}

/** When the pool may begin to shrink, milliseconds; null while it wants all that it has, and in a rush, which awaits nothing. */
export function shrinkDue(s: Situation, step: PoolStep, rush = false): number | null {
  return rush || step.lessSince === null ? null : step.lessSince + durationMs(s.spec.scaling.scaleInAfter);
}

/** A pool that wanted some until now has to wait for the next build anew, however long it has wanted less than it has. */
function lessSinceOf(s: Situation, pool: string, wanted: number, rush: boolean): number {
  const emptied = wanted === 0 && !rush && (s.previous?.pools[pool]?.wanted ?? 0) > 0;
  return emptied ? s.now : (knownLessSince(s, pool) ?? s.now);
}

function knownLessSince(s: Situation, pool: string): number | null {
  const before = s.previous?.pools[pool]?.lessSince;
  return before ? Date.parse(before) : null;
}

/** Whom the pass before asked to drain. */
const askedBefore = (s: Situation, pool: string) => new Set(s.previous?.pools[pool]?.draining ?? []);

/**
 * First those far on in draining, never a busy one unless all must go; no more than there are tasks beyond what is wanted, but for those
 * that were asked before. A worker that ended is registered for half a minute longer, and in place of it a living one would be asked,
 * in vain; a Buildfarm worker that is asked in vain has to be replaced.
 */
function victims(s: Situation, pool: string, wanted: number): string[] {
  const asked = askedBefore(s, pool);
  const workers = workersOf(s, pool).filter(({ lost, name }) => wanted === 0 || !lost || asked.has(name));
  const rank = (worker: ActivityWorker) => (asked.has(worker.name) ? (worker.drained ? 0 : 1) : 2);
  const candidates = workers
    .filter((worker) => wanted === 0 || worker.running === 0 || asked.has(worker.name))
    .sort((a, b) => rank(a) - rank(b) || a.running - b.running || (a.name < b.name ? -1 : 1));
  const { desired = 0, running = 0, rollout } = s.pools[pool] ?? {};
  // A roll-out stops old tasks alone: whom it keeps although they are drained are new ones, and in their place others have to go.
  const kept = rollout === 'IN_PROGRESS' ? workers.filter((worker) => rank(worker) === 0).length : 0;
  const workersBeyond = Math.max(0, workers.length - wanted + kept);
  const tasksBeyond = wanted === 0 ? workers.length : Math.max(desired, running) - wanted + kept;
  // They are the first of the candidates.
  const askedAlready = candidates.filter(({ name }) => asked.has(name)).length;
  return candidates.slice(0, Math.min(workersBeyond, Math.max(askedAlready, tasksBeyond))).map(({ name }) => name);
}

function drained(s: Situation, pool: string, draining: string[]): number {
  const asked = askedBefore(s, pool);
  const ready = workersOf(s, pool).filter((worker) => worker.drained && asked.has(worker.name));
  return ready.filter((worker) => draining.includes(worker.name)).length;
}
