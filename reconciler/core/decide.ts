/** The one decision: from all that a pass observed to what it does. Pure, and total over everything that AWS can answer. */
import type { Status } from '../../config-schema/documents.ts';
import { isCreated, isReleased } from '../../templates/shape.ts';
import { type PoolStep, poolStep, shrinkDue } from './capacity.ts';
import { conditionsOf } from './conditions.ts';
import { costOf, dayBudgetLeft, earlierPrices } from './cost.ts';
import type { Decision } from './decision.ts';
import { doubted } from './doubt.ts';
import { goalsOf } from './goals.ts';
import { holdPlan } from './hold.ts';
import { nextOf } from './next.ts';
import type { Observation } from './observation.ts';
import { afterServer } from './other-engine.ts';
import { type Action, type Plan, targetOf } from './plan.ts';
import { progressAt } from './progress.ts';
import { outdatedPools, poolsToRoll, stackWishes } from './shapes.ts';
import { isBare, isBeingDeleted, type Situation, situationOf, standsStill } from './situation.ts';
import { decideSleep } from './sleep.ts';
import { isForeign, type StackStep, stackStep } from './stack-step.ts';
import { scalable, stackClass } from './stack-table.ts';
import { draftStatus } from './status-draft.ts';
import { fastSchedule } from './watched.ts';

/** Never throws: what can't be decided on what was observed is a plan without actions, whose status says why. */
export function decide(observed: Observation): Plan {
  const o = doubted(observed);
  const situation = situationOf(o);
  if (!situation) return holdPlan(o);
  const decision = decisionOf(o, situation);
  const conditions = conditionsOf(o, decision);
  const next = nextOf(decision, conditions);
  const status: Status = draftStatus(o, decision, conditions, next.next);
  const gone = nothingLeft(o, decision);
  // Seen twice, because one look may be of a moment ago.
  const forget = gone && !sawStacks(situation) ? 'cluster' : null;
  const lookAgainAt = gone ? o.now + GONE_PAUSE_MS : next.lookAgainAt;
  return { actions: decision.actions, status, lookAgainAt: forget ? null : lookAgainAt, forget };
}

/** Between the two looks that find nothing left of a deleted cluster: somebody waits for the second one. */
const GONE_PAUSE_MS = 5_000;

/** True of the pass before. */
const sawStacks = ({ previous }: Situation) => Object.values(previous?.stacks ?? {}).some((stack) => stack.id !== '');

/** True once a deletion has removed every stack of the cluster. */
function nothingLeft(o: Observation, d: Decision): boolean {
  const steps = [d.serverStack, ...Object.values(d.poolStacks)];
  const removed = d.wishes.server.shape === null && steps.every((step) => step.state === 'done');
  return d.goals.deleting && !d.situation.spec.suspend && removed && isBare(o);
}

function decisionOf(o: Observation, s: Situation): Decision {
  const sleep = decideSleep(s);
  // A deletion waits for running builds before it removes a stack.
  const removed = isBeingDeleted(s) && s.leases?.length === 0;
  const wishes = stackWishes(o, s, removed);
  const earlier = earlierPrices(s, outdatedPools(o, s, wishes));
  const cost = costOf(s, earlier);
  const serverStack = stackStep(o, s, wishes.server);
  const poolStacks = Object.fromEntries(
    Object.entries(wishes.pools).map(([pool, wish]) => [pool, afterServer(o, s, serverStack, stackStep(o, s, wish))]),
  );
  const waits = (pool: string) => {
    const step = poolStacks[pool];
    return step?.state === 'waiting' && (step.reason === 'UpdateWaits' || step.reason === 'DrainsFirst');
  };
  const goals = goalsOf(s, sleep, dayBudgetLeft(s, cost), poolsToRoll(s, wishes, waits), earlier);
  const pools = Object.fromEntries(
    Object.entries(goals.pools).map(([pool, goal]) => [pool, poolStep(s, pool, goal.wanted, goal.rush)]),
  );
  const dues = Object.entries(pools).flatMap(([pool, step]) => shrinkDue(s, step, goals.pools[pool]?.rush) ?? []);
  const wanted = Object.fromEntries(Object.entries(goals.pools).map(([pool, goal]) => [pool, goal.wanted]));
  const progress = progressAt(o, s, wanted);
  const decision = { situation: s, sleep, goals, cost, wishes, serverStack, poolStacks, pools, progress };
  return { ...decision, shrinkDue: dues.length > 0 ? Math.min(...dues) : null, actions: actionsOf(o, decision) };
}

