/** Leased and busy workers stay: what a client was told to have is not taken away, and what is not known counts as busy. */
import { clusterOfKey } from '../../../config-schema/keys.ts';
import { parseOwnedName } from '../../../templates/names.ts';
import { INSTALLATION } from '../foundation.ts';
import type { BuildEvent, History, Mutation } from '../history.ts';
import { clusterOfCall, freshOf, isShrink, passOf, wasLate } from './passes.ts';
import { memory, oracle, type SeenService, type Sight, touchedByPeople, workersOf } from './sight.ts';

/** S3's LastModified has whole seconds, and a renewal takes its time. */
const EXPIRY_TOLERANCE_MS = 2_000;
/** Hands of people explain what ends so long after. */
const PEOPLE_MS = 15 * 60_000;
/** After so long the farm's last word counts for nothing to who reads it then; clocks differ, and a call may take its time afterwards. */
const SILENCE_MS = 90_000 + 10_000;

interface Held {
  cluster: string;
  build: string;
  pool: string;
  workers: number;
  expiresAt: number;
  /** The client was told that the farm is ready for it. */
  acknowledged: boolean;
}

/** The client removed its lease; one that died could not. */
const OVER: ReadonlySet<BuildEvent['what']> = new Set(['released', 'gave-up', 'hopeless', 'broken']);

/** Leases that live at this instant, by cluster and build. */
export function leasesAt(builds: readonly BuildEvent[], at: number): Held[] {
  const held = new Map<string, Held>();
  for (const event of builds) {
    if (event.at >= at) break;
    const key = `${event.cluster}/${event.build}`;
    const { cluster, build, pool, workers, ttlSeconds } = event;
    const before = held.get(key);
    if (event.what === 'lease' || event.what === 'renewed') {
      const acknowledged = before?.acknowledged ?? false;
      held.set(key, { cluster, build, pool, workers, expiresAt: event.at + ttlSeconds * 1_000, acknowledged });
    } else if (event.what === 'ready' && before) held.set(key, { ...before, acknowledged: true });
    else if (OVER.has(event.what)) held.delete(key);
  }
  return [...held.values()].filter((lease) => at < lease.expiresAt - EXPIRY_TOLERANCE_MS);
}

const acknowledgedAt = (history: History, cluster: string, at: number) =>
  leasesAt(history.builds, at).filter((lease) => lease.cluster === cluster && lease.acknowledged);

export const leasedCountsStay = oracle(
  'S7',
  'No pool is lowered below what live, acknowledged leases claim of it and have; no stack under their tasks is replaced or removed; their server runs.',
  'anything',
  (sight, history) => {
    const before = memory(history, 'S7', () => ({ services: [] as SeenService[] }));
    const ran = (name: string) => before.services.find((service) => service.name === name)?.running ?? 0;
    const found = history.fresh.mutations.flatMap((mutation) => {
      if (mutation.actor !== 'reconciler' || wasLate(history, mutation)) return [];
      const owned = parseOwnedName(INSTALLATION, mutation.target);
      if (!owned) return [];
      const leases = acknowledgedAt(history, mutation.cluster, mutation.at);
      const own = leases.filter((lease) => owned.pool === undefined || lease.pool === owned.pool);
      const claimed = owned.pool === undefined ? 1 : own.reduce((sum, lease) => sum + lease.workers, 0);
      const workers =
        owned.pool === undefined ? 1 : workersOf(history, mutation.cluster, owned.pool, mutation.at).length;
      return own.length > 0 ? takenAway(mutation, claimed, ran(mutation.target), workers) : [];
    });
    before.services = sight.services;
    return found;
  },
);

/** `ran`: tasks before; `workers`: those that have found a server. Those that never came are nobody's loss. */
function takenAway({ kind, target, before, after }: Mutation, claimed: number, ran: number, workers: number): string[] {
  if (kind === 'service.scale') {
    const lowered = Number(after) < Number(before) && Number(after) < Math.min(claimed, ran);
    return lowered ? [`${target} went from ${before} to ${after} while acknowledged leases claim ${claimed}`] : [];
  }
  const replaces = kind === 'stack.update' || kind === 'stack.delete';
  return replaces && Math.min(ran, workers) > 0
    ? [`${kind} on ${target} with ${ran} tasks under an acknowledged lease`]
    : [];
}

