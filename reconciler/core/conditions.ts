/** The conditions of one cluster, derived in one place. */
import { acceptance } from './acceptance.ts';
import { waitsForDay } from './cost.ts';
import type { Decision } from './decision.ts';
import { condition, type DraftCondition } from './draft-condition.ts';
import type { PoolGoal } from './goals.ts';
import type { Observation } from './observation.ts';
import { deletionWaits, failedRollout, heldBack, registered, troubleOf } from './obstacles.ts';
import { type Action, inWords, targetOf } from './plan.ts';
import { FOR_BUILDS, overdue, PROGRESS_DEADLINE_MS } from './progress.ts';
import type { Reason } from './reasons.ts';
import type { Situation } from './situation.ts';
import type { StackStep } from './stack-step.ts';

export interface Conditions {
  all: DraftCondition[];
  /** Something that is wanted is not there yet, whether or not it is stuck. */
  moving: boolean;
}

/** All nine, always, in the order of the status. */
export function conditionsOf(o: Observation, d: Decision): Conditions {
  const server = serverAvailable(d);
  const workers = workersAvailable(d);
  const movement = movementOf(o, d, server, workers);
  const stalled = stalling(o, d, movement);
  const reconciling: DraftCondition =
    stalled.status === 'True' ? { ...stalled, type: 'Reconciling', status: 'False' } : movement;
  const all = [
    readiness(d, stalled, movement),
    reconciling,
    stalled,
    acceptance(o),
    server,
    workers,
    asleep(d),
    activityKnown(d.situation),
    withinBudget(d),
  ];
  return { all, moving: movement.status === 'True' };
}

function readiness(d: Decision, stalled: DraftCondition, movement: DraftCondition): DraftCondition {
  const not = (cause: DraftCondition): DraftCondition => ({ ...cause, type: 'Ready', status: 'False' });
  if (stalled.status === 'True') return not(stalled);
  if (movement.status === 'True' || movement.reason === 'Suspended') return not(movement);
  if (d.goals.deleting) return condition('Ready', 'False', 'Deleted', 'the cluster is deleted');
  if (d.sleep.asleep) return condition('Ready', 'True', 'Asleep', 'at zero; a lease or an edit wakes it');
  return condition('Ready', 'True', 'Converged', `everything that ${askedOf(d)} is running`);
}

/** What a budget holds back is asked for, and not running. */
function askedOf({ goals }: Decision): string {
  const isShort = Object.values(goals.pools).some(
    ({ limitedBy, unlimited, wanted }) => limitedBy === 'budget' && unlimited > wanted,
  );
  return isShort ? 'spec.budget allows' : 'is wanted';
}

function movementOf(o: Observation, d: Decision, server: DraftCondition, workers: DraftCondition): DraftCondition {
  const moves = (reason: Reason, message: string, target?: string) =>
    condition('Reconciling', 'True', reason, message, target);
  const settled = (reason: Reason, message: string) => condition('Reconciling', 'False', reason, message);
  if (d.situation.spec.suspend) return settled('Suspended', 'spec.suspend is true: nothing is changed');
  if (!d.situation.servicesKnown) {
    return moves('ServicesUnreadable', 'ECS could not be read; nothing is counted until it can');
  }
  const acting = d.actions.find((action) => action.type !== 'SetFastSchedule' && !isSurplus(d, action));
  if (acting) return moves(acting.reason, inWords(acting), targetOf(acting));
  const held = firstStep(d, 'act');
  if (held) {
    const { reason, message } = heldBack(held.step);
    return moves(reason, message, held.stack);
  }
  const waiting = firstStep(d, 'waiting');
  if (waiting) return moves(waiting.step.reason, waiting.step.message, waiting.stack);
  const lease = deletionWaits(d);
  if (lease) return moves(lease.reason, lease.message);
  if (d.goals.deleting && o.inventory?.known === false) {
    const message = `its stacks could not be listed: ${o.inventory.error}; the deletion ends once a listing finds none`;
    return moves('InventoryUnreadable', message);
  }
  if (d.goals.server.wanted === 1 && server.status !== 'True') {
    return moves(server.reason, server.message);
  }
  if (workers.status !== 'True') return moves(workers.reason, workers.message);
  if (!leaving(d)) return settled('Settled', 'nothing to do');
  if (d.sleep.asleep) return moves('GoingToSleep', 'workers finish, then the server stops');
  if (d.goals.deleting) return moves('Draining', 'workers finish what they run, then stop');
  // Everything that is wanted is there, so builds need not wait for what is on its way out.
  return settled('Draining', 'workers that nothing wants finish what they run, then stop');
}

