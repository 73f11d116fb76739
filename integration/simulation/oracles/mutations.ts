/** What the reconciler asks of CloudFormation and ECS: by whom it is allowed, for whose resources, and how often. */
import type { Spec } from '../../../config-schema/documents.ts';
import { parseOwnedName } from '../../../templates/names.ts';
import { INSTALLATION } from '../foundation.ts';
import type { History, Mutation } from '../history.ts';
import { freshOf, isShrink, passOf } from './passes.ts';
import { clusterOf, inForce, memory, oracle, type SeenService, specInForce, touchedByPeople } from './sight.ts';

/** A stack that never served, or that no repair brought back (decision 7): removing it takes nothing away. */
const DEAD = /^(REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_(COMPLETE|FAILED)|DELETE_FAILED|UPDATE_(ROLLBACK_)?FAILED)$/;
/** Longest life of an invocation, and so of what it saw. */
const PASS_MS = 120_000;

const isStackChange = (mutation: Mutation) => mutation.kind.startsWith('stack.');

const partOf = (mutation: Mutation): string => parseOwnedName(INSTALLATION, mutation.target)?.pool ?? 'server';

/** The spec that the pass of this mutation went by. */
const specOf = (history: History, mutation: Mutation): Spec | null =>
  specInForce(history, mutation.cluster, mutation.revisionSeen);

export const monotonicPlan = oracle(
  'S1',
  'What disturbs is never done for an older revision than one acted on before, nor for one that a listing before the call showed to be old.',
  'mutations',
  (_, history) => {
    const newest = memory(history, 'S1', () => new Map<string, number>());
    return freshOf(history, (mutation) => isShrink(mutation) || isStackChange(mutation)).flatMap((mutation) => {
      const versions = history.documents.filter((version) => version.cluster === mutation.cluster);
      const seen = versions.findLastIndex((version) => version.revision === (mutation.revisionSeen ?? ''));
      const before = newest.get(mutation.cluster) ?? -1;
      newest.set(mutation.cluster, Math.max(before, seen));
      const { listedAt } = passOf(history, mutation);
      const overtaken = versions.slice(seen + 1).some((version) => version.at < listedAt && version.valid);
      return [
        ...(seen < before
          ? [`${mutation.kind} ${mutation.target} for version ${seen + 1}, after an action for version ${before + 1}`]
          : []),
        ...(overtaken && seen >= 0
          ? [
              `${mutation.kind} ${mutation.target} for version ${seen + 1}, although its last listing showed a newer one`,
            ]
          : []),
      ];
    });
  },
);

export const documentsHaveOneWriter = oracle(
  'S2',
  'The reconciler never writes or removes cluster.json, an activity, or a lease of a cluster that it did not see deleted.',
  'mutations',
  (_, history) =>
    freshOf(history, (mutation) => mutation.kind.startsWith('document.')).flatMap((mutation) => {
      const [, file = ''] = /^clusters\/[^/]+\/(.+)$/.exec(mutation.target) ?? [];
      if (file === 'status.json' || file === 'lock.json') return [];
      const deleting = specInForce(history, mutation.cluster, mutation.revisionSeen)?.delete !== undefined;
      const forgets = mutation.kind === 'document.remove' && file !== 'cluster.json' && deleting;
      return forgets ? [] : [`the reconciler did ${mutation.kind} on ${mutation.target}`];
    }),
);

