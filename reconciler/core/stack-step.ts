/** One stack's next step: what its state and the wanted shape call for. Every state has one decided answer. */
import { ecsClusterName } from '../../templates/names.ts';
import { createdTag, hasShape, isCreated, released, type StackShape } from '../../templates/shape.ts';
import {
  ATTEMPTS_MAX,
  attemptNumber,
  causes,
  mayYetBeMade,
  type Operation,
  pauseOf,
  type StackRecord,
  spent,
  tokenOf,
} from './attempts.ts';
import type { Observation, PresentStack as Present } from './observation.ts';
import type { Action, StackOperation } from './plan.ts';
import type { ActionReason, TroubleReason, WaitReason } from './reasons.ts';
import { isBeingDeleted, type ServiceFacts, type Situation } from './situation.ts';
import { type StackClass, stackClass } from './stack-table.ts';

/** A service that its stack should have must be missing this long before the stack is made anew: ECS may be late to show it. */
const MISSING_CONFIRMED_MS = 60_000;
/** A creation that nobody wants any more is given this long to end by itself. */
const CREATION_PATIENCE_MS = 5 * 60_000;

/** What of its tasks made it so is worth telling. */
const WENT_WRONG: ReadonlySet<StackClass> = new Set([
  'rolling-back',
  'failed-creation',
  'half-updated',
  'half-rolled-back',
]);

/** A service is missed for a while before its stack is made anew. */
type StackWait = WaitReason | 'ServiceMissing';
/** A stack that failed as often as it may is left as it is. */
type StackTrouble = TroubleReason | 'StackFailed';

export type StackStep =
  | { state: 'done' }
  /** `retryAt`: ISO instant of the next try, in the pause before it. */
  | { state: 'waiting'; reason: StackWait; message: string; retryAt?: string }
  | { state: 'stalled'; reason: StackTrouble; message: string }
  | { state: 'act'; action: Extract<Action, { stack: string }> };

/** Its stack is another cluster's, or is gone. */
export const isForeign = (step: StackStep | undefined): boolean =>
  step !== undefined && 'reason' in step && (step.reason === 'ForeignStack' || step.reason === 'ServiceLeftOver');

export interface StackWish {
  stack: string;
  /** Null: the stack shall not exist. */
  shape: StackShape | null;
  /** False while tasks that an update would replace, or a removal would stop, are claimed or busy. */
  quiet: boolean;
  /** Status sends builds to what it runs. */
  promised: boolean;
  /** Builds use workers of its pool. */
  claimed: boolean;
  /** Of the stack's service. */
  facts: ServiceFacts;
}

export function stackStep(o: Observation, s: Situation, wish: StackWish): StackStep {
  const read = o.stacks[wish.stack];
  const cached = s.previous?.stacks[wish.stack];
  if (!read) return unread(wish, cached);
  if (!read.known) return waiting('StackUnreadable', `stack ${wish.stack} could not be read: ${read.error}`);
  if (read.value.state === 'absent') return absent(s, wish, cached);
  const stack = read.value;
  const kind = stackClass(stack.status);
  if (kind === 'gone') return absent(s, wish, cached);
  const c = { s, wish, stack, cached };
  return kind === 'deleting' ? ANSWERS.deleting(c) : (foreign(s, wish, stack) ?? ANSWERS[kind](c));
}

/** Only a pass that saw no reason to read a stack comes here, so it is as the status says. */
function unread(wish: StackWish, cached: StackRecord | undefined): StackStep {
  const settled = wish.shape === null ? !cached : hasShape(cached?.hash, wish.shape.hash);
  return settled ? { state: 'done' } : waiting('StackNotRead', `stack ${wish.stack} was not read in this pass`);
}

function absent(s: Situation, wish: StackWish, cached: StackRecord | undefined): StackStep {
  const { stack, shape } = wish;
  const obstacle = stackless(s, wish);
  if (obstacle) return obstacle;
  if (!shape || isBeingDeleted(s)) return unwanted(s, wish, cached);
  const pause = pauseOf(s, wish, cached, 'create');
  if (pause) return pause;
  const evidence = { hash: shape.hash, attempt: attemptNumber(s, wish, cached, 'create') };
  const reason = cached?.id && !wasDeleted(cached) ? 'StackVanished' : 'StackAbsent';
  const token = tokenOf(s, wish, cached, 'create');
  return { state: 'act', action: { type: 'CreateStack', stack, shape, token, reason, evidence } };
}

/** By bbf, which has asked for it since the stack was last as it should be. */
const wasDeleted = ({ attempts = {} }: StackRecord) => (attempts.delete ?? attempts.clear) !== undefined;

/** That it is gone is believed once it can't be a look at the moment before it was made. */
function unwanted({ now }: Situation, { stack }: StackWish, cached: StackRecord | undefined): StackStep {
  if (!mayYetBeMade(cached, now)) return { state: 'done' };
  return waiting('StackBusy', `stack ${stack} was asked for at ${cached?.askedAt} and is not to be seen yet`);
}