export const busyWorkersStay = oracle(
  'S7-busy',
  'No worker that runs actions is stopped by the service scheduler, unless a person took it away.',
  'ends',
  (_, history) =>
    history.fresh.ends.flatMap((end) => {
      if (end.busy === 0 || end.code !== 'ServiceSchedulerInitiated') return [];
      const name = `--${end.cluster}--${end.part === 'server' ? 'server' : `pool--${end.part}`}`;
      if (touchedByPeople(history, name, end.at, PEOPLE_MS)) return [];
      return [`task ${end.task} of ${end.part} was stopped with ${end.busy} actions running: ${end.reason}`];
    }),
);

export const unknownIsBusy = oracle(
  'S8',
  'A pass that could not read the leases or what the farm reports, or whose farm has been silent too long, takes no worker and no server away.',
  'mutations',
  (sight, history) =>
    freshOf(history, isShrink).flatMap((mutation) => {
      const { calls } = passOf(history, mutation);
      const unread = calls.find((call) => call.point === 'documents.read:lease' && call.outcome === 'failed');
      const heard = calls.findLast((call) => call.point === 'documents.read:activity');
      const heardAt = heard?.at ?? mutation.at;
      const silent = sight.story.steps.some(
        (step) =>
          step.do === 'silence' &&
          heardAt - sight.begunAt > step.at + SILENCE_MS &&
          heardAt - sight.begunAt < step.at + step.forMs,
      );
      const mayWork = mayBeWorking(sight, history, mutation);
      return [
        ...(unread ? [`${mutation.target} was lowered although a lease could not be read: ${unread.error}`] : []),
        ...(heard?.outcome === 'failed' && mayWork
          ? [`${mutation.target} was lowered although the farm’s report could not be read: ${heard.error}`]
          : []),
        ...(silent && mayWork ? [`${mutation.target} was lowered although the farm had been silent`] : []),
      ];
    }),
);

/**
 * Somebody's work may be lost with it: a server's, while there are workers; a worker's, while a server gives it work or a build was
 * told to have it. A server that is gone has forgotten the builds that nobody holds, and a task that never ran has none.
 */
function mayBeWorking({ services }: Sight, history: History, { cluster, target, at, after }: Mutation): boolean {
  const own = services.filter((service) => service.cluster === cluster && service.running > 0);
  const serves = own.some(({ part }) => part === 'server');
  const workers = own.filter(({ part }) => part !== 'server');
  if (parseOwnedName(INSTALLATION, target)?.pool === undefined) return workers.length > 0 && after === 0;
  return workers.some(({ name }) => name === target) && (serves || acknowledgedAt(history, cluster, at).length > 0);
}

/** What any pass may need, whatever the cluster. */
const CALLS_AT_LEAST = 20;

/** Calls since an invocation listed documents last, and how many it may make until it does so again. */
interface Effort {
  calls: number;
  /** By the most parts and documents that there were meanwhile: what goes on the way took its calls. */
  limit: number;
}

export const effortIsBounded = oracle(
  'S16-calls',
  'Between two listings a pass makes no more calls than its cluster has parts and leases, times a constant.',
  'calls',
  (sight, history) => {
    const efforts = memory(history, 'S16-calls', () => new Map<string, Effort>());
    const limit = limitOf(sight);
    return history.fresh.calls.flatMap((call) => {
      const cluster = clusterOfCall(call) ?? '';
      const key = `${call.invocation} ${cluster}`;
      const before = call.point === 'documents.list' ? undefined : efforts.get(key);
      const effort = { calls: (before?.calls ?? 0) + 1, limit: Math.max(limit(cluster), before?.limit ?? 0) };
      efforts.set(key, effort);
      return effort.calls === effort.limit + 1
        ? [`one pass of invocation ${call.invocation} made ${effort.calls} calls`]
        : [];
    });
  },
);

/** By the parts and documents of a cluster. */
const limitOf =
  ({ services, keys }: Sight) =>
  (cluster: string): number => {
    const parts = services.filter((service) => service.cluster === cluster);
    return CALLS_AT_LEAST + 4 * parts.length + 2 * (documentsOf(keys).get(cluster) ?? 0);
  };

const counted = new WeakMap<string[], Map<string, number>>();

/** How many documents there are of each cluster: counted once for each list of keys. */
function documentsOf(keys: string[]): Map<string, number> {
  const known = counted.get(keys);
  if (known) return known;
  const counts = new Map<string, number>();
  for (const key of keys) {
    const cluster = clusterOfKey(key) ?? '';
    counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  }
  counted.set(keys, counts);
  return counts;
}