export const absenceDeletesNothing = oracle(
  'S5',
  'A stack that serves is deleted only for a tombstone of its own cluster, for a pool that the last valid spec does not have, or when its service is gone.',
  'mutations',
  (sight, history) =>
    freshOf(history, (mutation) => mutation.kind === 'stack.delete').flatMap((mutation) => {
      if (DEAD.test(mutation.stackStatus ?? '')) return [];
      const spec = specOf(history, mutation);
      const part = partOf(mutation);
      const tagged = sight.stacks.findLast((stack) => stack.name === mutation.target)?.uid;
      const buried = spec?.delete !== undefined && (tagged == null || tagged === spec.delete.uid);
      if (spec && (buried || (part !== 'server' && !spec.pools[part]))) return [];
      const service = sight.services.find((other) => other.name === mutation.target);
      if (
        spec &&
        (service?.status !== 'ACTIVE' ||
          touchedByPeople(history, mutation.target, mutation.at, Number.POSITIVE_INFINITY))
      )
        return [];
      return [
        `stack ${mutation.target} in ${mutation.stackStatus} was deleted although ${spec ? 'the spec wants it' : 'no valid spec is known'}`,
      ];
    }),
);

export const nothingIsMadeOfTombstones = oracle(
  'S5-tombstone',
  'No stack is made for a cluster whose document is a tombstone, whoever holds a lease.',
  'mutations',
  (_, history) =>
    freshOf(history, (mutation) => mutation.kind === 'stack.create').flatMap((mutation) => {
      const { cluster, at, revisionSeen } = mutation;
      const document = clusterOf(inForce(history, cluster, revisionSeen));
      const said = history.statuses.findLast((version) => version.cluster === cluster && version.at <= at)?.status;
      const uid = document?.metadata.uid ?? said?.uid;
      return uid != null && document?.spec.delete?.uid === uid
        ? [`${mutation.target} was made although revision ${revisionSeen} is a tombstone`]
        : [];
    }),
);

export const ownStacksOnly = oracle(
  'S6',
  'Only stacks that carry the uid of the cluster are changed, and only servers and pools of this installation.',
  'mutations',
  (sight, history) =>
    freshOf(history, (mutation) => isStackChange(mutation) || mutation.kind === 'service.scale').flatMap((mutation) => {
      if (!parseOwnedName(INSTALLATION, mutation.target))
        return [`${mutation.kind} on ${mutation.target}, which is no part of a cluster`];
      const document = clusterOf(inForce(history, mutation.cluster, mutation.revisionSeen));
      const stacks = sight.stacks.filter((stack) => stack.name === mutation.target);
      const living = stacks.find((stack) => stack.status !== 'DELETE_COMPLETE') ?? stacks.at(-1);
      const uid = document?.metadata.uid;
      const foreign = uid !== undefined && living?.uid != null && living.uid !== uid;
      return foreign
        ? [`${mutation.kind} on ${mutation.target}, which belongs to uid ${living.uid} and not to ${uid}`]
        : [];
    }),
);