/** Growth may be many; of what disturbs, one for each pass: updates and removals of stacks, and lower counts. */
function actionsOf(o: Observation, d: Omit<Decision, 'actions' | 'shrinkDue'>): Action[] {
  const s = d.situation;
  if (standsStill(o, s)) return [];
  const stacks = [d.serverStack, ...Object.values(d.poolStacks)].flatMap((step) =>
    step.state === 'act' ? step.action : [],
  );
  const counts = [serverCount(d), ...Object.entries(d.pools).map(([pool, step]) => poolCount(d, pool, step))]
    .flat()
    .filter((action) => isOurs(o, d, action) && (disturbs(action) || mayGrow(o, d, action)));
  const all = [...fastSchedule(d), ...stacks, ...counts];
  const calm = all.filter((action) => !disturbs(action));
  // Without the leases nobody knows what a disturbance would hit.
  const disturbing = s.leases === null ? [] : all.filter(disturbs);
  // What AWS refuses again and again shall not keep the others from their turn.
  const refused = disturbing.findIndex((action) => wasRefused(s, action));
  const next = disturbing[(refused + 1) % disturbing.length];
  return next ? [...calm, next] : calm;
}

/** In the pass before. */
const wasRefused = ({ previous }: Situation, action: Action): boolean =>
  previous?.actions.some(
    ({ type, target, outcome }) => type === action.type && target === targetOf(action) && outcome === 'failed',
  ) ?? false;

type Steps = Pick<Decision, 'situation' | 'wishes' | 'serverStack' | 'poolStacks'>;

/** Of the stack that the service of a count belongs to. */
function stepOf(d: Steps, service: string): StackStep | undefined {
  const pool = Object.keys(d.poolStacks).find((name) => d.wishes.pools[name]?.stack === service);
  return pool === undefined ? d.serverStack : d.poolStacks[pool];
}

/** A service whose stack is another cluster's is not counted, neither up nor down; nor one of which nobody can tell. */
function isOurs(o: Observation, d: Steps, action: Action): boolean {
  if (action.type !== 'SetDesiredCount') return true;
  const { service } = action;
  // The word of an earlier pass, which notes the tag of its own stacks only.
  if (!o.stacks[service]?.known) return d.situation.previous?.stacks[service]?.hash != null;
  return !isForeign(stepOf(d, service));
}

/**
 * A count is not raised under a stack that is being made or removed (CloudFormation would wait for its tasks, or take them along),
 * nor before an update that is due: its tasks would be replaced as soon as they run.
 */
function mayGrow(o: Observation, d: Steps, action: Action): boolean {
  if (action.type !== 'SetDesiredCount') return true;
  const read = o.stacks[action.service];
  const seen =
    read?.known && read.value.state === 'present' ? read.value : d.situation.previous?.stacks[action.service];
  if (seen && !(scalable(seen.status) && keepsCounts(seen))) return false;
  const step = stepOf(d, action.service);
  const unclaimed = d.situation.leases?.length === 0;
  return step?.state !== 'act' && !(step?.state === 'waiting' && step.reason === 'StackBackoff' && unclaimed);
}

/**
 * False while a roll-back of the stack would set its service to the count of its creation: its first update has not begun, or is not
 * over (docs/decisions/0010).
 */
function keepsCounts({ hash, status }: { hash: string | null; status: string }): boolean {
  return (
    !isCreated(hash) && !(isReleased(hash) && stackClass(status) !== 'stable' && stackClass(status) !== 'cleaning')
  );
}

/** True for actions that take something away or replace it: one for each pass, under the lock, after a second look. */
export function disturbs(action: Action): boolean {
  if (action.type === 'SetDesiredCount') return action.to < action.from;
  return 'stack' in action && action.type !== 'CreateStack';
}

function serverCount(d: Pick<Decision, 'situation' | 'goals' | 'wishes'>): Action[] {
  const { server } = d.situation;
  const { wanted, because } = d.goals.server;
  if (server.state !== 'ACTIVE' || server.desired === wanted) return [];
  const reason = wanted > server.desired ? 'ServerWanted' : 'ServerUnwanted';
  const evidence = { because, running: server.running };
  return [
    { type: 'SetDesiredCount', service: d.wishes.server.stack, from: server.desired, to: wanted, reason, evidence },
  ];
}

function poolCount(d: Pick<Decision, 'situation' | 'goals' | 'wishes'>, pool: string, step: PoolStep): Action[] {
  const facts = d.situation.pools[pool];
  const service = d.wishes.pools[pool]?.stack;
  if (!facts || !service || facts.state !== 'ACTIVE' || step.target === facts.desired) return [];
  const reason = step.target > facts.desired ? 'WorkersWanted' : 'WorkersDrained';
  const evidence = { ...step.evidence, because: d.goals.pools[pool]?.because ?? '' };
  return [{ type: 'SetDesiredCount', service, from: facts.desired, to: step.target, reason, evidence }];
}
