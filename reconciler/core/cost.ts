/** What the cluster costs now and has cost today, from list prices and the counts of each pass. */
import type { Status } from '../../config-schema/documents.ts';
import { serverUsdPerHour, workersUsdPerHour } from '../../config-schema/prices.ts';
import type { Decision } from './decision.ts';
import type { PoolGoal } from './goals.ts';
import { type Counts, countsOf, type Situation } from './situation.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type Cost = Status['cost'];

/**
 * The rate of the last status is taken to have held until now; a new day begins at zero at midnight UTC.
 * @param earlier see `earlierPrices`
 */
export function costOf(s: Situation, earlier: Readonly<Record<string, number>>): Cost {
  const day = new Date(s.now).toISOString().slice(0, 10);
  const before = s.previous?.cost;
  const carried = before?.day === day ? before.usdToday : 0;
  const from = before ? Math.max(Date.parse(before.accountedAt), Date.parse(`${day}T00:00:00Z`)) : s.now;
  const hours = Math.max(0, s.now - from) / HOUR_MS;
  const usdPerWorkerHour = prices(s, earlier);
  return {
    usdPerHour: roundUsd(rate(s, usdPerWorkerHour)),
    usdPerWorkerHour,
    usdToday: roundUsd(carried + (before?.usdPerHour ?? 0) * hours),
    day,
    accountedAt: new Date(s.now).toISOString(),
    publicAddresses: s.publicAddresses,
  };
}

/** By today's dollars, a day of UTC; true where the spec has no limit. */
export function dayBudgetLeft(s: Situation, cost: Cost): boolean {
  const limit = s.spec.budget.usdPerDay;
  return limit === undefined || cost.usdToday < limit;
}

/** When a new day's money lets that grow which today's, being spent, holds back: milliseconds; null where it holds nothing back. */
export const nextBudget = ({ cost, goals }: Pick<Decision, 'cost' | 'goals'>): number | null =>
  Object.values(goals.pools).some(waitsForDay) ? Date.parse(`${cost.day}T00:00:00Z`) + DAY_MS : null;

/** True of a pool that waits for a new day's money, and not for a higher limit of the hour. */
export const waitsForDay = ({ nextDay = 0, wanted }: PoolGoal): boolean => nextDay > wanted;

/** What a worker costs an hour in pools whose tasks are of an earlier shape, whatever the spec asks for: its last price. */
export function earlierPrices(s: Situation, outdated: readonly string[]): Record<string, number> {
  const known = s.previous?.cost.usdPerWorkerHour ?? {};
  const running = outdated.filter((pool) => paidFor(countsOf(s, pool)) > 0);
  return Object.fromEntries(running.flatMap((pool) => (known[pool] === undefined ? [] : [[pool, known[pool]]])));
}

/** Of each pool, on the average of its workers. One that the spec no longer names, but a lease may keep, has its last price. */
function prices(s: Situation, earlier: Readonly<Record<string, number>>): Record<string, number> {
  const known = s.previous?.cost.usdPerWorkerHour ?? {};
  const priced = Object.keys(s.pools).flatMap((name): [string, number][] => {
    const pool = s.spec.pools[name];
    const workers = Math.max(1, paidFor(countsOf(s, name)));
    const usd = pool ? (earlier[name] ?? workersUsdPerHour(pool, workers, s) / workers) : known[name];
    return usd === undefined ? [] : [[name, Math.round(usd * 1e9) / 1e9]];
  });
  return Object.fromEntries(priced);
}

/** Everything that ECS was told to run or still runs, at list price. */
function rate(s: Situation, usdPerWorkerHour: Record<string, number>): number {
  const pools = Object.keys(s.pools).map((name) => paidFor(countsOf(s, name)) * (usdPerWorkerHour[name] ?? 0));
  const server = s.servicesKnown ? s.server : (s.previous?.server ?? s.server);
  return pools.reduce((sum, usd) => sum + usd, paidFor(server) * serverUsdPerHour(s.spec.server, s));
}

const paidFor = ({ desired, running, pending }: Counts) => Math.max(running + pending, desired);

/** To a millionth of a dollar, in which sums of list prices are exact. */
export const roundUsd = (usd: number) => Math.round(usd * 1e6) / 1e6;
