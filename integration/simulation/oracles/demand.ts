/** While a schedule is on, or a build has more to do than its lease asks for, workers are told to come: computed from the documents and from what builds do. */
import type { Spec } from '../../../config-schema/documents.ts';
import type { History } from '../history.ts';
import { isOf, type Step, type Story } from '../story.ts';
import { leasesAt } from './leases.ts';
import { clusterOf, clustersOf, inForce, isFaultless, memory, oracle, type Sight } from './sight.ts';
import { floorDuring } from './windows.ts';

/** A first stack stands by then, and a server that slept runs. */
const FLOOR_MS = 5 * 60_000;
/** A report, a look, a call. */
const QUEUE_MS = 60_000;
/** An edit so long before a build has had its turn. */
const EDIT_MS = 2 * 60_000;
/** What waited for a build, such as a new shape, takes the workers away for so long once the build is over. */
const ROLLED_MS = 10 * 60_000;

/** In such a story nothing keeps a pass from doing in time what it wants to do. */
function isPlain({ steps, latencyMs, ...story }: Story): boolean {
  const others = steps.filter((step) => step.do !== 'invoke');
  return !latencyMs && isFaultless({ ...story, steps: others }) && others.every((step) => step.do !== 'image');
}

/** The spec that has been in force since then, of a cluster that nobody deletes and no budget limits. */
function settledSpec(history: History, cluster: string, since: number): Spec | null {
  const version = inForce(history, cluster);
  const spec = clusterOf(version)?.spec;
  const isOld = version !== undefined && version.at < since;
  return isOld && spec && !spec.delete && Object.keys(spec.budget).length === 0 ? spec : null;
}

const toldTo = ({ services }: Sight, cluster: string, pool: string): number =>
  services.find((one) => one.cluster === cluster && one.part === pool && one.status === 'ACTIVE')?.desired ?? 0;

export const floorsAreKept = oracle(
  'L1-floor',
  'While a schedule is on, its pools are told to run as many workers as it says, once they had the time to come.',
  'calls',
  (sight, history) => {
    if (!memory(history, 'plain', () => isPlain(sight.story))) return [];
    const { now } = sight;
    return clustersOf(history).flatMap((cluster) => {
      const spec = settledSpec(history, cluster, now - FLOOR_MS);
      if (!spec || spec.scaling.schedules.length === 0 || wasBuiltOn(history, cluster, now - ROLLED_MS)) return [];
      return Object.entries(spec.pools).flatMap(([pool, { workersMax }]) => {
        const floor = Math.min(workersMax, floorDuring(spec, pool, now - FLOOR_MS, now));
        const told = toldTo(sight, cluster, pool);
        return told < floor ? [`pool ${pool} is told to run ${told}, and a schedule asks for ${floor}`] : [];
      });
    });
  },
);

const wasBuiltOn = ({ builds }: History, cluster: string, since: number): boolean =>
  builds.some((event) => event.cluster === cluster && event.at + event.ttlSeconds * 1_000 > since);

export const queuesAreServed = oracle(
  'L1-queue',
  'With spec.scaling.queue a pool is told to run as many workers as have something to do, or workersMax.',
  'calls',
  (sight, history) => {
    if (!memory(history, 'plain', () => isPlain(sight.story))) return [];
    return clustersOf(history).flatMap((cluster) => {
      const running = runningBuilds(sight, history, cluster);
      if (running.length === 0) return [];
      const spec = settledSpec(history, cluster, Math.min(...running.map(({ since }) => since)) - EDIT_MS);
      if (!spec?.scaling.queue) return [];
      return Object.entries(spec.pools).flatMap(([pool, { slots, workersMax }]) => {
        const actions = running.reduce((sum, build) => sum + (build.pool === pool ? build.jobs : 0), 0);
        const busy = Math.min(workersMax, Math.ceil(actions / slots));
        const told = toldTo(sight, cluster, pool);
        return told < busy ? [`pool ${pool} is told to run ${told}, and ${actions} actions ask for ${busy}`] : [];
      });
    });
  },
);

interface RunningBuild {
  pool: string;
  /** Actions that it has in the farm at any time. */
  jobs: number;
  /** When it took its lease. */
  since: number;
}

/** Builds that have given the farm their actions long enough ago, and go on with it. */
function runningBuilds(sight: Sight, { builds }: History, cluster: string): RunningBuild[] {
  const held = leasesAt(builds, sight.now).filter((lease) => lease.cluster === cluster && lease.acknowledged);
  return held.flatMap(({ build, pool }) => {
    const own = builds.filter((event) => event.cluster === cluster && event.build === build);
    const began = own.find(({ what }) => what === 'ready')?.at ?? sight.now;
    const died = own.some(({ what }) => what === 'died');
    const step = sight.story.steps.find((one) => isBuild(one) && one.id === build && isOf(one, cluster));
    if (died || !step || !isBuild(step) || sight.now - began < QUEUE_MS) return [];
    return [{ pool, jobs: step.jobs ?? step.workers ?? 1, since: own[0]?.at ?? began }];
  });
}

const isBuild = (step: Step): step is Extract<Step, { do: 'build' }> => step.do === 'build';
