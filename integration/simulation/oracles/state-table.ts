/** What each stack and service state must lead to, written from AWS's state machines and not from the reconciler's code. */

/** What one look at a stack may come to. `wait` is Reconciling with a reason, `stall` is Stalled with one, `settled` neither. */
export type Outcome =
  | 'settled'
  | 'wait'
  | 'stall'
  | 'CreateStack'
  | 'UpdateStack'
  | 'DeleteStack'
  | 'CancelUpdate'
  | 'ContinueRollback'
  | 'RollbackStack';

interface StackRow {
  /** The stack has the shape that the spec wants. */
  same: readonly Outcome[];
  /** It has another one. */
  other: readonly Outcome[];
  /** The spec does not want it any more. */
  unwanted: readonly Outcome[];
}

const row = (same: Outcome[], other: Outcome[], unwanted: Outcome[]): StackRow => ({ same, other, unwanted });
const stable = row(['settled'], ['UpdateStack'], ['DeleteStack']);
const busy = row(['wait'], ['wait'], ['wait']);
/** Never became a stack that serves: deleting is the only operation that CloudFormation takes. */
const dead = row(['DeleteStack'], ['DeleteStack'], ['DeleteStack']);
const absent = row(['CreateStack'], ['CreateStack'], ['settled']);

export const NOT_FOUND = 'NOT_FOUND';
/** A status that AWS may add tomorrow. */
export const TOMORROW = 'RECONSIDER_COMPLETE';

/** The 23 values of the API reference's `StackStatus`, absence, and one that does not exist yet. */
export const STACK_ROWS: Readonly<Record<string, StackRow>> = {
  [NOT_FOUND]: absent,
  REVIEW_IN_PROGRESS: dead,
  CREATE_IN_PROGRESS: row(['wait'], ['wait', 'DeleteStack'], ['wait', 'DeleteStack']),
  // With rollback disabled: RollbackStack deletes what was never stable, so both ways end at absence.
  CREATE_FAILED: row(['DeleteStack', 'RollbackStack'], ['DeleteStack', 'RollbackStack'], ['DeleteStack']),
  CREATE_COMPLETE: stable,
  ROLLBACK_IN_PROGRESS: busy,
  ROLLBACK_FAILED: dead,
  ROLLBACK_COMPLETE: dead,
  // A newer valid revision must not wait for the roll-out of the one before it.
  UPDATE_IN_PROGRESS: row(['wait'], ['CancelUpdate'], ['CancelUpdate']),
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: row(['wait', 'settled'], ['wait'], ['wait']),
  UPDATE_COMPLETE: stable,
  UPDATE_FAILED: row(['RollbackStack'], ['RollbackStack'], ['RollbackStack', 'DeleteStack']),
  UPDATE_ROLLBACK_IN_PROGRESS: busy,
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: row(['wait', 'settled'], ['wait'], ['wait']),
  UPDATE_ROLLBACK_COMPLETE: stable,
  UPDATE_ROLLBACK_FAILED: row(['ContinueRollback'], ['ContinueRollback'], ['ContinueRollback', 'DeleteStack']),
  DELETE_IN_PROGRESS: busy,
  DELETE_COMPLETE: absent,
  DELETE_FAILED: dead,
  IMPORT_IN_PROGRESS: busy,
  IMPORT_COMPLETE: stable,
  IMPORT_ROLLBACK_IN_PROGRESS: busy,
  IMPORT_ROLLBACK_COMPLETE: stable,
  IMPORT_ROLLBACK_FAILED: row(['stall'], ['stall'], ['stall', 'DeleteStack']),
  [TOMORROW]: row(['stall'], ['stall'], ['stall']),
};

/** An ECS service as a row of the table; of a server, which is one task, each count is one at most. `counts` are desired and running tasks. */
export interface ServiceRow {
  state: 'absent' | 'ACTIVE' | 'DRAINING' | 'INACTIVE' | typeof SERVICE_TOMORROW;
  counts: readonly [number, number];
  rollout: 'COMPLETED' | 'IN_PROGRESS' | 'FAILED' | typeof ROLLOUT_TOMORROW | null;
}

/** A status of services and a state of roll-outs that AWS may add tomorrow. */
const SERVICE_TOMORROW = 'PAUSED';
const ROLLOUT_TOMORROW = 'RECONSIDERED';

export const SERVICE_ROWS: Readonly<Record<string, ServiceRow>> = {
  absent: { state: 'absent', counts: [0, 0], rollout: null },
  'active at zero': { state: 'ACTIVE', counts: [0, 0], rollout: 'COMPLETED' },
  active: { state: 'ACTIVE', counts: [2, 2], rollout: 'COMPLETED' },
  'rolling out': { state: 'ACTIVE', counts: [2, 1], rollout: 'IN_PROGRESS' },
  'roll-out failed': { state: 'ACTIVE', counts: [2, 0], rollout: 'FAILED' },
  draining: { state: 'DRAINING', counts: [0, 1], rollout: null },
  inactive: { state: 'INACTIVE', counts: [0, 0], rollout: null },
  'of a status to come': { state: SERVICE_TOMORROW, counts: [2, 2], rollout: 'COMPLETED' },
  'of a roll-out to come': { state: 'ACTIVE', counts: [2, 1], rollout: ROLLOUT_TOMORROW },
};