/** A service of the stack's name that is still there: neither can the stack be made, nor is the cluster gone. */
function stackless({ installation }: Situation, { stack, facts }: StackWish): StackStep | null {
  if (facts.state === 'DRAINING') return waiting('ServiceDraining', `service ${stack} is being deleted`);
  if (!facts.exists) return null;
  const remedy = `if nobody else is about to, delete it: aws ecs delete-service --force --cluster ${ecsClusterName(installation)} --service ${stack}`;
  return waiting('ServiceLeftOver', `service ${stack} (${facts.state}) exists without its stack; ${remedy}`);
}

/** Only what carries this cluster's uid is bbf's to change. A stack under review holds nothing and may carry no tags yet. */
function foreign(s: Situation, wish: StackWish, stack: Present): StackStep | null {
  if (stack.uid === s.uid || (stack.uid === null && stack.status === 'REVIEW_IN_PROGRESS')) return null;
  const owner = stack.uid === null ? 'nobody that bbf knows' : `another cluster (uid ${stack.uid}, ours is ${s.uid})`;
  const ours =
    stack.uid === null ? '' : `if that is this one: bbf edit ${s.cluster}, and set metadata.uid to ${stack.uid}; `;
  const remedy = `${ours}if it is not needed: aws cloudformation delete-stack --stack-name ${wish.stack}`;
  return stalled('ForeignStack', `stack ${wish.stack} belongs to ${owner}; ${remedy}`);
}

interface Case {
  s: Situation;
  wish: StackWish;
  stack: Present;
  cached: StackRecord | undefined;
}

const ANSWERS: Record<Exclude<StackClass, 'gone'>, (c: Case) => StackStep> = {
  stable,
  creating,
  updating,
  cleaning: (c) => (wanted(c) ? { state: 'done' } : waiting('StackBusy', describe(c))),
  'rolling-back': (c) => waiting('RollingBack', describe(c)),
  deleting: (c) => waiting('StackBusy', describe(c)),
  importing: (c) => waiting('ForeignOperation', `${describe(c)}; bbf imports nothing: it waits for whoever does`),
  'failed-creation': failedCreation,
  undeleted,
  'half-updated': (c) => repair(c, 'RollbackStack', 'rollback'),
  'half-rolled-back': (c) => repair(c, 'ContinueRollback', 'continue'),
  stuck: (c) => stalled('StackStuck', `${describe(c)}; bbf has no way out of this state: repair or delete the stack`),
  unknown: (c) => stalled('UnknownStackStatus', `${describe(c)}, which this version of bbf does not know; upgrade bbf`),
};

const wanted = ({ wish, stack }: Case) =>
  wish.shape !== null && hasShape(stack.hash, wish.shape.hash) && !stack.lastChange?.byHand;
const describe = ({ wish, stack, cached }: Case) => {
  const why = causes(stack.reason, WENT_WRONG.has(stackClass(stack.status)) ? cached?.trouble : null);
  return `stack ${wish.stack} is ${stack.status}${why === '' ? '' : `: ${why}`}`;
};

function stable(c: Case): StackStep {
  if (!c.wish.shape) return remove(c);
  return serviceless(c) ?? (wanted(c) ? { state: 'done' } : update(c, c.wish.shape));
}

/** Somebody deleted the service and left the stack: CloudFormation can't update such a stack, so it is made anew. */
function serviceless(c: Case): StackStep | null {
  const { facts, stack: name } = c.wish;
  if (!c.s.servicesKnown || facts.state === 'ACTIVE') return null;
  if (facts.state === 'DRAINING')
    return waiting('ServiceDraining', `service ${name} is being deleted; bbf waits for it`);
  if (facts.exists) {
    return stalled(
      'UnknownServiceStatus',
      `service ${name} is ${facts.state}, which this version of bbf does not know`,
    );
  }
  const since = c.cached?.missingSince ? Date.parse(c.cached.missingSince) : c.s.now;
  if (c.s.now - since < MISSING_CONFIRMED_MS) return waiting('ServiceMissing', `${describe(c)}, but has no service`);
  return clear(c, 'ServiceMissing');
}

function creating(c: Case): StackStep {
  if (c.wish.shape && c.stack.hash === createdTag(c.wish.shape.hash)) return waiting('StackBusy', describe(c));
  const begun = c.cached?.attempts?.create?.at;
  const age = begun ? c.s.now - Date.parse(begun) : 0;
  if (age < CREATION_PATIENCE_MS) return waiting('StackBusy', describe(c));
  return c.wish.shape ? clear(c, 'CreationSuperseded') : remove(c);
}

/**
 * An update that is no longer wanted is called off: it may be waiting for tasks that will never be healthy. Where its tasks are workers that
 * builds use already, it is not.
 */
