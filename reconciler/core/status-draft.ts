/** The status that a decision leads to, if every action of it succeeds. */
import type { PoolStatus, Status } from '../../config-schema/documents.ts';
import { engineOf } from '../../templates/engine.ts';
import { mayYetBeMade, recorded, type StackRecord } from './attempts.ts';
import type { PoolStep } from './capacity.ts';
import { withTimes } from './condition-times.ts';
import type { Conditions } from './conditions.ts';
import type { Decision } from './decision.ts';
import type { PoolWish } from './demand.ts';
import type { DraftCondition } from './draft-condition.ts';
import { leaseStatuses } from './live-leases.ts';
import type { Observation, PresentStack } from './observation.ts';
import { type Obstacle, poolObstacle, serverObstacle, troubleOf } from './obstacles.ts';
import type { Action } from './plan.ts';
import type { WaitReason } from './reasons.ts';
import {
  presentWorkers,
  recordOf,
  type ServiceFacts,
  type Situation,
  serverIdle,
  serverSince,
  standsStill,
} from './situation.ts';
import { isForeign, type StackStep, type StackWish } from './stack-step.ts';
import { rests, type StackClass, stackClass } from './stack-table.ts';
import { isAwake } from './watched.ts';

const iso = (at: number) => new Date(at).toISOString();

export function draftStatus(o: Observation, d: Decision, { all, moving }: Conditions, next: Status['next']): Status {
  const s = d.situation;
  const newest = 'revision' in o.document ? o.document.revision : (o.status?.observedRevision ?? s.revision);
  const wakes = d.actions.some((action) => isCount(action, d.wishes.server.stack) && action.to > action.from);
  return {
    apiVersion: 'bbf/v1',
    kind: 'Status',
    cluster: o.cluster,
    uid: s.uid,
    observedRevision: dealtWith(o, d, all) ? newest : (o.status?.observedRevision ?? null),
    acceptedRevision: s.revision,
    acceptedEtag: s.etag,
    conditions: withTimes(all, o.status?.conditions ?? [], o.now, newest),
    server: {
      ...counts(s.server, d, d.wishes.server.stack, o.status?.server),
      since: wakes ? iso(o.now) : serverSince(o, s.server),
      ...queuesOf(o, d),
      ...waiting(serverObstacle(d)),
    },
    ...endpointsOf(o, d),
    pools: poolStatuses(d),
    leases: leaseStatuses(s.leases ?? [], s.pools),
    ...(s.leases === null && { leasesUnreadSince: o.status?.leasesUnreadSince ?? iso(o.now) }),
    stacks: stackStatuses(o, d),
    idleSince: d.sleep.idleSince === null ? null : iso(d.sleep.idleSince),
    asleep: d.sleep.asleep,
    progressAt: moving ? iso(d.progress) : null,
    inventoryAt: o.inventory?.known ? iso(o.now) : (o.status?.inventoryAt ?? null),
    ...(d.goals.deleting && { deleting: true as const }),
    awake: isAwake(o, d),
    problems: o.document.state === 'invalid' ? o.document.problems : [],
    actions: [],
    cost: d.cost,
    next,
    heartbeatAt: iso(o.now),
    version: o.version,
  };
}

/** Of the server as it stands: its stack’s last update made them. Absent for an engine that needs none, and as long as nobody knows. */
function queuesOf(o: Observation, { situation: s, serverStack }: Decision): Pick<Status['server'], 'pools'> {
  const before = s.previous?.server.pools;
  if (serverStack.state !== 'done') return before === undefined ? {} : { pools: before };
  return engineOf(s.spec.engine, o.defaultEngine).companions ? { pools: Object.keys(s.spec.pools) } : {};
}

/** A revision is answered once it is done, refused, suspended, or stalled with a reason. */
function dealtWith(o: Observation, d: Decision, conditions: DraftCondition[]): boolean {
  const holds = (type: DraftCondition['type']) => conditions.some((c) => c.type === type && c.status === 'True');
  return o.document.state === 'invalid' || d.situation.spec.suspend || holds('Ready') || holds('Stalled');
}

type CountAction = Extract<Action, { type: 'SetDesiredCount' }>;
const isCount = (action: Action, service: string): action is CountAction =>
  action.type === 'SetDesiredCount' && action.service === service;

type Told = Pick<Status['server'], 'desired' | 'running' | 'pending' | 'toldAt'>;

function counts(facts: ServiceFacts, d: Decision, service: string, before: Told | undefined) {
  // What could not be read is as it was.
  if (!d.situation.servicesKnown && before) {
    return { desired: before.desired, running: before.running, pending: before.pending, toldAt: before.toldAt ?? null };
  }
  const told = d.actions.find((action) => isCount(action, service)) as CountAction | undefined;
  const toldAt = told ? iso(d.situation.now) : (before?.toldAt ?? null);
  return { desired: told?.to ?? facts.desired, running: facts.running, pending: facts.pending, toldAt };
}

