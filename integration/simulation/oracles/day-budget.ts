/** The money of a day, counted from the tasks that ECS has: what a status says of it is not asked. */
import type { History, Mutation } from '../history.ts';
import { memory, oracle, type Sight, specInForce } from './sight.ts';

const HOUR_MS = 3_600_000;
/** List prices are rounded, and a status tells of a task that came a moment ago at its next look. */
const SHARE = 0.05;
/** For so long a status may go by a rate that is over, where it could not be written. */
const LATE_MS = 5 * 60_000;
const BLIND_MS = 45 * 60_000;
/** Workers that made way for a new shape come back by then. */
const ROLLED_MS = 60 * 60_000;

interface Meter {
  day: string;
  at: number;
  usd: number;
  usdPerHour: number;
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

export const spentDaysGrowNothing = oracle(
  'S16-day',
  'Once the tasks of a cluster have cost more than spec.budget.usdPerDay, no pool grows beyond what it had.',
  'anything',
  (sight, history) => {
    const meters = memory(history, 'S16-day', () => new Map<string, Meter>());
    for (const cluster of new Set(sight.services.map((service) => service.cluster)))
      meters.set(cluster, counted(sight, cluster, meters.get(cluster)));
    // With its status a cluster forgets what it has cost: the next one of that name begins anew.
    for (const { cluster, status } of history.fresh.statuses) if (status === null) meters.delete(cluster);
    return history.fresh.mutations.flatMap((mutation) => {
      const limit = specInForce(history, mutation.cluster, mutation.revisionSeen)?.budget.usdPerDay;
      const meter = meters.get(mutation.cluster);
      if (limit === undefined || !meter || !isGrowth(mutation) || comesBack(history, mutation)) return [];
      const lateMs = sight.story.faults.length > 0 ? BLIND_MS : LATE_MS;
      const tolerated = limit * (1 + SHARE) + (meter.usdPerHour * lateMs) / HOUR_MS;
      return meter.usd > tolerated
        ? [
            `${mutation.target} went from ${mutation.before} to ${mutation.after} on a day that had cost ${meter.usd.toFixed(3)} USD; spec.budget.usdPerDay is ${limit}`,
          ]
        : [];
    });
  },
);

/** What ran since the last look has cost what it costs an hour; at midnight UTC a day begins at zero. */
function counted(sight: Sight, cluster: string, before: Meter | undefined): Meter {
  const { now } = sight;
  const day = dayOf(now);
  const own = sight.services.filter((service) => service.cluster === cluster);
  const usdPerHour = own.reduce((sum, service) => sum + service.usdPerHour, 0);
  if (!before) return { day, at: now, usd: 0, usdPerHour };
  const from = before.day === day ? before.at : Date.parse(`${day}T00:00:00Z`);
  const usd = (before.day === day ? before.usd : 0) + (before.usdPerHour * (now - from)) / HOUR_MS;
  return { day, at: now, usd, usdPerHour };
}

const isGrowth = ({ actor, kind, before, after }: Mutation): boolean =>
  actor === 'reconciler' && kind === 'service.scale' && Number(after) > Number(before);

/** It had as many before its stack was changed. */
function comesBack({ mutations }: History, { target, at, after }: Mutation): boolean {
  const own = mutations.filter((one) => one.target === target && one.at < at && at - one.at < ROLLED_MS);
  const changed = own.some(({ kind }) => kind === 'stack.update' || kind === 'stack.create');
  return changed && own.some(({ kind, before }) => kind === 'service.scale' && Number(before) >= Number(after));
}
