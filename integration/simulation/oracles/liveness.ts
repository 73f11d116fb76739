/** What must have come about when the faults are over: the cluster is what the last valid document says, or status says why not. */
import type { Spec, Status } from '../../../config-schema/documents.ts';
import { durationMs } from '../../../config-schema/durations.ts';
import { clusterKey, clusterPrefix, lockKey } from '../../../config-schema/keys.ts';
import type { History } from '../history.ts';
import { isOf, type StackFault, type Step, type Story } from '../story.ts';
import { differences, tagProblems } from './as-specified.ts';
import {
  clusterOf,
  clustersOf,
  inForce,
  latestStatus,
  oracle,
  type SeenStack,
  type Sight,
  touchedByPeople,
} from './sight.ts';
import { conditionOf, isTrue } from './status-form.ts';

/** After `idleAfter`: two looks, draining, and one slow schedule. */
const SLEEP_MARGIN_MS = 25 * 60_000;
/** S3 tells of whole seconds. */
const A_SECOND_MS = 1_000;
/** A status is a heartbeat every 15 minutes, found due by a schedule of 15 minutes. */
const HEARTBEAT_MS = 32 * 60_000;

/** What is of one cluster says of which; the rest is of all. */
const OF_ALL: ReadonlySet<Step['do']> = new Set(['clock', 'events', 'image', 'deploy', 'silence', 'object']);
const isAbout = (step: Step, cluster: string): boolean => OF_ALL.has(step.do) || isOf(step, cluster);

/** Something is broken for good: then a reasoned Stalled is all that can be asked. */
export function lastingCause({ story }: Sight, spec: Spec | null, cluster: string): boolean {
  const left = new Map<string, boolean>();
  for (const step of story.steps) {
    if (!isAbout(step, cluster)) continue;
    if (step.do === 'image') left.set(`image ${step.image}`, step.problem !== null);
    if (step.do === 'placement') left.set(`placement ${step.part}`, step.reason !== null);
    // Hands that leave what is not bbf's in the place of what is.
    if (step.do === 'review' || step.do === 'updateStack' || step.do === 'deregister')
      left.set(step.do, step.do === 'review');
  }
  const images = [spec?.engine.server ?? 'server', spec?.engine.worker ?? 'worker'];
  const world = [...left].some(
    ([what, broken]) => broken && (!what.startsWith('image ') || images.includes(what.slice(6))),
  );
  const stackFaults = (story.stackFaults ?? []).filter((fault) => isOf(fault, cluster));
  const lasting = [...story.faults, ...stackFaults].some((fault) => fault.lasting);
  // Tries are counted for each revision: what failed three times in the storm waits for a new one.
  const spent = failuresOf(stackFaults).some((times) => times >= 3);
  return world || lasting || spent;
}

const isUnreadable = ({ faults }: Story): boolean =>
  faults.some(({ lasting, point, kind }) => lasting && kind === 'denied' && point === 'documents.read:cluster');

const isBlind = ({ faults }: Story): boolean =>
  faults.some(({ lasting, point, kind }) => lasting && kind === 'denied' && LOOKS.has(point));
const LOOKS = new Set(['stacks.list', 'stacks.read', 'services.describe']);

/** How often the story lets the operations on each part fail. */
function failuresOf(stackFaults: readonly StackFault[]): number[] {
  const counts = new Map<string, number>();
  for (const { part, times } of stackFaults)
    counts.set(part, (counts.get(part) ?? 0) + (times === null ? Number.POSITIVE_INFINITY : (times ?? 1)));
  return [...counts.values()];
}

export const endsAsTheSpecSays = oracle(
  'L1',
  'After the faults the world is what the last valid document says, and status is Ready; or Stalled, where something is broken for good.',
  'end',
  (sight, history) =>
    clustersOf(history).flatMap((cluster) => {
      const status = latestStatus(history, cluster)?.status ?? null;
      const newest = history.documents.findLast((version) => version.cluster === cluster);
      const document = clusterOf(inForce(history, cluster));
      if (!document) return nothingOf(sight, cluster, newest?.text === null ? status : null);
      const isInvalid = newest?.text != null && clusterOf(newest) === null;
      if (document.spec.delete && !document.spec.suspend)
        return deletionProblems(sight, history, cluster, status, isInvalid);
      // A document that is gone before anybody looked is one that never was.
      if (!status && newest?.text !== null) return [`cluster ${cluster} has a document but no status`];
      if (!status) return living(sight, cluster).map(({ name }) => `stack ${name} stands, and no status tells of it`);
      // One that nobody may read is not answered, and status says that.
      if (isUnreadable(sight.story) && conditionOf(status, 'Accepted')?.status === 'Unknown') return [];
      if (newest?.text != null && status.observedRevision !== newest.revision)
        return [
          `the newest revision ${newest.revision} is not answered: observedRevision is ${status.observedRevision}`,
        ];
      if (document.spec.suspend) return [];
      // Nothing was ever accepted: what was valid for a moment had been written over before anybody looked.
      if (status.acceptedRevision === null && clusterOf(newest) === null && isTrue(status, 'Stalled')) return [];
      if (isTrue(status, 'Stalled')) {
        const stalled = conditionOf(status, 'Stalled');
        // Without a uid of its own a document means the cluster that there is.
        const { uid } = document.metadata;
        const foreign = uid !== undefined && living(sight, cluster).some((stack) => stack.uid !== uid);
        return foreign || isStuck(sight, history, cluster) || lastingCause(sight, document.spec, cluster)
          ? []
          : [`Stalled for no lasting cause: ${stalled?.reason}: ${stalled?.message}`];
      }
      if (!isTrue(status, 'Ready')) {
        const ready = conditionOf(status, 'Ready');
        return [`neither Ready nor Stalled at the end: ${ready?.reason}: ${ready?.message}`];
      }
      return [
        ...differences(sight, history, cluster, document.spec, status),
        ...ownLiving(sight, history, cluster).flatMap(tagProblems),
      ];
    }),
);

