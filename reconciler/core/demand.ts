/** How many workers each pool wants, and because of what. */
import type { Pool, PoolStatus } from '../../config-schema/documents.ts';
import { nextWorkerUsdPerHour, serverUsdPerHour } from '../../config-schema/prices.ts';
import { roundUsd } from './cost.ts';
import { activeFloors } from './floors.ts';
import { countsOf, presentWorkers, type Situation } from './situation.ts';

export interface PoolWish {
  wanted: number;
  /** For people. */
  because: string;
  /** What makes `wanted` less than `unlimited`; absent: nothing does. */
  limitedBy?: NonNullable<PoolStatus['limit']>['by'];
  /** What the pool would want without workersMax and budget. */
  unlimited: number;
}

/**
 * Wishes of an awake cluster; `budgetLeft` false stops growth of what is not running yet. `earlier`: dollars an hour of a worker, by pool
 * whose tasks are of an earlier shape: until they are replaced, it grows by such ones.
 */
export function poolWishes(
  s: Situation,
  budgetLeft: boolean,
  earlier: Readonly<Record<string, number>> = {},
): Record<string, PoolWish> {
  const wishes = Object.fromEntries(
    Object.entries(s.spec.pools).map(([name, pool]) => [name, capped(strongest(s, name, pool), pool.workersMax)]),
  );
  return withinBudget(s, wishes, budgetLeft, earlier);
}

type Demand = { workers: number; because: string };

function strongest(s: Situation, name: string, pool: Pool): Demand {
  const demands: Demand[] = [
    { workers: pool.workers, because: 'spec.workers' },
    { workers: leasedWorkers(s, name), because: leaseReason(s, name) },
    { workers: queueDemand(s, name, pool), because: 'queued and running actions' },
    ...activeFloors(s.spec, s.now).map((floor) => ({
      workers: floor.workers[name] ?? 0,
      because: `schedule ${floor.cron}`,
    })),
  ];
  return demands.reduce((most, demand) => (demand.workers > most.workers ? demand : most));
}

/** Claims of concurrent builds add up. */
export function leasedWorkers(s: Situation, pool: string): number {
  return (s.leases ?? []).reduce((sum, { lease }) => sum + (lease.pools[pool]?.workers ?? 0), 0);
}

/** In words, as a pool's `because`: the holder where it is one, else how many there are. */
export function leaseReason(s: Situation, pool: string): string {
  const holders = (s.leases ?? []).filter(({ lease }) => lease.pools[pool]).map(({ lease }) => lease.holder);
  return holders.length === 1 ? `lease of ${holders[0]}` : `${holders.length} leases`;
}

/** Queued plus running: counting queued actions alone would shrink a pool that works. */
function queueDemand(s: Situation, name: string, pool: Pool): number {
  if (!s.spec.scaling.queue || s.activity.state !== 'known') return 0;
  const demand = s.activity.activity.pools[name];
  return demand ? workersFor(s, name, pool, demand.queued + demand.running) : 0;
}

/** By the slots of those that run: they may be of an earlier shape, and a pool that waits for its builds grows by such ones. */
function workersFor(s: Situation, name: string, pool: Pool, actions: number): number {
  const workers = presentWorkers(s, name);
  if (workers.length === 0) return Math.ceil(actions / pool.slots);
  return Math.ceil((actions * workers.length) / workers.reduce((sum, { slots }) => sum + slots, 0));
}

function capped({ workers, because }: Demand, workersMax: number): PoolWish {
  if (workers <= workersMax) return { wanted: workers, because, unlimited: workers };
  return {
    wanted: workersMax,
    limitedBy: 'workersMax',
    because: `workersMax (${because} asks ${workers})`,
    unlimited: workers,
  };
}

/** Gives out workers one at a time, pool by pool, until the hour's money is spent. */
function withinBudget(
  s: Situation,
  wishes: Record<string, PoolWish>,
  budgetLeft: boolean,
  earlier: Readonly<Record<string, number>>,
): Record<string, PoolWish> {
  const limit = s.spec.budget.usdPerHour ?? Number.POSITIVE_INFINITY;
  const granted = new Map(Object.keys(wishes).map((name) => [name, 0]));
  let usd = serverUsdPerHour(s.spec.server, s);
  let progress = true;
  while (progress) {
    progress = false;
    for (const [name, wish] of Object.entries(wishes)) {
      const has = granted.get(name) ?? 0;
      const pool = s.spec.pools[name];
      if (!pool || has >= roof(s, name, wish, budgetLeft)) continue;
      const price = Math.max(nextWorkerUsdPerHour(pool, has, s), earlier[name] ?? 0);
      if (roundUsd(usd + price) > limit) continue;
      usd += price;
      granted.set(name, has + 1);
      progress = true;
    }
  }
  return Object.fromEntries(
    Object.entries(wishes).map(([name, wish]) => {
      const has = granted.get(name) ?? 0;
      if (has >= wish.wanted) return [name, wish];
      return [name, { ...wish, wanted: has, limitedBy: 'budget', because: `budget (${wish.because})` }];
    }),
  );
}

/** A day whose money is spent grows nothing, and takes nothing away: workers that went for a new shape come back. */
function roof(s: Situation, name: string, wish: PoolWish, budgetLeft: boolean): number {
  const has = Math.max(countsOf(s, name).desired, s.previous?.pools[name]?.rolledFrom ?? 0);
  return budgetLeft ? wish.wanted : Math.min(wish.wanted, has);
}
