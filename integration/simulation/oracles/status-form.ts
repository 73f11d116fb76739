/** Status as a document: valid, one condition of each type, combinations that mean something, times and revisions that only move forward. */
import { Ajv } from 'ajv';
import { reasonOf } from '../../../cli/explain/reasons.ts';
import type { Condition, PoolStatus, Status } from '../../../config-schema/documents.ts';
import { conditionTypes, statusSchema } from '../../../config-schema/status.schema.ts';
import type { History, StatusVersion } from '../history.ts';
import { isFaultless, oracle } from './sight.ts';

/** A reader may take a reconciler for dead that has written nothing for so long; more often says nothing new. */
const HEARTBEAT_MS = 15 * 60_000;
/** Least length of a message that says what happened. */
const MESSAGE_CHARACTERS = 20;

/** Readers forgive fields that they don't know (decision 6); the writer is held to the letter. */
const isValid = new Ajv({ strict: false }).compile(statusSchema);

type Written = StatusVersion & { status: Status };

const isWritten = (version: StatusVersion | undefined): version is Written => version?.status != null;

const freshStatuses = (history: History): Written[] => history.fresh.statuses.filter(isWritten);

/** The version that this one was written over; undefined after none, or after its removal. */
function predecessor(history: History, version: StatusVersion): Written | undefined {
  const own = history.statuses.filter((other) => other.cluster === version.cluster);
  const before = own[own.indexOf(version) - 1];
  return isWritten(before) ? before : undefined;
}

export const conditionOf = (status: Status, type: Condition['type']): Condition | undefined =>
  status.conditions.find((condition) => condition.type === type);

export const isTrue = (status: Status, type: Condition['type']): boolean =>
  conditionOf(status, type)?.status === 'True';

/** A pool says that its budget holds back what is due to it. */
export const isCutByBudget = (pool: PoolStatus | undefined, due: number): boolean =>
  pool?.limit?.by === 'budget' && Math.min(pool.limit.asked, pool.limit.askedBySpec) >= due;

export const statusIsValid = oracle('S3-schema', 'Every status parses against its schema.', 'statuses', (_, history) =>
  freshStatuses(history).flatMap(({ status, cluster }) => {
    if (isValid(status)) return [];
    const [error] = isValid.errors ?? [];
    return [`status of ${cluster}: ${error?.instancePath} ${error?.message} ${JSON.stringify(error?.params)}`];
  }),
);

export const conditionsMakeSense = oracle(
  'S3-conditions',
  'Each type once; Ready excludes Reconciling and Stalled; these two exclude each other; whoever is not Ready says why; a budget that holds a pool back is told.',
  'statuses',
  (_, history) => freshStatuses(history).flatMap(({ status }) => combinationProblems(status)),
);

function combinationProblems(status: Status): string[] {
  const types = status.conditions.map((condition) => condition.type);
  const ready = conditionOf(status, 'Ready');
  const [isReady, moves, stalled] = (['Ready', 'Reconciling', 'Stalled'] as const).map((type) => isTrue(status, type));
  const reasons = `Ready ${ready?.reason}, Reconciling ${conditionOf(status, 'Reconciling')?.reason}, Stalled ${conditionOf(status, 'Stalled')?.reason}`;
  const missing = conditionTypes.filter((type) => types.filter((other) => other === type).length !== 1);
  const other = conditionOf(status, 'Reconciling')?.reason === 'Suspended' || ready?.reason === 'Deleted';
  return [
    ...budgetProblems(status),
    ...missing.map((type) => `condition ${type} is there ${types.filter((one) => one === type).length} times`),
    ...(isReady && moves ? [`Ready and Reconciling: ${reasons}`] : []),
    ...(isReady && stalled ? [`Ready and Stalled: ${reasons}`] : []),
    ...(moves && stalled ? [`Reconciling and Stalled: ${reasons}`] : []),
    ...(!isReady && !moves && !stalled && !other ? [`neither Ready nor Reconciling nor Stalled: ${reasons}`] : []),
  ];
}

/** Unknown where nobody has looked. */
function budgetProblems(status: Status): string[] {
  const said = conditionOf(status, 'WithinBudget')?.status;
  const limited = Object.entries(status.pools).flatMap(([name, { limit }]) => (limit?.by === 'budget' ? [name] : []));
  if (said === 'True') return limited.map((name) => `WithinBudget, but the budget limits pool ${name}`);
  // Leases may keep all that is asked for, which is more than the budget allows.
  const isKept = Object.values(status.pools).some(({ because }) => because.startsWith('budget, but kept by'));
  return said === 'False' && limited.length === 0 && !isKept ? ['not WithinBudget, but the budget limits no pool'] : [];
}