function updating(c: Case): StackStep {
  if (wanted(c)) return waiting('StackBusy', describe(c));
  if (c.wish.claimed) return waiting('UpdateWaits', `${describe(c)}; it is called off once no build uses its workers`);
  const pause = pauseOf(c.s, c.wish, c.cached, 'cancel');
  // Cancelled as often as may be: it ends by itself, at the latest when CloudFormation's own time is up.
  if (pause) return waiting('StackBusy', describe(c));
  return simply(c, 'CancelUpdate', 'cancel', 'UpdateSuperseded');
}

/** Under review nothing has begun that could have failed: whoever made the change set never executed it. */
function failedCreation(c: Case): StackStep {
  if (!c.wish.shape) return remove(c);
  return clear(c, c.stack.status === 'REVIEW_IN_PROGRESS' ? 'StackUnderReview' : 'StackFailed');
}

function undeleted(c: Case): StackStep {
  return c.wish.shape ? clear(c, 'StackFailed') : remove(c);
}

/**
 * Back to a state that can be updated, which replaces what runs; where that fails for good, a stack that nobody uses is made anew, as it
 * holds no data.
 */
function repair(c: Case, type: StackOperation, operation: Operation): StackStep {
  if (!c.wish.shape) return remove(c);
  if (spent(c.s, c.wish, c.cached, operation)) return clear(c, 'RollbackFailed');
  if (c.wish.promised) return waiting('UpdateWaits', `${describe(c)}; it is repaired once no build uses it`);
  return pauseOf(c.s, c.wish, c.cached, operation) ?? simply(c, type, operation, 'StackHalfWay');
}

function remove(c: Case): StackStep {
  if (!c.wish.quiet) return waiting('DrainsFirst', `stack ${c.wish.stack} is removed once its tasks are gone`);
  const pause = pauseOf(c.s, c.wish, c.cached, 'delete');
  if (pause?.state === 'stalled') {
    return stalled(
      'DeleteFailed',
      `${describe(c)}; deleting it failed ${ATTEMPTS_MAX} times. Remove what is named, then delete the stack by hand or write the document again`,
    );
  }
  return pause ?? simply(c, 'DeleteStack', 'delete', 'StackUnwanted');
}

/** Deletes a wanted stack, for the next pass to create it anew. A failed one that may not be created again stays as evidence. */
function clear(c: Case, reason: ActionReason): StackStep {
  const pause = pauseOf(c.s, c.wish, c.cached, 'create') ?? pauseOf(c.s, c.wish, c.cached, 'clear');
  // Before its tasks are asked to go for it.
  if (pause?.state === 'stalled')
    return stalled(
      reason === 'StackFailed' ? reason : 'RepairFailed',
      `${describe(c)}; making it anew failed ${ATTEMPTS_MAX} times. Repair the cause or change the spec; a new revision is tried again`,
    );
  if (!c.wish.quiet) return waiting('DrainsFirst', `${describe(c)}; it is made anew once its tasks are gone`);
  return pause ?? simply(c, 'DeleteStack', 'clear', reason);
}

function simply(c: Case, type: StackOperation, operation: Operation, reason: ActionReason): StackStep {
  const evidence = {
    status: c.stack.status,
    cause: c.stack.reason,
    attempt: attemptNumber(c.s, c.wish, c.cached, operation),
  };
  const token = tokenOf(c.s, c.wish, c.cached, operation);
  return { state: 'act', action: { type, stack: c.wish.stack, stackId: c.stack.id, token, reason, evidence } };
}

function update(c: Case, shape: StackShape): StackStep {
  const { s, wish, stack, cached } = c;
  const pause = pauseOf(s, wish, cached, 'update');
  if (pause) return pause;
  if (!wish.quiet) {
    return waiting('UpdateWaits', `stack ${wish.stack} is updated once its workers are free and drained`);
  }
  const evidence = { from: stack.hash, to: shape.hash, attempt: attemptNumber(s, wish, cached, 'update') };
  const token = tokenOf(s, wish, cached, 'update', stack.lastChange?.at);
  const asked = askedOf(stack, shape);
  return {
    state: 'act',
    action: { type: 'UpdateStack', stack: wish.stack, stackId: stack.id, token, evidence, ...asked },
  };
}

/** A template with a count in it, as the first one has and somebody else's may have: nothing grows before it is out of a roll-back's reach. */
function askedOf({ hash, lastChange }: Present, shape: StackShape): { shape: StackShape; reason: ActionReason } {
  if (isCreated(hash)) return { shape: released(shape), reason: 'CountReleased' };
  if (lastChange?.byHand) return { shape: released(shape), reason: 'ChangedByHand' };
  return { shape, reason: 'ShapeChanged' };
}

const waiting = (reason: StackWait, message: string): StackStep => ({ state: 'waiting', reason, message });
const stalled = (reason: StackTrouble, message: string): StackStep => ({ state: 'stalled', reason, message });
