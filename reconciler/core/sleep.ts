/** The idle rule: when the whole cluster goes to zero by itself, and what wakes it. */

import type { Status } from '../../config-schema/documents.ts';
import { durationMs } from '../../config-schema/durations.ts';
import { activeFloors } from './floors.ts';
import { wasOverdue } from './progress.ts';
import { isSameText, isUnheard, type Situation } from './situation.ts';

export interface SleepDecision {
  /** Since when nothing wanted the cluster, milliseconds; null while something does. */
  idleSince: number | null;
  asleep: Status['asleep'];
  /** Why the cluster may not sleep now; empty when idle. */
  busy: string[];
}

export function decideSleep(s: Situation): SleepDecision {
  const wishes = [...leaseWishes(s), ...workWishes(s), ...floorWishes(s)];
  const busy = [...wishes, ...doubts(s)];
  const idleSince = busy.length > 0 ? null : idleStart(s);
  const before = s.previous?.asleep ?? null;
  if (before && isSameText(s) && wishes.length === 0)
    return { idleSince, asleep: { ...before, revision: s.revision }, busy };
  // While it is suspended nothing would stop: it would be said to sleep, and run.
  if (idleSince === null || s.spec.suspend || !seenIdleBefore(s) || !somethingToPutToSleep(s))
    return { idleSince, asleep: null, busy };
  const due = idleSince + durationMs(s.spec.scaling.idleAfter);
  const asleep = s.now >= due ? { since: new Date(s.now).toISOString(), revision: s.revision } : null;
  return { idleSince, asleep, busy };
}

/** An edit, the farm's own word and our own first sight of idleness each start the clock anew. */
function idleStart(s: Situation): number {
  const first = s.previous?.idleSince ? Date.parse(s.previous.idleSince) : s.now;
  const farm = farmIdleSince(s);
  return Math.min(s.now, Math.max(first, farm, isSameText(s) ? 0 : s.modifiedAt));
}

/** A farm that runs nothing and yet names no time has just become idle. */
function farmIdleSince(s: Situation): number {
  if (s.activity.state !== 'known') return 0;
  const { idleSince } = s.activity.activity;
  if (idleSince === null) return isAbandoned(s) ? 0 : s.now;
  return Date.parse(idleSince);
}

/**
 * Buildfarm keeps what a build that was broken off has queued, also of a pool that is gone: where nothing runs, no lease asks for it, and no
 * worker is to come, it waits for nobody.
 */
function isAbandoned(s: Situation): boolean {
  if (s.activity.state !== 'known' || s.leases?.length !== 0 || floorWishes(s).length > 0) return false;
  const { queued, running, pools } = s.activity.activity;
  if (queued === 0 || running > 0) return false;
  const names = new Set([...Object.keys(s.spec.pools), ...Object.keys(s.pools)]);
  const served = [...names].filter((name) => mayServe(s, name));
  const unserved = Object.entries(pools).filter(([name]) => !served.includes(name));
  return served.length === 0 || queued === unserved.reduce((sum, [, pool]) => sum + pool.queued, 0);
}

function mayServe(s: Situation, name: string): boolean {
  const { workers = 0, workersMax = 0 } = s.spec.pools[name] ?? {};
  const { desired = 0, running = 0 } = s.pools[name] ?? {};
  return workers > 0 || (s.spec.scaling.queue && workersMax > 0) || desired + running > 0;
}

/** One look is not enough: the pass before this one must have seen an idle cluster of the same text. */
function seenIdleBefore(s: Situation): boolean {
  return s.previous?.idleSince != null && isSameText(s);
}

function somethingToPutToSleep(s: Situation): boolean {
  return s.server.desired > 0 || Object.values(s.spec.pools).some((pool) => pool.workers > 0);
}

function leaseWishes(s: Situation): string[] {
  const n = s.leases?.length ?? 0;
  return n > 0 ? [`${n} live ${n === 1 ? 'lease' : 'leases'}`] : [];
}

function workWishes(s: Situation): string[] {
  if (s.activity.state !== 'known') return [];
  const { queued, running } = s.activity.activity;
  // Without the numbers: each would be a status of its own. activity.json has them.
  return queued + running > 0 && !isAbandoned(s) ? ['queued or running actions'] : [];
}

function floorWishes(s: Situation): string[] {
  return activeFloors(s.spec, s.now).some((floor) => Object.values(floor.workers).some((workers) => workers > 0))
    ? ['a schedule']
    : [];
}

/** A server that does not come up for so long can't be working; without this rule a broken image would keep workers running for ever. */
function hopeless(s: Situation): boolean {
  return s.servicesKnown && isUnheard(s) && wasOverdue(s);
}

/** What is not known counts as busy: it keeps a cluster awake, but wakes none. */
function doubts(s: Situation): string[] {
  const unread = s.leases === null ? ['leases could not be read'] : [];
  return s.activity.state === 'unknown' && !hopeless(s) ? [...unread, s.activity.why] : unread;
}
