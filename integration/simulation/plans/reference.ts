/** The same workload without faults, run once: what it did, made and called is what every plan of it is held against. */

import { EVERY_ORACLE } from '../handler-oracle.ts';
import type { CallRecord, Mutation } from '../history.ts';
import { type Outcome, outcomeOf } from '../oracles/summary.ts';
import { runStory } from '../run-story.ts';
import type { Story } from '../story.ts';
import type { Door } from '../world.ts';
import { DEFAULT_SEED, type FaultPlan, workloadOf } from './plan.ts';
import { storyOf } from './workloads.ts';

export interface Reference {
  story: Story;
  outcome: Outcome;
  /** Calls of ports, `at` since the story began. */
  calls: Pick<CallRecord, 'at' | 'point' | 'target'>[];
  /** What the reconciler changed, documents left out, `at` since the story began. */
  mutations: Pick<Mutation, 'at' | 'kind' | 'target'>[];
  passes: number;
  problems: string[];
}

const known = new Map<string, Promise<Reference>>();

export function referenceOf(plan: Pick<FaultPlan, 'workload' | 'seed' | 'door'>): Promise<Reference> {
  const key = JSON.stringify([plan.workload, plan.seed, plan.door]);
  const found = known.get(key);
  if (found) return found;
  const made = run(storyOf(workloadOf(plan), plan.seed ?? DEFAULT_SEED), plan.door ?? 'sdk');
  known.set(key, made);
  return made;
}

/** What the plan's end is held against: mostly its own workload, for a bad document followed by a good one the good one alone. */
export function goalOf(plan: FaultPlan): Promise<Reference> {
  const { like } = workloadOf(plan);
  return referenceOf(like ? { ...plan, workload: like } : plan);
}

async function run(story: Story, door: Door): Promise<Reference> {
  const result = await runStory(story, { door, oracles: EVERY_ORACLE, goOn: true });
  const { history, world } = result;
  return {
    story,
    outcome: outcomeOf(result),
    calls: history.calls.map(({ at, point, target }) => ({ at: at - world.begunAt, point, target })),
    mutations: history.mutations
      .filter((mutation) => mutation.actor === 'reconciler' && !mutation.kind.startsWith('document.'))
      .map(({ at, kind, target }) => ({ at: at - world.begunAt, kind, target })),
    passes: result.passes,
    problems: result.violations.map(({ oracle, message }) => `${oracle}: ${message}`),
  };
}
