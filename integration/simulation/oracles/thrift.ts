/** What costs: workers beyond the budget of an hour, workers that are drained for nothing, calls that set what is set already or read what is known. */
import type { Status } from '../../../config-schema/documents.ts';
import { lockKey } from '../../../config-schema/keys.ts';
import { OWN_NETWORK, serverUsdPerHour, workerUsdPerHour } from '../../../config-schema/prices.ts';
import { roundUsd } from '../../../reconciler/core/cost.ts';
import { parseOwnedName } from '../../../templates/names.ts';
import { INSTALLATION } from '../foundation.ts';
import type { CallRecord, History } from '../history.ts';
import { isFaultless, latestStatus, memory, oracle, specInForce } from './sight.ts';
import { isTrue } from './status-form.ts';

export const wishesAreWithinBudget = oracle(
  'S16-budget',
  'Server and workers that a status says are wanted cost no more an hour than spec.budget, but for those that a lease keeps.',
  'statuses',
  (_, history) =>
    history.fresh.statuses.flatMap(({ cluster, status }) => {
      const spec = specInForce(history, cluster, status?.acceptedRevision);
      const limit = spec?.budget.usdPerHour;
      if (!status || !spec || limit === undefined) return [];
      const leased = (pool: string) => status.leases.reduce((sum, { pools }) => sum + (pools[pool] ?? 0), 0);
      const unleased = Object.entries(status.pools).flatMap(([name, { wanted }]) => {
        const pool = spec.pools[name];
        const workers = wanted - leased(name);
        return pool && workers > 0 ? [workers * workerUsdPerHour(pool, OWN_NETWORK)] : [];
      });
      if (unleased.length === 0) return [];
      const workers = unleased.reduce((sum, usd) => sum + usd, 0);
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

/** Two passes may meet, and a look under the lock may find that nothing is left to do; not so four times in a row. */
const IN_VAIN_MAX = 4;

export const lockIsTakenForSomething = oracle(
  'S12-lock',
  'The lock of a cluster at rest is not taken by look after look that then changes nothing and says nothing: each would cost writes for ever.',
  'anything',
  (_, history) => {
    const inVain = memory(history, 'S12-lock', () => new Map<string, number>());
    const { calls, documents, builds, mutations } = history.fresh;
    // What people do is a reason to look, and what failed may be why nothing came of it.
    for (const { cluster } of [...documents, ...builds]) inVain.delete(cluster);
    if (calls.some(({ outcome, fault }) => outcome !== 'ok' || fault !== undefined)) inVain.clear();
    return mutations.flatMap(({ actor, kind, cluster, target }) => {
      if (kind === 'document.remove' && target === lockKey(cluster)) return [];
      const isTaken = actor === 'reconciler' && target === lockKey(cluster);
      const status = latestStatus(history, cluster)?.status;
      const times = isTaken && status && isAtRest(status) ? (inVain.get(cluster) ?? 0) + 1 : 0;
      inVain.set(cluster, times);
      return times === IN_VAIN_MAX ? [`the lock of ${cluster} was taken ${times} times in a row for nothing`] : [];
    });
  },
);

/** Ready, and nobody is about to come or to go: who waits for something holds the lock meanwhile. */
const isAtRest = (status: Status): boolean =>
  isTrue(status, 'Ready') &&
  Object.values(status.pools).every(
    ({ wanted, desired, lessSince, draining }) => wanted === desired && lessSince == null && draining.length === 0,
  );

/** How long a stack that looked right is believed, less what clocks and calls may differ by. */
const BELIEVED_MS = 9 * 60_000;
/** A read that finds the world as status says writes nothing, so that the next one may follow the same doubt. */
const NEEDLESS_MAX = 4;

/** Read so soon after a change that clocks leave it open which came first: until status is written again, nobody can know. */
const OPEN_MS = 90_000;

const isJustChanged = ({ mutations }: History, target: string, { readAt }: { readAt: string }): boolean =>
  mutations.some(
    (one) => one.target === target && one.kind !== 'service.scale' && Date.parse(readAt) - one.at < OPEN_MS,
  );

export const settledStacksAreLeftAlone = oracle(
  'S16-reads',
  'While a cluster is Ready and nobody changes anything, its stacks are not read again and again: CloudFormation would refuse those of others.',
  'calls',
  (sight, history) => {
    const seen = memory(history, 'S16-reads', () => new Map<string, { of: string; times: number }>());
    // What a fault leaves in doubt may be doubted for as long as status says no more of it.
    if (!isFaultless(sight.story)) return [];
    return history.fresh.calls.flatMap(({ point, target, at }) => {
      const cluster = parseOwnedName(INSTALLATION, target)?.cluster;
      if (point !== 'stacks.read' || cluster === undefined) return [];
      const version = latestStatus(history, cluster);
      const record = version?.status?.stacks[target];
      const isSettled = record && record.hash !== null && Object.keys(record.attempts ?? {}).length === 0;
      const isKnown =
        isSettled && at - Date.parse(record.readAt) < BELIEVED_MS && !isJustChanged(history, target, record);
      if (!version?.status || !isTrue(version.status, 'Ready') || !isKnown) return [];
      const of = `${version.revision} ${history.mutations.length}`;
      const before = seen.get(target);
      const times = before?.of === of ? before.times + 1 : 1;
      seen.set(target, { of, times });
      return times === NEEDLESS_MAX ? [`${target} was read ${times} times although status told of it as it was`] : [];
    });
  },
);
