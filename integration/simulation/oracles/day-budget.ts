/** The money of a day, counted from the tasks that ECS has: what a status says of it is not asked. */
import type { History, Mutation } from '../history.ts';
import { memory, oracle, type Sight, specInForce } from './sight.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** List prices are rounded, and a status tells of a task that came a moment ago at its next look. */
const SHARE = 0.05;
/** For so long a status may go by a rate that is over, where it could not be written. */
const LATE_MS = 5 * 60_000;
const BLIND_MS = 45 * 60_000;
/** Workers that made way for a new shape come back by then. */
const ROLLED_MS = 60 * 60_000;

interface Meter {
  /** Since the epoch. */
  day: number;
  at: number;
  usd: number;
  usdPerHour: number;
  /** The most that an hour cost at any moment of the day. */
  peakUsdPerHour: number;
}

/** Days since the epoch, which begin at midnight UTC. */
const dayOf = (at: number) => Math.floor(at / DAY_MS);

export const spentDaysGrowNothing = oracle(
  'S16-day',
  'Once the tasks of a cluster have cost more than spec.budget.usdPerDay, no pool grows beyond what it had.',
  'anything',
  (sight, history) => {
    const known = meters(history);
    for (const cluster of new Set(sight.services.map((service) => service.cluster)))
      known.set(cluster, counted(sight, cluster, known.get(cluster)));
    // With its status a cluster forgets what it has cost: the next one of that name begins anew.
    for (const { cluster, status } of history.fresh.statuses) if (status === null) known.delete(cluster);
    return history.fresh.mutations.flatMap((mutation) => {
      const limit = specInForce(history, mutation.cluster, mutation.revisionSeen)?.budget.usdPerDay;
      const meter = known.get(mutation.cluster);
      if (limit === undefined || !meter || !isGrowth(mutation) || comesBack(history, mutation)) return [];
      const tolerated = limit * (1 + SHARE) + (meter.usdPerHour * lateMs(sight)) / HOUR_MS;
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
  if (!before) return { day, at: now, usd: 0, usdPerHour, peakUsdPerHour: usdPerHour };
  const goesOn = before.day === day;
  const from = goesOn ? before.at : day * DAY_MS;
  const usd = (goesOn ? before.usd : 0) + (before.usdPerHour * (now - from)) / HOUR_MS;
  const peakUsdPerHour = Math.max(goesOn ? before.peakUsdPerHour : before.usdPerHour, usdPerHour);
  return { day, at: now, usd, usdPerHour, peakUsdPerHour };
}

/** What was spent yesterday may be told for so long. */
const YESTERDAY_MS = 3 * 60_000;

/** Whether a reconciler may take the money of this day for spent: it goes by the rates of statuses, which are late. */
export function mayBeSpent(sight: Sight, history: History, cluster: string, limit: number): boolean {
  const last = meters(history).get(cluster);
  if (!last || sight.now - dayOf(sight.now) * DAY_MS < YESTERDAY_MS) return true;
  const { usd, peakUsdPerHour } = counted(sight, cluster, last);
  return usd * (1 + SHARE) + (peakUsdPerHour * lateMs(sight)) / HOUR_MS >= limit;
}

const meters = (history: History) => memory(history, 'S16-day', () => new Map<string, Meter>());

const lateMs = ({ story }: Sight) => (story.faults.length > 0 ? BLIND_MS : LATE_MS);

const isGrowth = ({ actor, kind, before, after }: Mutation): boolean =>
  actor === 'reconciler' && kind === 'service.scale' && Number(after) > Number(before);

/** It had as many before its stack was changed. */
function comesBack({ mutations }: History, { target, at, after }: Mutation): boolean {
  const own = mutations.filter((one) => one.target === target && one.at < at && at - one.at < ROLLED_MS);
  const changed = own.some(({ kind }) => kind === 'stack.update' || kind === 'stack.create');
  return changed && own.some(({ kind, before }) => kind === 'service.scale' && Number(before) >= Number(after));
}
