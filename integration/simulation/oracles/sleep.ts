/** Sleep and waking: the server goes last and only once status has said so, no edit is slept over, and what is awake is watched. */
import type { Status } from '../../../config-schema/documents.ts';
import { durationMs } from '../../../config-schema/durations.ts';
import { parseOwnedName } from '../../../templates/names.ts';
import { INSTALLATION } from '../foundation.ts';
import type { History, Mutation } from '../history.ts';
import { isOf, type Story } from '../story.ts';
import { passOf, wasLate } from './passes.ts';
import {
  clusterOf,
  clustersOf,
  isFaultless,
  memory,
  oracle,
  type SeenService,
  specInForce,
  touchedByPeople,
} from './sight.ts';
import { conditionOf } from './status-form.ts';

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

/** When the text came in: the same one written again is no edit. */
function textSince(history: History, { cluster, at, text }: History['documents'][number]): number {
  const before = history.documents.filter((version) => version.cluster === cluster && version.at <= at);
  const other = before.findLastIndex((version) => version.text !== text);
  return before[other + 1]?.at ?? at;
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
      const awakeMs = at - textSince(history, newest);
      return awakeMs < durationMs(spec.scaling.idleAfter) - CLOCKS_MS
        ? [
            `${cluster} is said to sleep ${Math.round(awakeMs / 1_000)} s after an edit; idleAfter is ${spec.scaling.idleAfter}`,
          ]
        : [];
    }),
);

/** The slow schedule finds out, where a crash or a lost call has left the fast one off. */
const WATCHED_MS = 20 * 60_000;
const FAULTLESS_MS = 2 * 60_000;

export const awakeIsWatched = oracle(
  'L7-fast',
  'While a cluster is awake, the fast schedule is on.',
  'end',
  (sight, history) => {
    const isOn = history.mutations.findLast(({ kind }) => kind === 'schedule')?.after === 'true';
    const withinMs = isAtMostLate(sight.story) ? FAULTLESS_MS : WATCHED_MS;
    return clustersOf(history).flatMap((cluster) => {
      if (specInForce(history, cluster)?.suspend) return [];
      const own = history.statuses.filter((version) => version.cluster === cluster);
      const stood = own.findLastIndex(({ status }) => !status?.awake || isSuspended(status));
      const since = own[stood + 1]?.at ?? sight.now;
      return !isOn && sight.now - since > withinMs
        ? [
            `${cluster} has been awake for ${Math.round((sight.now - since) / 60_000)} minutes, and the fast schedule is off`,
          ]
        : [];
    });
  },
);

const isSuspended = (status: Status) => conditionOf(status, 'Reconciling')?.reason === 'Suspended';

/** Nothing goes wrong but that calls take their time, which no invocation ends over, and that bbf was told to stand still. */
function isAtMostLate({ steps, faults, ...story }: Story): boolean {
  return isFaultless({
    ...story,
    steps: steps.filter((step) => step.do !== 'invoke' && step.do !== 'edit'),
    faults: faults.filter(({ kind, ms = 0 }) => kind !== 'pause' || ms > FAULTLESS_MS / 4),
  });
}

/** What is no lease that this bbf understands holds a cluster for an hour. */
const ODD_LEASE_MS = 60 * 60_000;
/** Until a pass has seen it, and before its hour is over. */
const MARGIN_MS = 5 * 60_000;

export const oddLeasesHold = oracle(
  'S19-lease',
  'A lease in a form that this bbf does not know keeps its cluster awake for an hour.',
  'statuses',
  (sight, history) =>
    history.fresh.statuses.flatMap(({ cluster, status, at }) => {
      const odd = sight.story.steps.find((step) => {
        const age = at - sight.begunAt - step.at;
        return step.do === 'lease' && isOf(step, cluster) && age > MARGIN_MS && age < ODD_LEASE_MS - MARGIN_MS;
      });
      const buried = sight.story.steps.some((step) => step.do === 'delete' && isOf(step, cluster));
      return odd && status?.asleep && !buried
        ? [`${cluster} is said to sleep under a lease that nobody understands`]
        : [];
    }),
);
