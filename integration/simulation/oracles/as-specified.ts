/** Whether a cluster that is Ready is what its spec says: how many of each, and made of what. */
import type { Spec, Status } from '../../../config-schema/documents.ts';
import { durationMs } from '../../../config-schema/durations.ts';
import { shapeOfTag } from '../../../templates/shape.ts';
import type { History } from '../history.ts';
import { affordable } from './affordable.ts';
import { leasesAt } from './leases.ts';
import { poolDifferences, serverDifferences } from './made.ts';
import type { SeenService, SeenStack, Sight } from './sight.ts';
import { isCutByBudget } from './status-form.ts';
import type { Made } from './tasks.ts';
import { floorDuring, mostAskedFor } from './windows.ts';

/** Until what a schedule, or the end of a build, asks for has come about. */
const COMES_ABOUT_MS = 3 * 60_000;
/** Between two looks of the slow schedule, for what only that one sees. */
const SEEN_MS = 16 * 60_000;

/** What Ready does not mean of this cluster, of which nobody says that it sleeps, rests or is Stalled without being so. */
export function differences(sight: Sight, history: History, cluster: string, spec: Spec, status: Status): string[] {
  const services = new Map(
    sight.services.filter((service) => service.cluster === cluster).map((one) => [one.part, one]),
  );
  const pools = Object.keys(spec.pools).flatMap((name) =>
    problems(services.get(name), name, countOf(sight, history, spec, status, name), (made) =>
      poolDifferences(spec, name, made),
    ),
  );
  const wanted = Object.values(status.pools).some((pool) => pool.wanted > 0);
  const count = { least: wanted ? 1 : 0, most: status.asleep ? 0 : 1 };
  const server = problems(services.get('server'), 'server', count, (made) => serverDifferences(spec, made));
  return [...pools, ...server];
}

interface Range {
  least: number;
  most: number;
}

/** How many workers a pool may have now. That a budget takes some, a status says; how many it leaves, the spec. */
function countOf(sight: Sight, history: History, spec: Spec, status: Status, name: string): Range {
  const { cluster } = status;
  const { now } = sight;
  const pool = spec.pools[name] ?? { workers: 0, workersMax: 0 };
  const said = status.pools[name];
  const floor = floorDuring(spec, name, now - COMES_ABOUT_MS, now);
  const asked = status.asleep ? floor : Math.max(pool.workers, floor);
  const due = Math.min(asked, pool.workersMax);
  // What a document asks for by itself is told apart from what schedules ask for.
  const isCut = isCutByBudget(said, Math.min(pool.workers, pool.workersMax)) && (said?.limit?.asked ?? 0) >= due;
  const least = isCut ? Math.min(due, affordable(sight, history, spec, cluster, name)) : due;
  const stays = durationMs(spec.scaling.scaleInAfter) + SEEN_MS;
  const lately = Math.max(pool.workers, mostAskedFor(spec, name, now - stays, now));
  const held = leasesAt(history.builds, now).filter((lease) => lease.cluster === cluster);
  const claimed = held.reduce((sum, lease) => sum + (lease.pool === name ? lease.workers : 0), 0);
  const isLeaving = said?.lessSince != null || (said?.draining.length ?? 0) > 0;
  const isFree = held.length > 0 || isLeaving || builtLately(history, cluster, now - COMES_ABOUT_MS);
  const most = isFree ? Math.max(pool.workersMax, claimed) : Math.min(lately, pool.workersMax);
  return { least, most: status.asleep && floor === 0 ? 0 : most };
}

/** Some build held a lease, or ended, since then: what its actions ask for is not told here. */
const builtLately = ({ builds }: History, cluster: string, since: number): boolean =>
  builds.some((event) => event.cluster === cluster && event.at + event.ttlSeconds * 1_000 >= since);

/** A tag says what bbf made of a stack, and no more. */
export const tagProblems = ({ name, hash, shape }: SeenStack): string[] =>
  hash !== null && shapeOfTag(hash) === shape ? [] : [`Ready, but stack ${name} is not what its tag says`];

function problems(
  service: SeenService | undefined,
  part: string,
  { least, most }: Range,
  differ: (made: Made) => string[],
): string[] {
  if (service?.status !== 'ACTIVE') return [`Ready, but ${part} has no service`];
  const { desired, running, made } = service;
  return [
    ...(desired < least || desired > most
      ? [`Ready, but ${part} is told to run ${desired}, not ${least} to ${most}`]
      : []),
    ...(running < least ? [`Ready, but ${part} runs ${running} of ${least}`] : []),
    ...differ(made).map((difference) => `Ready, but ${part} is made otherwise: ${difference}`),
  ];
}
