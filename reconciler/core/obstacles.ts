/** What keeps the server, or one pool, from being as it is wanted: the step of its stack, or a roll-out that failed. */
import { claimant } from '../../config-schema/claimant.ts';
import type { Decision } from './decision.ts';
import type { Reason } from './reasons.ts';
import { presentWorkers, type ServiceFacts } from './situation.ts';
import type { StackStep } from './stack-step.ts';

export interface Obstacle {
  reason: Reason;
  message: string;
  /** ISO instant of the next try. */
  retryAt?: string;
}

interface Part {
  /** `server`, or the name of a pool. */
  name: string;
  stack: string;
  facts: ServiceFacts;
  step: StackStep;
}

const serverPart = (d: Decision): Part => ({
  name: 'server',
  stack: d.wishes.server.stack,
  facts: d.situation.server,
  step: d.serverStack,
});

/** Null: not a pool that is known. */
function poolPart(d: Decision, name: string): Part | null {
  const [facts, step, wish] = [d.situation.pools[name], d.poolStacks[name], d.wishes.pools[name]];
  return facts && step && wish ? { name, stack: wish.stack, facts, step } : null;
}

/** The first roll-out that ECS gave up, and the stack whose it is. */
export function failedRollout(d: Decision): (Obstacle & { stack: string }) | null {
  for (const part of [serverPart(d), ...Object.keys(d.poolStacks).map((name) => poolPart(d, name))]) {
    const failed = part && rolloutOf(d, part);
    if (failed) return { ...failed, stack: part.stack };
  }
  return null;
}

/** A roll-out that failed is no news once its stack is on the way to another shape. */
function rolloutOf(d: Decision, { name, facts, step }: Part): Obstacle | null {
  if (facts.rollout !== 'FAILED' || facts.running >= facts.desired || step.state !== 'done') return null;
  const message = `${name}: ${facts.rolloutReason ?? 'its tasks fail to start'}; its log: bbf logs ${name} --cluster=${d.situation.cluster}; then change the spec`;
  return { reason: 'RolloutFailed', message };
}

/** Null: nothing does, or an action of this pass is about to change it. */
export const serverObstacle = (d: Decision): Obstacle | null => obstacleOf(d, serverPart(d));

export function poolObstacle(d: Decision, pool: string): Obstacle | null {
  const part = poolPart(d, pool);
  return part && obstacleOf(d, part);
}

function obstacleOf(d: Decision, part: Part): Obstacle | null {
  const { step } = part;
  if (step.state === 'stalled') return { reason: step.reason, message: step.message };
  if (step.state === 'done') return rolloutOf(d, part);
  // Nothing is changed, so nothing waits either.
  if (d.situation.spec.suspend) return null;
  if (step.state === 'waiting') {
    const { state: _, ...obstacle } = step;
    return obstacle;
  }
  return d.actions.includes(step.action) ? null : heldBack(step);
}

export function heldBack({ action }: Extract<StackStep, { state: 'act' }>): Obstacle {
  const message = `stack ${action.stack} waits for its turn, or for documents to be readable`;
  return { reason: 'OneAtATime', message };
}

/** Workers that the farm knows and ECS runs: the farm's report is some seconds older than ECS's word. */
export function registered(d: Decision, pool: string): number {
  return Math.min(presentWorkers(d.situation, pool).length, d.situation.pools[pool]?.running ?? 0);
}

/**
 * What ECS says of a pool that has fewer workers than it wants. Between one task that fails and the next it says nothing: until the workers are
 * there, or their stack is changed, the last word stands.
 */
export function troubleOf(d: Decision, pool: string): string | undefined {
  const short = registered(d, pool) < (d.goals.pools[pool]?.wanted ?? 0);
  const before = d.poolStacks[pool]?.state === 'done' ? d.situation.previous?.pools[pool]?.trouble : undefined;
  return short ? (d.situation.pools[pool]?.troubles[0] ?? before) : undefined;
}

/** More names would only hide the first. */
const NAMED = 3;

/** A deletion interrupts nobody who holds a lease; null while it waits for none. */
export function deletionWaits({ goals, situation: { leases } }: Decision): Obstacle | null {
  if (!goals.deleting || leases?.length === 0) return null;
  if (leases === null) return { reason: 'LeaseHolds', message: 'the deletion waits until the leases can be read' };
  const named = leases.slice(0, NAMED).map(({ lease }) => claimant(lease));
  const more = leases.length > NAMED ? [`${leases.length - NAMED} more`] : [];
  const count = leases.length === 1 ? '1 lease' : `${leases.length} leases`;
  return { reason: 'LeaseHolds', message: `the deletion waits for ${count}: ${[...named, ...more].join(', ')}` };
}
