/** A plan is one replayable case: a workload and what goes wrong in it, or a row of the state table. Plain JSON. */
import { type StateCase, stateCases } from '../oracles/state-table.ts';
import type { Tolerance } from '../oracles/summary.ts';
import type { CallFault, StackFault, Step, Story } from '../story.ts';
import type { Door } from '../world.ts';
import { storyOf, WORKLOADS, type Workload } from './workloads.ts';

/** Of facts on how operators fail: crash, stale reads, lost transitions, API errors, states, conditional writes, edits, overlap, drift, runtime; Z: found by a seed. */
export const CLASSES = ['A', 'B', 'C', 'D', 'E', 'F', 'H', 'I', 'J', 'K', 'Z'] as const;
export type PlanClass = (typeof CLASSES)[number];

export interface FaultPlan {
  class: PlanClass;
  /** One sentence: what goes wrong. */
  title: string;
  /** A name of `workloads.ts`, or one of its own. */
  workload: string | Workload;
  seed?: number;
  /** Milliseconds since the story began at which the faults end. Default: the workload's. */
  calmAt?: number;
  faults?: CallFault[];
  stackFaults?: StackFault[];
  /** In addition to the workload's. */
  steps?: Step[];
  latencyMs?: [number, number];
  /** Default: `sdk`. */
  door?: Door;
  /** What the faults explain beyond the run without them. */
  tolerance?: Tolerance;
}

export interface StatePlan {
  class: 'E';
  title: string;
  state: StateCase;
}

/** A seed's story made small: held against the oracles alone, as there is no run without its faults to compare with. */
export interface StoryPlan {
  class: 'Z';
  title: string;
  story: Story;
  door?: Door;
}

export type Plan = FaultPlan | StatePlan | StoryPlan;

export const isStatePlan = (plan: Plan): plan is StatePlan => 'state' in plan;
export const isStoryPlan = (plan: Plan): plan is StoryPlan => 'story' in plan;

/** @throws Error for a name that no workload has */
export function workloadOf(plan: Pick<FaultPlan, 'workload'>): Workload {
  if (typeof plan.workload !== 'string') return plan.workload;
  const workload = WORKLOADS[plan.workload];
  if (workload) return workload;
  throw new Error(`no workload is called ${plan.workload}; there are ${Object.keys(WORKLOADS).join(', ')}`);
}

export const DEFAULT_SEED = 1;

export function planStory(plan: FaultPlan): Story {
  const base = storyOf(workloadOf(plan), plan.seed ?? DEFAULT_SEED);
  const steps = [...base.steps, ...(plan.steps ?? [])].sort((a, b) => a.at - b.at);
  const calmAt = Math.max(plan.calmAt ?? base.calmAt, (steps.at(-1)?.at ?? 0) + 1);
  const until = calmAt - (workloadOf(plan).restMs ?? 0);
  return {
    ...base,
    title: plan.title,
    steps,
    calmAt,
    faults: (plan.faults ?? []).map((fault) => (fault.lasting ? fault : { until, ...fault })),
    ...(plan.stackFaults && { stackFaults: plan.stackFaults }),
    ...(plan.latencyMs && { latencyMs: plan.latencyMs }),
  };
}

/**
 * A plan, or a bare story with a title as the shrinking of a seed prints it.
 * @throws Error when a text is neither
 */
export function parsePlan(text: string, file: string): Plan {
  const value = JSON.parse(text) as AnyPlan;
  const bare = JSON.parse(text) as Partial<Story>;
  if (bare.title !== undefined && bare.seed !== undefined && bare.calmAt !== undefined && !value.class)
    return { class: 'Z', title: bare.title, story: bare as Story };
  const known =
    CLASSES.some((name) => name === value.class) && (value.state ?? value.workload ?? value.story) !== undefined;
  if (!known || typeof value.title !== 'string') {
    throw new Error(`${file} is no plan: it needs class (${CLASSES.join(', ')}), title, and workload, state or story`);
  }
  if (value.state && !stateCases().some((row) => same(row, value.state as StateCase))) {
    throw new Error(`${file}: ${JSON.stringify(value.state)} is no row of the state table`);
  }
  return value as unknown as Plan;
}

interface AnyPlan {
  class?: string;
  title?: string;
  workload?: unknown;
  state?: StateCase;
  story?: unknown;
}

const same = (a: StateCase, b: StateCase) =>
  a.part === b.part && a.stack === b.stack && a.service === b.service && a.intent === b.intent && a.leased === b.leased;