/** What people ask of the pool, or of the server: `change` is of that part. `keep` and `change` want two workers, `grow` four. A server goes only with its cluster. */
const INTENTS = ['keep', 'change', 'grow', 'sleep', 'remove', 'delete', 'suspend'] as const;
export type Intent = (typeof INTENTS)[number];

/** Whose stack and service are in that state; those of the other are in good order, a pool beside a server without tasks. */
const PARTS = ['pool', 'server'] as const;
export type Part = (typeof PARTS)[number];

export interface StateCase {
  part: Part;
  stack: string;
  service: string;
  intent: Intent;
  /** A live lease claims two workers of the pool. */
  leased: boolean;
}

export function stateCases(): StateCase[] {
  return PARTS.flatMap((part) =>
    Object.keys(STACK_ROWS).flatMap((stack) =>
      Object.keys(SERVICE_ROWS).flatMap((service) =>
        INTENTS.flatMap((intent) => [false, true].map((leased) => ({ part, stack, service, intent, leased }))),
      ),
    ),
  );
}

/** The part shall go. */
export const isUnwanted = ({ part, intent }: Pick<StateCase, 'part' | 'intent'>): boolean =>
  intent === 'delete' || (intent === 'remove' && part === 'pool');

const TAKES_AWAY: readonly Outcome[] = [
  'UpdateStack',
  'DeleteStack',
  'CancelUpdate',
  'RollbackStack',
  'ContinueRollback',
];

/** The outcomes that are right once a state was seen twice. */
export function allowedOutcomes(state: StateCase): Outcome[] {
  if (state.intent === 'suspend') return ['settled', 'wait', 'stall'];
  const base = wishOf(state);
  const service = SERVICE_ROWS[state.service] as ServiceRow;
  const tasks = service.counts[0] + service.counts[1] > 0;
  const outcomes = new Set([...base, ...ofService(state, service, base)]);
  // Taking tasks away waits until they have drained; where the claim is a lease's, until it has ended.
  if ((tasks || state.leased) && base.some((outcome) => TAKES_AWAY.includes(outcome))) outcomes.add('wait');
  // What a build has works on in whichever shape it has, also in one that nobody wants any more.
  if (hasWorkers(state)) for (const outcome of ['CancelUpdate', 'UpdateStack'] as const) outcomes.delete(outcome);
  // ECS gives a name to a new service only when the old one is INACTIVE, so creating the stack would fail.
  const taken = service.state !== 'absent' && service.state !== 'INACTIVE';
  if (taken && outcomes.delete('CreateStack')) for (const outcome of ['wait', 'stall'] as const) outcomes.add(outcome);
  return [...outcomes];
}

/** A lease of the pool has them: those that run are known to the farm. */
const hasWorkers = ({ part, service, leased }: StateCase): boolean =>
  part === 'pool' && leased && (SERVICE_ROWS[service] as ServiceRow).counts[1] > 0;

function wishOf({ stack, leased, ...what }: StateCase): Outcome[] {
  const table = STACK_ROWS[stack] as StackRow;
  if (what.intent === 'change') return [...table.other];
  if (!isUnwanted(what)) return [...table.same];
  // A lease outlives the removal of what it claims: until it ends, the pool may be kept as it is.
  return leased ? [...new Set<Outcome>(['wait', 'settled', ...table.same, ...table.unwanted])] : [...table.unwanted];
}

/** A stack may be in order while its service is not: counts move, a roll-out fails, a person deletes it by hand. */
function ofService(state: StateCase, service: ServiceRow, base: Outcome[]): Outcome[] {
  const kept = !isUnwanted(state);
  const failed = service.rollout === 'FAILED' && !base.includes('UpdateStack');
  const lost = service.state !== 'ACTIVE' && kept && (base.includes('settled') || base.includes('UpdateStack'));
  return [
    ...(base.includes('settled') ? (['wait'] as const) : []),
    ...(failed || service.state === SERVICE_TOMORROW ? (['stall'] as const) : []),
    ...(lost ? (['DeleteStack', 'UpdateStack', 'wait', 'stall'] as const) : []),
  ];
}

/** True where a stack in order hides that what it made is gone: that must not pass for settled. */
export function mustNotSettle({ stack, service, intent }: StateCase): boolean {
  const stable = (STACK_ROWS[stack] as StackRow).same.includes('settled') && !stack.includes('CLEANUP');
  const kept = intent === 'keep' || intent === 'grow' || intent === 'change';
  return stable && kept && (SERVICE_ROWS[service] as ServiceRow).state !== 'ACTIVE';
}

/** Why each is done, as docs/reasons.md says it. */
export const REASONS: Readonly<Partial<Record<Outcome, readonly string[]>>> = {
  CreateStack: ['StackAbsent', 'StackVanished'],
  UpdateStack: ['ShapeChanged', 'CountReleased'],
  DeleteStack: ['StackUnwanted', 'StackFailed', 'StackUnderReview', 'ServiceMissing', 'CreationSuperseded'],
  CancelUpdate: ['UpdateSuperseded'],
  ContinueRollback: ['StackHalfWay'],
  RollbackStack: ['StackHalfWay'],
};