export const stalledSaysWhatToDo = oracle(
  'L2-remedy',
  'Stalled carries a reason for which `bbf explain` has a remedy, and a message in words.',
  'statuses',
  (_, history) =>
    freshStatuses(history).flatMap(({ status }) => {
      const stalled = conditionOf(status, 'Stalled');
      if (stalled?.status !== 'True') return [];
      const { reason, message } = stalled;
      const isWordless = message.length < MESSAGE_CHARACTERS || !message.includes(' ');
      return [
        ...(isWordless ? [`Stalled ${reason} says only "${message}"`] : []),
        ...(reasonOf(reason).remedy === null
          ? [`nobody is told what to do about Stalled ${reason}: "${message}"`]
          : []),
      ];
    }),
);

export const transitionTimes = oracle(
  'S3-times',
  'lastTransitionTime moves when the status of its condition does, and only then.',
  'statuses',
  (_, history) =>
    freshStatuses(history).flatMap((version) => {
      const before = predecessor(history, version)?.status;
      if (!before) return [];
      return version.status.conditions.flatMap((condition) => {
        const last = conditionOf(before, condition.type);
        if (!last) return [];
        const moved = last.lastTransitionTime !== condition.lastTransitionTime;
        const changed = last.status !== condition.status;
        return moved === changed
          ? []
          : [`${condition.type} ${changed ? 'changed but its time did not' : 'did not change but its time did'}`];
      });
    }),
);

export const revisionsMoveForward = oracle(
  'S3-revision',
  'observedRevision and acceptedRevision never go back to an older version of cluster.json.',
  'statuses',
  (_, history) =>
    freshStatuses(history).flatMap((version) => {
      const before = predecessor(history, version)?.status;
      if (!before) return [];
      return (['observedRevision', 'acceptedRevision'] as const).flatMap((field) => {
        const [from, to] = [before[field], version.status[field]].map((revision) =>
          rank(history, version.cluster, revision),
        );
        return (to ?? 0) < (from ?? 0) ? [`${field} went back from version ${from} to version ${to}`] : [];
      });
    }),
);

/** One for the oldest version of cluster.json; zero for none. */
function rank(history: History, cluster: string, revision: string | null): number {
  if (revision === null) return 0;
  return (
    1 +
    history.documents
      .filter((version) => version.cluster === cluster)
      .findIndex((version) => version.revision === revision)
  );
}

export const noIdleWrites = oracle(
  'S12-status',
  'Status is written when it says something new, or as a heartbeat.',
  'statuses',
  (_, history) =>
    freshStatuses(history).flatMap((version) => {
      const before = predecessor(history, version)?.status;
      const { status } = version;
      if (!before || status.actions.length > 0 || before.actions.length > 0) return [];
      const due = Date.parse(status.heartbeatAt) - Date.parse(before.heartbeatAt) >= HEARTBEAT_MS;
      return due || essence(before) !== essence(status)
        ? []
        : ['a status was written that says what the one before it says'];
    }),
);

/** A heartbeat of 15 minutes, found due by a schedule of 15 minutes. */
const SILENT_MS = 32 * 60_000;

export const statusHasAHeartbeat = oracle(
  'L6-gap',
  'Where nothing goes wrong, and calls leave passes the time to end, a status is never older than 32 minutes when the next one is written.',
  'statuses',
  (sight, history) =>
    freshStatuses(history).flatMap((version) => {
      const before = predecessor(history, version);
      const age = version.at - (before?.at ?? version.at);
      const ranOut = history.invocations.some(
        ({ outcome, endedAt = 0 }) => outcome === 'timed out' && endedAt > version.at - age,
      );
      return before?.status && isFaultless(sight.story) && age > SILENT_MS && !ranOut
        ? [`the status before was ${Math.round(age / 60_000)} minutes old`]
        : [];
    }),
);

/** The numbers of these are news: a server's address, and how much a pool wants in vain. */
const EXACT: ReadonlySet<string> = new Set(['Serving', 'BudgetReached']);

/** What moves by itself is left out: clocks, money, renewed leases, and numbers inside of other sentences that name no deployment. */
function essence(status: Status): string {
  const { heartbeatAt, inventoryAt, cost, leases, next, stacks, actions, conditions, ...rest } = status;
  return JSON.stringify({
    ...rest,
    conditions: conditions.map(({ message, ...condition }) => ({
      ...condition,
      message: EXACT.has(condition.reason)
        ? message
        : message.replace(/(ecs-svc\/\d+)|[0-9.]+/g, (_, deployment) => deployment ?? '#'),
    })),
    leases: leases.map(({ expiresAt, ...lease }) => lease),
    next: next?.what,
    stacks: Object.entries(stacks).map(([name, { readAt, ...stack }]) => [name, stack]),
  });
}

/** Keys of AWS, PEM blocks and session tokens. */
const SECRET = /AKIA[0-9A-Z]{8}|ASIA[0-9A-Z]{8}|-----BEGIN|SecretAccessKey|SessionToken|PRIVATE KEY/;

export const noSecrets = oracle('S20', 'Status holds no secret.', 'statuses', (_, history) =>
  freshStatuses(history).flatMap(({ status }) => {
    const found = SECRET.exec(JSON.stringify(status));
    return found ? [`status holds ${found[0].slice(0, 10)}…`] : [];
  }),
);
