/** What a budget leaves a pool whatever the other pools ask for: from the prices of the document and of the tasks that run. */
import type { Spec } from '../../../config-schema/documents.ts';
import { nextWorkerUsdPerHour, OWN_NETWORK, serverUsdPerHour } from '../../../config-schema/prices.ts';
import type { History } from '../history.ts';
import { mayBeSpent } from './day-budget.ts';
import type { Sight } from './sight.ts';

/** Sums of list prices are rounded to it. */
const A_MILLIONTH = 1e-6;

/**
 * Workers of a pool that the spec's budget pays for at the least. Workers are given out one at a time, pool by pool: before the nth of one
 * pool no other has more than n.
 */
export function affordable(sight: Sight, history: History, spec: Spec, cluster: string, name: string): number {
  const { usdPerHour = Number.POSITIVE_INFINITY, usdPerDay } = spec.budget;
  if (usdPerDay !== undefined && mayBeSpent(sight, history, cluster, usdPerDay)) return 0;
  const most = spec.pools[name]?.workersMax ?? 0;
  let usd = serverUsdPerHour(spec.server, OWN_NETWORK) + A_MILLIONTH;
  for (let has = 0; has < most; has++) {
    usd += priceOfRound(sight, spec, cluster, has);
    if (usd > usdPerHour) return has;
  }
  return most;
}

/** Dollars an hour of one more worker in each pool that may have one, none of them cheaper than those that it has. */
function priceOfRound({ services }: Sight, spec: Spec, cluster: string, before: number): number {
  const prices = Object.entries(spec.pools).map(([name, pool]) => {
    const running = services.find((one) => one.cluster === cluster && one.part === name && one.alive > 0);
    const now = running ? running.usdPerHour / running.alive : 0;
    return before < pool.workersMax ? Math.max(now, nextWorkerUsdPerHour(pool, before, OWN_NETWORK)) : 0;
  });
  return prices.reduce((sum, usd) => sum + usd, 0);
}