/** Without a document that was ever valid, nothing of the cluster exists; once it is gone, no status of it either. */
function nothingOf(sight: Sight, cluster: string, statusOfNone: Status | null): string[] {
  const stacks = living(sight, cluster).map(({ name }) => `stack ${name} exists although no document was ever valid`);
  const isKept = stacks.length === 0 && statusOfNone !== null;
  return isKept ? ['a status is left of documents that never were valid and are gone'] : stacks;
}

/** A service that a person deletes while its stack is made or changed leaves CloudFormation waiting for it, for hours. */
const isStuck = (sight: Sight, history: History, cluster: string): boolean =>
  living(sight, cluster).some(
    ({ name, status }) =>
      /^(CREATE|UPDATE)_IN_PROGRESS$/.test(status) &&
      touchedByPeople(history, name, sight.now, Number.POSITIVE_INFINITY),
  );

/** An empty stack that a person left in the name of a cluster or a pool that is gone: the next inventory finds it. */
const isLeftByHand = ({ name, status }: SeenStack, history: History, sight: Sight): boolean =>
  status === 'REVIEW_IN_PROGRESS' && touchedByPeople(history, name, sight.now, Number.POSITIVE_INFINITY);

const living = (sight: Sight, cluster: string) =>
  sight.stacks.filter((stack) => stack.cluster === cluster && stack.status !== 'DELETE_COMPLETE');

const ownLiving = (sight: Sight, history: History, cluster: string) =>
  living(sight, cluster).filter((stack) => !isLeftByHand(stack, history, sight));

function deletionProblems(
  sight: Sight,
  history: History,
  cluster: string,
  status: Status | null,
  isInvalid: boolean,
): string[] {
  const stacks = ownLiving(sight, history, cluster);
  const services = sight.services.filter((service) => service.cluster === cluster && service.status !== 'INACTIVE');
  const left = [
    ...stacks.map((stack) => `stack ${stack.name}`),
    ...services.map((service) => `service ${service.name}`),
  ];
  // Nobody can tell that nothing is left who may not look.
  if (status && isTrue(status, 'Stalled'))
    return left.length > 0 || isInvalid || isBlind(sight.story)
      ? []
      : ['Stalled, although nothing of the deleted cluster is left'];
  return [
    ...(left.length > 0 ? [`deleted, but left: ${left.join(', ')}`] : []),
    ...(status ? ['deleted, but its status is still there'] : objectsLeft(sight, history, cluster)),
  ];
}

/** What the look that ended the deletion has listed: the next cluster of the name would take it for its own. */
function objectsLeft(sight: Sight, history: History, cluster: string): string[] {
  const forgotten = history.statuses.findLast((version) => version.cluster === cluster);
  const look = history.calls.findLast(
    ({ point, invocation, at }) =>
      point === 'documents.list' && invocation === forgotten?.invocation && at <= forgotten.at,
  );
  // Who may not remove it can't; and a lock has a time of its own.
  if (!look || sight.story.faults.some((fault) => fault.lasting)) return [];
  const kept = [clusterKey(cluster), lockKey(cluster)];
  const own = sight.keys.filter((key) => key.startsWith(clusterPrefix(cluster)) && !kept.includes(key));
  const wasListed = (key: string) => (sight.writtenAt(key) ?? sight.now) < look.at - A_SECOND_MS;
  return own.filter(wasListed).map((key) => `deleted, but ${key} is still there`);
}

export const idleClustersSleep = oracle(
  'L5',
  'Without leases, work or schedules a cluster is at zero once idleAfter is over; a client that died holds nothing beyond its lease.',
  'end',
  (sight, history) =>
    clustersOf(history).flatMap((cluster) => {
      const spec = specThatSleeps(history, cluster);
      if (!spec) return [];
      const wanted = lastWantedAt(sight, history, cluster);
      if (sight.now - wanted < durationMs(spec.scaling.idleAfter) + SLEEP_MARGIN_MS) return [];
      const awake = sight.services.filter((service) => service.cluster === cluster && service.alive > 0);
      return awake.map(
        (service) =>
          `${service.name} still runs ${service.alive} tasks, ${Math.round((sight.now - wanted) / 60_000)} minutes after anybody wanted it`,
      );
    }),
);