/** Something is on its way out. */
export function leaving(d: Decision): boolean {
  if (d.situation.spec.suspend) return false;
  const all = [d.situation.server, ...Object.values(d.situation.pools)];
  const stops = all.some((facts) => facts.running > facts.desired) || d.actions.some((action) => isSurplus(d, action));
  const atZero = all.every((facts) => facts.desired + facts.running + facts.pending === 0);
  const draining = Object.values(d.pools).some((step) => step.draining.length > 0);
  return stops || draining || (d.sleep.asleep !== null && !atZero);
}

/** Workers that leave a cluster which goes on working. */
function isSurplus(d: Decision, action: Action): boolean {
  if (d.sleep.asleep || d.goals.deleting || action.type !== 'SetDesiredCount') return false;
  return action.to < action.from && action.service !== d.wishes.server.stack;
}

function stalling(o: Observation, d: Decision, reconciling: DraftCondition): DraftCondition {
  const stuck = firstStep(d, 'stalled');
  if (stuck) return condition('Stalled', 'True', stuck.step.reason, stuck.step.message, stuck.stack);
  const failed = failedRollout(d);
  if (failed) return condition('Stalled', 'True', failed.reason, failed.message, failed.stack);
  return (
    late(d, reconciling) ??
    blind(o, d.situation) ??
    condition('Stalled', 'False', 'Progressing', 'nothing needs a person')
  );
}

function patient(s: Situation, reason: Reason): boolean {
  // A lease ends by itself, or by its holder's hand.
  if (reason === 'LeaseHolds') return s.leases !== null;
  if (!FOR_BUILDS.has(reason) || s.activity.state !== 'known') return false;
  const { queued, running } = s.activity.activity;
  return queued + running > 0 || (s.leases?.length ?? 0) > 0;
}

/** Without the leases nothing is taken away: a cluster that nobody uses would run and cost for ever, and nobody would know why. */
function blind({ leases }: Observation, { now, cluster, spec, previous }: Situation): DraftCondition | null {
  const since = previous?.leasesUnreadSince;
  if (leases.known || spec.suspend || since === undefined || now - Date.parse(since) < PROGRESS_DEADLINE_MS)
    return null;
  const message = `the leases could not be read since ${since}: ${leases.error}; until they can, nothing shrinks or goes to sleep. See clusters/${cluster}/leases/ in the bucket, and what the reconciler may read there`;
  return condition('Stalled', 'True', 'LeasesUnreadable', message);
}

/** What has not moved for long is said to be stuck, with what it waits for; bbf goes on trying all the same. */
function late(d: Decision, reconciling: DraftCondition): DraftCondition | null {
  const s = d.situation;
  if (reconciling.status !== 'True' || patient(s, reconciling.reason) || !overdue(s, d.progress)) return null;
  const message = `nothing has moved since ${new Date(d.progress).toISOString()} (${reconciling.reason}: ${reconciling.message}); bbf keeps trying. Its log: bbf logs --cluster=${s.cluster}`;
  return condition('Stalled', 'True', 'ProgressDeadlineExceeded', message);
}

function serverAvailable(d: Decision): DraftCondition {
  const s = d.situation;
  const is = (status: DraftCondition['status'], reason: Reason, message: string) =>
    condition('ServerAvailable', status, reason, message);
  if (!s.servicesKnown) return is('Unknown', 'ServicesUnreadable', 'ECS could not be read');
  if (s.activity.state === 'known') return is('True', 'Serving', `at ${s.activity.activity.server.endpoint}`);
  if (d.goals.server.wanted === 0) {
    const reason = d.sleep.asleep ? 'Asleep' : 'NotWanted';
    return is('False', reason, `no server runs: ${d.goals.server.because}`);
  }
  const trouble = s.server.troubles[0] ?? (d.serverStack.state === 'done' ? lastTrouble(s) : undefined);
  if (s.server.running > 0 && s.activity.state === 'unknown' && trouble === undefined)
    return is('False', 'NotReported', s.activity.why);
  return trouble ? is('False', 'TaskTrouble', trouble) : is('False', 'Starting', 'the server is starting');
}

