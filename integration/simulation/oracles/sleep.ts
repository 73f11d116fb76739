/** Going to sleep: the server goes last and only once status has said so, and what people have just written is not slept over. */
import { durationMs } from '../../../config-schema/durations.ts';
import { parseOwnedName } from '../../../templates/names.ts';
import { INSTALLATION } from '../foundation.ts';
import type { History, Mutation } from '../history.ts';
import { passOf, wasLate } from './passes.ts';
import { clusterOf, memory, oracle, type SeenService, specInForce, touchedByPeople } from './sight.ts';

/** Hands of people explain what a pass could not see. */
const PEOPLE_MS = 2 * 60_000;
/** Clocks that are tolerated, and S3's whole seconds. */
const CLOCKS_MS = 10_000;

export const serverGoesLast = oracle(
  'S7-server',
  'A server is told to stop only when none of its workers runs any more, and status has said that the cluster sleeps or a tombstone that it goes.',
  'anything',
  (sight, history) => {
    const before = memory(history, 'S7-server', () => ({ services: [] as SeenService[] }));
    const found = history.fresh.mutations.filter(isStop).flatMap((mutation) => {
      if (wasLate(history, mutation) || passOf(history, mutation).lied) return [];
      const { cluster, target, at } = mutation;
      const workers = before.services.filter(
        ({ cluster: own, part, name, running }) =>
          own === cluster && part !== 'server' && running > 0 && !touchedByPeople(history, name, at, PEOPLE_MS),
      );
      return [
        ...workers.map(({ name, running }) => `${target} was told to stop while ${name} ran ${running} workers`),
        ...(isAnnounced(history, mutation) ? [] : [`${target} was told to stop before status said that it would be`]),
      ];
    });
    before.services = sight.services;
    return found;
  },
);

const isStop = ({ actor, kind, target, before, after }: Mutation): boolean => {
  const owned = parseOwnedName(INSTALLATION, target);
  const stops = kind === 'service.scale' && after === 0 && Number(before) > 0;
  return actor === 'reconciler' && stops && owned !== undefined && owned.pool === undefined;
};

function isAnnounced(history: History, { cluster, at, revisionSeen }: Mutation): boolean {
  const said = history.statuses.findLast((version) => version.cluster === cluster && version.at < at)?.status;
  return said?.asleep != null || specInForce(history, cluster, revisionSeen)?.delete !== undefined;
}

export const editsAreNotSleptOver = oracle(
  'S8-edit',
  'No cluster is said to sleep sooner than idleAfter after the revision that it goes by was written.',
  'statuses',
  (_, history) =>
    history.fresh.statuses.flatMap(({ cluster, status, at }) => {
      const newest = history.documents.findLast((version) => version.cluster === cluster && version.at <= at);
      const spec = clusterOf(newest)?.spec;
      if (!status?.asleep || !newest || !spec || newest.revision !== status.acceptedRevision) return [];
      const awakeMs = at - newest.at;
      return awakeMs < durationMs(spec.scaling.idleAfter) - CLOCKS_MS
        ? [
            `${cluster} is said to sleep ${Math.round(awakeMs / 1_000)} s after an edit; idleAfter is ${spec.scaling.idleAfter}`,
          ]
        : [];
    }),
);