/** The spec in force of a cluster that is to sleep once nobody wants it; null for one that stands still, or that schedules wake. */
export function specThatSleeps(history: History, cluster: string): Spec | null {
  const spec = clusterOf(inForce(history, cluster))?.spec;
  const status = latestStatus(history, cluster)?.status;
  if (!spec || !status || spec.suspend || spec.scaling.schedules.length > 0 || isTrue(status, 'Stalled')) return null;
  return spec;
}

/** What is no lease but lies among the leases holds a cluster for an hour, and a silent farm as long as it is silent. */
const ODD_LEASE_MS = 60 * 60_000;
const holdsFor = (step: Step) => (step.do === 'silence' ? step.forMs : step.do === 'lease' ? ODD_LEASE_MS : 0);

/** The last instant at which a document, a build, a person or a fault kept the cluster awake. */
export function lastWantedAt(sight: Sight, history: History, cluster: string): number {
  const documents = history.documents.filter((version) => version.cluster === cluster).map((version) => version.at);
  const builds = history.builds
    .filter((event) => event.cluster === cluster)
    .map((event) => event.at + event.ttlSeconds * 1_000);
  const steps = sight.story.steps.map((step) =>
    isAbout(step, cluster) ? sight.begunAt + step.at + holdsFor(step) : sight.begunAt,
  );
  return Math.max(sight.begunAt + sight.story.calmAt, ...documents, ...builds, ...steps);
}

export const statusIsFresh = oracle(
  'L6',
  `A cluster's status is never older than ${HEARTBEAT_MS / 60_000} minutes.`,
  'end',
  (sight, history) =>
    clustersOf(history).flatMap((cluster) => {
      const version = latestStatus(history, cluster);
      const calm = sight.now - (sight.begunAt + sight.story.calmAt) > HEARTBEAT_MS;
      const denied = sight.story.faults.some((fault) => fault.lasting);
      if (!version?.status || !calm || denied) return [];
      const age = sight.now - version.at;
      return age > HEARTBEAT_MS ? [`the status of ${cluster} is ${Math.round(age / 60_000)} minutes old`] : [];
    }),
);

/** What stale reads have hidden is found when all stacks are listed again: every ten minutes. */
const LISTING_MS = 11 * 60_000;

function mayBeHidden(sight: Sight, history: History): boolean {
  const listedAt = history.calls.findLast((call) => call.point === 'stacks.list')?.at ?? 0;
  const lied = sight.story.faults.some(({ kind }) => kind === 'stale' || kind === 'phantom-absence');
  return lied && sight.now - listedAt < LISTING_MS;
}

/** Status is written under the lock, so that a lock whose holder died is taken over by the next heartbeat. */
const LOCK_MS = HEARTBEAT_MS + 3 * 60_000;
/** So long after it fell asleep, or after the calm, nothing of a cluster is too young to be judged. */
export const JUDGED_AFTER_MS = LOCK_MS + 60_000;

export const nothingLeaks = oracle(
  'LEAK',
  'No stack, service or task of an installation is outside of what its documents want; no lock outlives its time.',
  'end',
  (sight, history) => {
    const wants = (cluster: string, part: string) => {
      const spec = clusterOf(inForce(history, cluster))?.spec;
      const status = latestStatus(history, cluster)?.status;
      const excused = spec?.suspend || (status && isTrue(status, 'Stalled'));
      return excused || (spec && (part === 'server' || spec.pools[part] !== undefined) && !spec.delete);
    };
    const locks = clustersOf(history).flatMap((cluster) => lockProblems(sight, cluster));
    if (mayBeHidden(sight, history)) return locks;
    const stacks = sight.stacks.filter(
      (stack) => stack.status !== 'DELETE_COMPLETE' && !isLeftByHand(stack, history, sight),
    );
    const names = new Set(stacks.map((stack) => stack.name));
    const services = sight.services.filter((one) => !names.has(one.name) && !wants(one.cluster, one.part));
    return [
      ...locks,
      ...stacks
        .filter((stack) => !wants(stack.cluster, stack.part))
        .map((stack) => `stack ${stack.name} (${stack.status}) is wanted by nobody`),
      ...services
        .filter((service) => service.status !== 'INACTIVE')
        .map((service) => `service ${service.name} has no stack`),
      ...sight.services
        .filter((service) => service.status === 'INACTIVE' && service.alive > 0)
        .map((service) => `${service.alive} tasks run on of service ${service.name}, which is gone`),
    ];
  },
);

function lockProblems(sight: Sight, cluster: string): string[] {
  const denied = sight.story.faults.some((fault) => fault.lasting);
  const isCalm = sight.now - (sight.begunAt + sight.story.calmAt) > LOCK_MS;
  const ageMs = sight.now - (sight.writtenAt(lockKey(cluster)) ?? sight.now);
  return isCalm && !denied && ageMs > LOCK_MS
    ? [`the lock of ${cluster} has been there for ${Math.round(ageMs / 60_000)} minutes`]
    : [];
}