function poolStatuses(d: Decision): Status['pools'] {
  const s = d.situation;
  const listed = Object.entries(d.pools).filter(([pool]) => s.spec.pools[pool] || !gone(d, pool));
  return Object.fromEntries(
    listed.map(([pool, step]) => {
      const goal = d.goals.pools[pool];
      const facts = s.pools[pool] as ServiceFacts;
      const trouble = troubleOf(d, pool);
      return [
        pool,
        {
          ...offerOf(s, pool, d.poolStacks[pool]),
          wanted: goal?.wanted ?? 0,
          because: goal?.because ?? '',
          ...limit(goal, s.spec.pools[pool]?.workers),
          ...counts(facts, d, d.wishes.pools[pool]?.stack ?? '', s.previous?.pools[pool]),
          registered: presentWorkers(s, pool).length,
          draining: drainingOf(d, pool, step),
          lessSince: step.lessSince === null ? null : iso(step.lessSince),
          ...(goal?.atOnce && { atOnce: goal.atOnce }),
          ...(goal?.rolledFrom !== undefined && { rolledFrom: goal.rolledFrom }),
          ...waiting(poolObstacle(d, pool)),
          ...(trouble !== undefined && { trouble }),
        },
      ];
    }),
  );
}

/** Its stack is not updated, or nobody knows: whoever works in the pool is as the pass before saw it. */
const AS_BEFORE: ReadonlySet<string> = new Set<WaitReason>([
  'UpdateWaits',
  'DrainsFirst',
  'StackUnreadable',
  'StackNotRead',
]);

/** What builds ask for to land on its workers, which an edit has not reached while builds have them. */
function offerOf(
  s: Situation,
  pool: string,
  step: StackStep | undefined,
): Pick<PoolStatus, 'platform' | 'architecture'> {
  const wanted = s.spec.pools[pool];
  if (!wanted) return {};
  const before = step?.state === 'waiting' && AS_BEFORE.has(step.reason) ? s.previous?.pools[pool] : undefined;
  const { platform = wanted.platform, architecture = wanted.architecture } = before ?? {};
  return { platform, architecture };
}

/** Whom the farm shall have drain: nobody of another cluster, and nobody else than before while nothing is changed. */
function drainingOf({ situation: s, poolStacks }: Decision, pool: string, step: PoolStep): string[] {
  if (isForeign(poolStacks[pool])) return [];
  return s.spec.suspend ? (s.previous?.pools[pool]?.draining ?? []) : step.draining;
}

/** Absent where a lease keeps all that is asked for, whatever the limit. */
function limit(goal: PoolWish | undefined, askedBySpec = 0): Pick<PoolStatus, 'limit'> {
  if (goal?.limitedBy === undefined || goal.unlimited <= goal.wanted) return {};
  return { limit: { by: goal.limitedBy, asked: goal.unlimited, askedBySpec } };
}

/** Absent where nothing is waited for: a converged cluster's status is as it was. */
const waiting = (obstacle: Obstacle | null) => (obstacle ? { waiting: obstacle } : {});

/** A pool that is not in the spec leaves the status when its stack has left CloudFormation, in two looks one after the other. */
function gone(d: Decision, pool: string): boolean {
  const before = d.situation.previous?.stacks[d.wishes.pools[pool]?.stack ?? ''];
  return d.poolStacks[pool]?.state === 'done' && !d.situation.pools[pool]?.exists && !before?.id;
}

function stackStatuses(o: Observation, d: Decision): Status['stacks'] {
  const pools = Object.entries(d.wishes.pools).map(([pool, wish]) => ({ wish, step: d.poolStacks[pool] }));
  return Object.fromEntries(
    [{ wish: d.wishes.server, step: d.serverStack }, ...pools].flatMap(({ wish, step }) => {
      const entry = stackStatus(o, d, wish, step);
      return entry ? [[wish.stack, entry]] : [];
    }),
  );
}

function stackStatus(o: Observation, d: Decision, wish: StackWish, step: StackStep | undefined): StackRecord | null {
  const before = recordOf(o, d.situation.uid, wish.stack);
  const attempts = attemptsOf(o, d, wish);
  const read = o.stacks[wish.stack];
  if (!read?.known) return before ? { ...before, attempts } : null;
  const asked = askedOf(o, d, wish);
  if (read.value.state === 'present')
    return {
      ...presentRecord(d.situation, step, read.value, before, attempts),
      ...asked,
      ...troubleOfTasks(wish, step, read.value, before),
    };
  const isOfUse = Object.keys(attempts).length > 0 || asked.askedAt !== undefined;
  return isOfUse ? { id: '', status: 'ABSENT', hash: null, readAt: iso(o.now), attempts, ...asked } : null;
}

