/** What costs: workers beyond the budget of an hour, workers that are drained for nothing, and calls that set what is set already. */
import { OWN_NETWORK, serverUsdPerHour, workerUsdPerHour } from '../../../config-schema/prices.ts';
import { roundUsd } from '../../../reconciler/core/cost.ts';
import type { CallRecord } from '../history.ts';
import { memory, oracle, specInForce } from './sight.ts';

export const wishesAreWithinBudget = oracle(
  'S16-budget',
  'Server and workers that a status says are wanted cost no more an hour than spec.budget, but for those that a lease keeps.',
  'statuses',
  (_, history) =>
    history.fresh.statuses.flatMap(({ cluster, status }) => {
      const spec = specInForce(history, cluster, status?.acceptedRevision);
      const limit = spec?.budget.usdPerHour;
      if (!status || !spec || limit === undefined) return [];
      const pools = Object.entries(status.pools).filter(([, { wanted }]) => wanted > 0);
      if (pools.length === 0 || pools.some(([name, { because }]) => !spec.pools[name] || because.includes('lease')))
        return [];
      const workers = pools.reduce((usd, [name, { wanted }]) => {
        const pool = spec.pools[name];
        return usd + (pool ? wanted * workerUsdPerHour(pool, OWN_NETWORK) : 0);
      }, 0);
      const usd = roundUsd(serverUsdPerHour(spec.server, OWN_NETWORK) + workers);
      return usd > limit ? [`${cluster} wants what costs ${usd} USD an hour; spec.budget.usdPerHour is ${limit}`] : [];
    }),
);

export const drainsAreNeeded = oracle(
  'S7-drain',
  'Nobody more is asked to drain than a pool has beyond what it wants: Buildfarm’s workers know no way back from there.',
  'statuses',
  (sight, history) => {
    const asked = memory(history, 'S7-drain', () => new Map<string, { draining: readonly string[]; rolls: boolean }>());
    return history.fresh.statuses.flatMap(({ cluster, status }) =>
      Object.entries(status?.pools ?? {}).flatMap(([pool, { draining, wanted, desired, running }]) => {
        const key = `${cluster} ${pool}`;
        const own = sight.stacks.filter((stack) => stack.cluster === cluster && stack.part === pool);
        const rolls = own.some((stack) => stack.status.endsWith('_IN_PROGRESS'));
        const before = asked.get(key);
        asked.set(key, { draining, rolls });
        if (wanted === 0 || draining.every((worker) => before?.draining.includes(worker))) return [];
        // A roll-out may keep whom it was told to drain, and needs others to go; its end may be newer than what the pass read.
        if (rolls || before?.rolls) return [];
        const service = sight.services.find((one) => one.cluster === cluster && one.part === pool);
        const most = Math.max(desired, running, service?.running ?? 0);
        return draining.length > Math.max(0, most - wanted)
          ? [`${draining.length} of pool ${pool} are asked to drain, which wants ${wanted} and has ${most}`]
          : [];
      }),
    );
  },
);

/** A crash between the call and the status may repeat it, for each cluster; a story of crashes has not so many. */
const REPEATS_MAX = 20;

const isLostNote = ({ point, outcome }: CallRecord) =>
  outcome === 'failed' && (point === 'documents.write:status' || point === 'schedule.setFast');

export const scheduleIsSetOnce = oracle(
  'S12-schedule',
  'The fast schedule is not set again and again to what it is, unless nobody can know, or write down, that it was set.',
  'mutations',
  (_, history) => {
    const seen = memory(history, 'S12-schedule', () => ({ value: null as unknown, times: 0, calls: 0 }));
    return history.fresh.mutations.flatMap(({ actor, kind, after }) => {
      if (actor !== 'reconciler' || kind !== 'schedule') return [];
      const isNoted = !history.calls.slice(seen.calls).some(isLostNote);
      seen.times = seen.value === after && isNoted ? seen.times + 1 : 1;
      seen.value = after;
      seen.calls = history.calls.length;
      return seen.times === REPEATS_MAX ? [`the fast schedule was set to ${after} ${REPEATS_MAX} times in a row`] : [];
    });
  },
);