export const oneOperation = oracle(
  'S10',
  'No operation is started on a stack in which one runs, but for cancelling an update.',
  'mutations',
  (_, history) =>
    freshOf(history, isStackChange).flatMap((mutation) => {
      const status = mutation.stackStatus ?? '';
      if (!status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS') return [];
      if (mutation.kind === 'stack.cancel' && status === 'UPDATE_IN_PROGRESS') return [];
      const pass = passOf(history, mutation);
      if (pass.lied || touchedByPeople(history, mutation.target, mutation.at, PASS_MS)) return [];
      return [`${mutation.kind} on ${mutation.target} in ${status}`];
    }),
);

/** Deletions of one wanted stack for one version of the document; a crash before the record may cost one more. */
const DELETIONS_MAX = 3;

export const boundedDestruction = oracle(
  'S13',
  `A stack that the spec wants is deleted at most ${DELETIONS_MAX} times for one version of the document.`,
  'mutations',
  (_, history) => {
    const counts = memory(history, 'S13', () => new Map<string, number>());
    return freshOf(history, (mutation) => mutation.kind === 'stack.delete').flatMap((mutation) => {
      const spec = specOf(history, mutation);
      const part = partOf(mutation);
      if (!spec || spec.delete || (part !== 'server' && !spec.pools[part])) return [];
      const people = history.mutations.filter(
        (other) => other.actor === 'person' && other.target.includes(mutation.target),
      ).length;
      const key = `${mutation.target} ${inForce(history, mutation.cluster, mutation.revisionSeen)?.revision} ${people}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      const crashes = history.invocations.filter((invocation) => invocation.outcome === 'crashed').length;
      return count > DELETIONS_MAX + crashes
        ? [`${mutation.target} was deleted ${count} times for one version of cluster.json`]
        : [];
    });
  },
);

/** A deleted stack is still shown to who asks by its id, and another one of its name may be made. */
const isAbsent = (answer: string | undefined): boolean => answer === 'absent' || answer === 'DELETE_COMPLETE';

export const errorsAreNotAbsence = oracle(
  'S14',
  'A stack is created only by a pass that read it and was told that it is absent or gone.',
  'mutations',
  (_, history) =>
    freshOf(history, (mutation) => mutation.kind === 'stack.create').flatMap((mutation) => {
      const read = passOf(history, mutation).calls.findLast(
        (call) => call.point === 'stacks.read' && call.target === mutation.target,
      );
      if (read?.outcome === 'ok' && isAbsent(read.answer)) return [];
      const failed = `reading it failed: ${read?.error}`;
      const why = read?.outcome === 'ok' ? `it was read as ${read.answer}` : failed;
      return [`${mutation.target} was created although ${read ? why : 'this pass had not read it'}`];
    }),
);

export const suspendedDoesNothing = oracle(
  'S15',
  'Nothing is changed by a pass that read spec.suspend.',
  'mutations',
  (_, history) =>
    freshOf(history, (mutation) => !mutation.kind.startsWith('document.')).flatMap((mutation) => {
      const suspended = mutation.cluster !== '' && specOf(history, mutation)?.suspend;
      return suspended ? [`${mutation.kind} on ${mutation.target} although the cluster is suspended`] : [];
    }),
);

export const wantsAreCapped = oracle(
  'S16',
  'A count is never raised above workersMax of the revision that was read, nor for what no spec wants.',
  'mutations',
  (_, history) =>
    freshOf(history, (mutation) => mutation.kind === 'service.scale').flatMap((mutation) => {
      if (Number(mutation.after) <= Number(mutation.before)) return [];
      const spec = specOf(history, mutation);
      if (!spec) return [`${mutation.target} was raised to ${mutation.after} although no valid spec is known`];
      const part = partOf(mutation);
      const most = part === 'server' ? 1 : (spec.pools[part]?.workersMax ?? 0);
      return Number(mutation.after) > most
        ? [`${mutation.target} was raised to ${mutation.after}, more than ${most}`]
        : [];
    }),
);

/** A stack's update and the roll-back of it take no longer. */
const HANDS_MS = 10 * 60_000;

export const countsHaveOneOwner = oracle(
  'S17',
  'A service runs as many tasks as somebody set last: no creation and no update of its stack sets a count.',
  'anything',
  (sight, history) => {
    const last = memory(history, 'S17', () => ({
      told: new Map<string, { at: number; count: number }>(),
      services: [] as SeenService[],
    }));
    const { services } = sight;
    if (history.fresh.mutations.length === 0 && last.services === services) return [];
    last.services = services;
    const { told } = last;
    for (const mutation of history.fresh.mutations) {
      if (mutation.kind === 'service.scale')
        told.set(mutation.target, { at: mutation.at, count: Number(mutation.after) });
    }
    return services.flatMap((service) => {
      if (service.status !== 'ACTIVE') return [];
      const word = told.get(service.name);
      const count = word && word.at >= service.createdAt ? word.count : 0;
      if (service.desired === count) return [];
      told.set(service.name, { at: sight.now, count: service.desired });
      // What people set before the stack has given its count up, a roll-back undoes, be it put right by then; the next pass sets what is wanted.
      if (touchedByPeople(history, service.name, sight.now, HANDS_MS)) return [];
      return [
        `${service.name} is told to run ${service.desired}, and nobody but its stack said so (last told: ${count})`,
      ];
    });
  },
);