/** When it was called for, as long as that makes a difference: what shall be deleted is no longer on its way. */
function askedOf(o: Observation, d: Decision, wish: StackWish): Pick<StackRecord, 'askedAt'> {
  const before = recordOf(o, d.situation.uid, wish.stack);
  const type = actionOn(d, wish)?.type;
  if (type === 'CreateStack') return { askedAt: iso(o.now) };
  return type !== 'DeleteStack' && mayYetBeMade(before, o.now) ? { askedAt: before?.askedAt } : {};
}

type StackAction = Extract<Action, { stack: string }>;

const actionOn = (d: Decision, { stack }: StackWish) =>
  d.actions.find((action): action is StackAction => 'stack' in action && action.stack === stack);

function presentRecord(
  { now, uid }: Situation,
  step: StackStep | undefined,
  { id, status, lastChange, ...tags }: PresentStack,
  before: StackRecord | undefined,
  attempts: StackRecord['attempts'],
): StackRecord {
  const byHand = lastChange?.byHand === true;
  const isTold = lastChange !== null || !rests(status);
  // Another cluster's stack may be of the very same shape, and one that somebody changed, or may have, may say that it is: it is to be read again all the same.
  const hash = tags.uid === uid && isTold && !byHand ? tags.hash : null;
  const settled = step?.state === 'done' && status.endsWith('_COMPLETE');
  const changedAt = byHand ? before?.changedAt : (lastChange?.at ?? before?.changedAt);
  const missing = step?.state === 'waiting' && step.reason === 'ServiceMissing';
  return {
    id,
    status,
    hash,
    readAt: iso(now),
    ...(changedAt !== undefined && { changedAt }),
    attempts: settled ? {} : attempts,
    ...(missing && { missingSince: before?.missingSince ?? iso(now) }),
  };
}

/** What the next try, or the end of the tries, is explained with: once a failed change is rolled back, ECS has nothing to say any more. */
function troubleOfTasks(
  { facts }: StackWish,
  step: StackStep | undefined,
  { status }: PresentStack,
  before: StackRecord | undefined,
): Pick<StackRecord, 'trouble'> {
  // As it is wanted; or a change begins.
  if (step?.state === 'done' || step?.state === 'act') return {};
  const [said] = facts.troubles;
  const kind = stackClass(status);
  const isUnderWay = kind === 'creating' || kind === 'updating';
  // The tasks of a roll-back are those from before.
  const trouble = isUnderWay
    ? (said ?? before?.trouble)
    : (before?.trouble ?? (kind === 'rolling-back' ? said : undefined));
  return trouble === undefined ? {} : { trouble };
}

function attemptsOf(o: Observation, d: Decision, wish: StackWish): NonNullable<StackRecord['attempts']> {
  const before = recordOf(o, d.situation.uid, wish.stack);
  const action = actionOn(d, wish);
  if (!action) return before?.attempts ?? {};
  const read = o.stacks[wish.stack];
  const cause = read?.known && read.value.state === 'present' ? read.value.reason : null;
  return recorded(d.situation, wish, before, action, cause);
}

/** Nobody is sent to a server that has not reported, nor to one that is about to be replaced. */
function endpointsOf(o: Observation, d: Decision): Pick<Status, 'endpoint' | 'privateEndpoint'> {
  const { activity } = d.situation;
  if (activity.state !== 'known' || isReplaced(o, d)) return { endpoint: null };
  const { endpoint, privateEndpoint } = activity.activity.server;
  return { endpoint, ...(privateEndpoint !== undefined && { privateEndpoint }) };
}

const UPDATING: ReadonlySet<string> = new Set<WaitReason>(['StackBusy', 'RollingBack']);
const WAITS_FOR_QUIET: ReadonlySet<string> = new Set<WaitReason>(['UpdateWaits', 'DrainsFirst']);

/** Its stack is being updated, or will be, or is made anew, in the next pass if nobody takes a lease before (see `isAnnounced` in shapes.ts). */
function isReplaced(o: Observation, { situation: s, serverStack: step, wishes }: Decision): boolean {
  if (standsStill(o, s)) return false;
  if (step.state === 'act') return step.action.type !== 'CreateStack';
  if (step.state !== 'waiting') return false;
  if (WAITS_FOR_QUIET.has(step.reason)) return serverIdle(s);
  return UPDATING.has(step.reason) || (step.reason === 'StackBackoff' && isHalfWay(o.stacks[wishes.server.stack]));
}

const BETWEEN_TRIES = new Set<StackClass>(['half-updated', 'half-rolled-back', 'undeleted']);

/** The next try takes its tasks along. */
const isHalfWay = (read: Observation['stacks'][string] | undefined): boolean =>
  read?.known === true && read.value.state === 'present' && BETWEEN_TRIES.has(stackClass(read.value.status));