/** Between one task that fails and the next ECS says nothing: until one reports, the last word stands. */
function lastTrouble({ previous }: Situation): string | undefined {
  return previous?.conditions.find(({ type, reason }) => type === 'ServerAvailable' && reason === 'TaskTrouble')
    ?.message;
}

function workersAvailable(d: Decision): DraftCondition {
  const is = (status: DraftCondition['status'], reason: Reason, message: string) =>
    condition('WorkersAvailable', status, reason, message);
  const pools = Object.entries(d.goals.pools).map(([name, goal]) => ({
    name,
    wanted: goal.wanted,
    has: registered(d, name),
  }));
  const total = pools.reduce((sum, pool) => sum + pool.wanted, 0);
  if (total === 0) return is('True', 'NoneWanted', 'no workers are wanted');
  const counts = pools.map(({ name, wanted, has }) => `${name} ${Math.min(has, wanted)}/${wanted}`).join(', ');
  const short = pools.filter(({ wanted, has }) => has < wanted);
  if (short.length === 0) return is('True', 'AllRegistered', counts);
  const trouble = short.map(({ name }) => troubleOf(d, name)).find((text) => text !== undefined);
  return trouble ? is('False', 'TaskTrouble', `${counts}; ${trouble}`) : is('False', 'Starting', counts);
}

function asleep(d: Decision): DraftCondition {
  if (d.sleep.asleep)
    return condition('Asleep', 'True', 'Idle', `since ${d.sleep.asleep.since}; a lease or an edit wakes it`);
  const why =
    d.sleep.busy.length > 0 ? d.sleep.busy.join(', ') : `idle for less than ${d.situation.spec.scaling.idleAfter}`;
  return condition('Asleep', 'False', d.sleep.busy.length > 0 ? 'Busy' : 'Awake', why);
}

function activityKnown(s: Situation): DraftCondition {
  if (s.activity.state === 'known') return condition('ActivityKnown', 'True', 'Reported', 'the farm reports');
  if (s.activity.state === 'not-expected') return condition('ActivityKnown', 'Unknown', 'NoServer', 'no server runs');
  return condition('ActivityKnown', 'False', s.activity.reason, s.activity.why);
}

function withinBudget(d: Decision): DraftCondition {
  const cut = Object.entries(d.goals.pools).find(([, goal]) => goal.limitedBy === 'budget');
  if (!cut) return condition('WithinBudget', 'True', 'WithinBudget', 'the budget holds nothing back');
  const [name, goal] = cut;
  const allowed = goal.kept ? `fewer than the ${goal.wanted} that leases keep` : `${goal.wanted}`;
  const message = `pool ${name} wants ${goal.unlimited} workers, the budget allows ${allowed}: ${budgetReached(d.situation, goal)}; raise spec.budget or lower the pool`;
  return condition('WithinBudget', 'False', 'BudgetReached', message);
}

/** What has been spent so far moves by itself, and is no part of it. */
function budgetReached({ spec }: Situation, goal: PoolGoal): string {
  const { usdPerHour, usdPerDay } = spec.budget;
  const day = `the ${usdPerDay} USD of this day are spent, and`;
  if (waitsForDay(goal)) return `${day} the next one begins at midnight UTC`;
  const hour = `an hour may cost ${usdPerHour} USD`;
  return goal.nextDay === undefined ? hour : `${day} ${hour}`;
}

type StepThat<State> = Extract<StackStep, { state: State }>;

/** The first of the server and the pools in their order, with the name of its stack. */
function firstStep<State extends StackStep['state']>(d: Decision, state: State) {
  const pools = Object.entries(d.poolStacks).map(([pool, step]) => ({ stack: d.wishes.pools[pool]?.stack, step }));
  return [{ stack: d.wishes.server.stack, step: d.serverStack }, ...pools].find(
    (one): one is { stack: string; step: StepThat<State> } => one.step.state === state,
  );
}
