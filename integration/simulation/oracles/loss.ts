/** What builds lose after all, whichever call led to it: judged by the tasks that end under them, not by what was asked for. */
import { parseOwnedName } from '../../../templates/names.ts';
import { INSTALLATION } from '../foundation.ts';
import type { History, Mutation, TaskEnd } from '../history.ts';
import { leasesAt } from './leases.ts';
import { freshOf, wasLate } from './passes.ts';
import { oracle, type Sight, touchedByPeople, workersOf } from './sight.ts';

/** Hands of people explain what ends so long after. */
const PEOPLE_MS = 15 * 60_000;
/** Calls that bring an earlier shape back, and for how long what ends is their doing. */
const BACKWARDS: readonly Mutation['kind'][] = ['stack.cancel', 'stack.continue', 'stack.rollback'];
const BACKWARDS_MS = 10 * 60_000;

/** ECS did what somebody told it: no program that ended by itself, no Spot capacity that was taken back. */
const isTold = ({ code }: TaskEnd): boolean => code === 'ServiceSchedulerInitiated';

const nameOf = ({ cluster, part }: Pick<TaskEnd, 'cluster' | 'part'>) =>
  `${cluster}--${part === 'server' ? 'server' : `pool--${part}`}`;

/** A call that the network carried out after everybody had given it up. */
const wasDelayed = (history: History, target: string, at: number): boolean =>
  history.mutations.some(
    (one) => one.target.includes(target) && at - one.at < BACKWARDS_MS && one.at <= at && wasLate(history, one),
  );

const isExcused = (history: History, target: string, at: number): boolean =>
  touchedByPeople(history, target, at, PEOPLE_MS) || wasDelayed(history, target, at);

export const buildsKeepTheirServer = oracle(
  'S7-broken',
  'No build that was told ready loses its server to anything but people, the end of its program, or capacity that AWS takes back.',
  'builds',
  (_, history) =>
    history.fresh.builds.flatMap(({ what, cluster, build, at }) => {
      if (what !== 'broken') return [];
      const isHeld = leasesAt(history.builds.slice(0, -1), at).some(
        (one) => one.cluster === cluster && one.build === build,
      );
      // A build hears of its server's end when that comes.
      const lost = history.servers.filter((server) => server.cluster === cluster && server.until === at);
      const end = history.ends.find((one) => isTold(one) && lost.some(({ task }) => task === one.task));
      if (!isHeld || !end || isExcused(history, nameOf(end), at)) return [];
      return [`build ${build} lost its server, task ${end.task}, which nobody but bbf had stopped: ${end.reason}`];
    }),
);

export const earlierShapesTakeNothing = oracle(
  'S7-backwards',
  'What cancels an update, rolls a stack back or goes on with that takes no worker and no server away from an acknowledged lease that has them.',
  'ends',
  (sight, history) =>
    history.fresh.ends.flatMap((end) => {
      const { cluster, part, at, task } = end;
      const target = nameOf(end);
      if (!isTold(end) || isExcused(history, target, at)) return [];
      const call = history.mutations.findLast((one) => one.target.endsWith(target) && one.kind.startsWith('stack.'));
      const isBackwards = call && BACKWARDS.includes(call.kind) && at - call.at < BACKWARDS_MS;
      if (!isBackwards || call.actor !== 'reconciler') return [];
      const claimed = claimsOf(history, cluster, part, call.at, at);
      const had = part === 'server' ? 1 : workersOf(history, cluster, part, call.at).length;
      return remaining(sight, cluster, part) < Math.min(claimed, had)
        ? [`${call.kind} on ${call.target} took ${task} of ${part} away under acknowledged leases of ${claimed}`]
        : [];
    }),
);

export const rollOutsInUseGoOn = oracle(
  'S7-called-off',
  'No update of a pool is called off under a build that was told that it may start, and has workers of it.',
  'mutations',
  (_, history) =>
    freshOf(history, ({ kind }) => kind === 'stack.cancel').flatMap(({ cluster, target, at }) => {
      const pool = parseOwnedName(INSTALLATION, target)?.pool;
      if (pool === undefined || isExcused(history, `--pool--${pool}`, at)) return [];
      const build = own(history.builds, cluster, at).find((lease) => lease.pool === pool)?.build;
      const workers = workersOf(history, cluster, pool, at).length;
      return build && workers > 0
        ? [`the update of ${target} was called off under ${workers} workers of ${build}`]
        : [];
    }),
);

/** What leases claim of a part that a client had been told to have before the call, and still has. */
function claimsOf({ builds }: History, cluster: string, part: string, asked: number, at: number): number {
  const then = new Set(own(builds, cluster, asked).map(({ build }) => build));
  const both = own(builds, cluster, at).filter(({ build }) => then.has(build));
  if (part === 'server') return Math.min(1, both.length);
  return both.reduce((sum, lease) => sum + (lease.pool === part ? lease.workers : 0), 0);
}

const own = (builds: History['builds'], cluster: string, at: number) =>
  leasesAt(builds, at).filter((lease) => lease.cluster === cluster && lease.acknowledged);

const remaining = ({ services }: Sight, cluster: string, part: string): number =>
  services.find((one) => one.cluster === cluster && one.part === part && one.status !== 'INACTIVE')?.running ?? 0;
