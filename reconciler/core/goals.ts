/** What this pass drives toward: the count of each pool and of the server, before how to get there. */
import { leasedWorkers, leaseReason, type PoolWish, poolWishes } from './demand.ts';
import { isBeingDeleted, isSameText, type Situation } from './situation.ts';
import type { SleepDecision } from './sleep.ts';

export interface PoolGoal extends PoolWish {
  /** Its leases have these workers; no limit takes them away. */
  kept?: true;
  /** No waiting for `scaleInAfter`. */
  rush: boolean;
  /** By an edit that leaves it none. */
  atOnce?: true;
  /** What a new day's money pays for; only of a pool that the budget holds back on a day whose money is spent. */
  nextDay?: number;
  /** How many workers it had before they went for a new shape, until it has so many again. */
  rolledFrom?: number;
}

export interface Goals {
  pools: Record<string, PoolGoal>;
  server: { wanted: 0 | 1; because: string };
  deleting: boolean;
}

/** `rolling` names pools that must be empty before their stack may be updated; `earlier`: see `poolWishes`. */
export function goalsOf(
  s: Situation,
  sleep: SleepDecision,
  budgetLeft: boolean,
  rolling: ReadonlySet<string>,
  earlier: Readonly<Record<string, number>> = {},
): Goals {
  const deleting = isBeingDeleted(s);
  const wishes = poolWishes(s, budgetLeft, earlier);
  const ofNextDay = budgetLeft ? {} : poolWishes(s, true, earlier);
  const pools = Object.fromEntries(
    Object.keys(s.pools).map((name) => {
      const goal = poolGoal(s, name, sleep, deleting, rolling.has(name), wishes[name]);
      return [name, { ...goal, ...nextDay(goal, ofNextDay[name]), ...rolledFrom(s, name, goal.wanted, rolling) }];
    }),
  );
  return { pools, server: serverGoal(s, sleep, deleting, pools), deleting };
}

function poolGoal(
  s: Situation,
  name: string,
  sleep: SleepDecision,
  deleting: boolean,
  rolling: boolean,
  wish?: PoolWish,
): PoolGoal {
  const zero = (because: string): PoolGoal => ({ wanted: 0, because, unlimited: wish?.unlimited ?? 0, rush: true });
  const held = Math.min(s.pools[name]?.desired ?? 0, leasedWorkers(s, name));
  if (deleting && claimed(s)) return kept(held, 'a lease outlives the deletion');
  if (deleting) return zero('the cluster is being deleted');
  if (held > (wish?.wanted ?? 0)) {
    const limit = wish?.limitedBy === undefined ? '' : `${wish.limitedBy}, but kept by the `;
    return kept(held, limit + leaseReason(s, name), wish);
  }
  if (!wish) return zero('the pool is not in the spec');
  if (sleep.asleep) return zero('asleep');
  if (rolling) return zero('its workers are replaced by a new shape');
  const atOnce = wish.wanted === 0 && isEmptiedByEdit(s, name);
  return { ...wish, rush: atOnce, ...(atOnce && { atOnce }) };
}

/**
 * By an edit, as far as is known. What a build, a queue or a schedule has just left waits for the next one, also in a pool that wants
 * none by itself (docs/decisions/0020).
 */
function isEmptiedByEdit(s: Situation, name: string): boolean {
  if (s.spec.pools[name]?.workersMax === 0) return true;
  const before = s.previous?.pools[name];
  const isThere = !s.servicesKnown || (s.pools[name]?.desired ?? 0) > 0;
  return isThere && (before === undefined || before.atOnce === true || (before.wanted > 0 && !isSameText(s)));
}

const nextDay = ({ limitedBy }: PoolGoal, wish: PoolWish | undefined): Pick<PoolGoal, 'nextDay'> =>
  wish !== undefined && limitedBy === 'budget' ? { nextDay: wish.wanted } : {};

/** Remembered from the moment it begins to go until it is back, so that a spent budget does not keep it from coming back. */
function rolledFrom(s: Situation, name: string, wanted: number, rolling: ReadonlySet<string>) {
  const desired = s.pools[name]?.desired ?? 0;
  const before = s.previous?.pools[name]?.rolledFrom;
  if (rolling.has(name)) return { rolledFrom: Math.max(before ?? 0, desired) };
  return before !== undefined && wanted > desired ? { rolledFrom: before } : {};
}

/** What runs and is claimed stays, whatever the newest spec says of it; it grows no more. */
const kept = (wanted: number, because: string, wish?: PoolWish): PoolGoal => ({
  unlimited: wanted,
  ...wish,
  wanted,
  because,
  kept: true,
  rush: false,
});

const claimed = (s: Situation) => s.leases === null || s.leases.length > 0;

/** The server outlives its pools, so that workers can drain; it holds the cache, so only sleep and deletion stop it. */
function serverGoal(s: Situation, sleep: SleepDecision, deleting: boolean, pools: Goals['pools']): Goals['server'] {
  const occupied = Object.values(s.pools).some((pool) => pool.desired > 0 || pool.running > 0);
  const on = s.server.desired > 0;
  if (deleting && claimed(s) && on) return { wanted: 1, because: 'a lease outlives the deletion' };
  if (deleting)
    return occupied && on ? { wanted: 1, because: 'workers are draining' } : { wanted: 0, because: 'deletion' };
  if (sleep.asleep) {
    // The intent to sleep must have been published by an earlier pass: a client that takes a lease looks for it.
    const published = s.previous?.asleep != null;
    if (on && (occupied || !published)) return { wanted: 1, because: 'workers are draining' };
    return { wanted: 0, because: 'asleep' };
  }
  if (Object.values(pools).some((pool) => pool.wanted > 0)) return { wanted: 1, because: 'workers are wanted' };
  if (on) return { wanted: 1, because: 'kept for its cache until the cluster is idle' };
  return { wanted: 0, because: 'nothing is wanted' };
}
