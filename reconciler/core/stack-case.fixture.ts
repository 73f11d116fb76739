/** One stack's next step, for tests: from few facts to one line. */
import type { Status } from '../../config-schema/documents.ts';
import {
  type Facts,
  goodHash,
  goodStacks,
  iso,
  minutes,
  NOW,
  observation,
  POOL,
  passOf,
  specOf,
  stack,
} from './observation.fixture.ts';
import type { Observation, StackObservation } from './observation.ts';
import { stackWishes } from './shapes.ts';
import { type Situation, situationOf } from './situation.ts';
import { stackStep } from './stack-step.ts';

const spec = { pools: { default: { workers: 0 } } };
/** Nobody wants the pool. */
export const removed = { pools: {} };
type Present = Extract<StackObservation, { state: 'present' }>;

export const goal = () => goodHash(spec, POOL);
export const present = (status: string, more: Partial<Present> = {}): Observation['stacks'] => {
  const { value } = stack(status, { hash: goal() });
  return { ...goodStacks(specOf(spec)), [POOL]: { known: true, value: { ...(value as Present), ...more } } };
};

/** The pool's step in a line: what is done with which evidence, or what is waited for in words. */
export function step(facts: Facts): string {
  const o = observation({ spec, server: [0, 0], pool: [0, 0], inventory: [POOL], ...facts });
  const s = situationOf(o) as Situation;
  const wish = stackWishes(o, s, false).pools.default;
  const next = stackStep(o, s, wish as NonNullable<typeof wish>);
  if (next.state === 'done') return 'done';
  if (next.state !== 'act') return `${next.state} ${next.reason}: ${next.message}`;
  const { type, reason, evidence, token } = next.action;
  const told = Object.entries(evidence).map(([name, value]) => `${name} ${String(value).replace(goal(), 'GOAL')}`);
  return `${type} ${reason} (${told.join(', ')}) ${token.split('-').slice(1, 3).join('-')}`;
}

/** What the status before tells of the pool's stack. */
export function known(fields: Partial<Status['stacks'][string]>): Pick<Facts, 'status'> {
  const { status } = passOf({ spec, server: [0, 0], pool: [0, 0], now: NOW - minutes(1) });
  const before = { id: 'x', status: 'X', hash: null, readAt: iso(NOW), ...fields };
  return { status: { ...status, stacks: { ...status.stacks, [POOL]: before } } };
}
export const tried = (operation: string, count: number, ago = minutes(999), toward = goal()) =>
  known({ attempts: { [operation]: { goal: toward, revision: 'r1', count, at: iso(NOW - ago), cause: null } } });
