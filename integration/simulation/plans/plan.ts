/** A plan is one replayable case: a workload and what goes wrong in it, or a row of the state table. Plain JSON. */
import { type StateCase, stateCases } from '../oracles/state-table.ts';
import type { Tolerance } from '../oracles/summary.ts';
import type { CallFault, StackFault, Step, Story } from '../story.ts';
import type { Door } from '../world.ts';
import { storyOf, WORKLOADS, type Workload } from './workloads.ts';

/** Of facts on how operators fail: crash, stale reads, lost transitions, API errors, states, conditional writes, edits, overlap, drift, runtime. */
export const CLASSES = ['A', 'B', 'C', 'D', 'E', 'F', 'H', 'I', 'J', 'K'] as const;
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

export type Plan = FaultPlan | StatePlan;

export const isStatePlan = (plan: Plan): plan is StatePlan => 'state' in plan;

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
  return {
    ...base,
    title: plan.title,
    steps,
    calmAt,
    faults: plan.faults ?? [],
    ...(plan.stackFaults && { stackFaults: plan.stackFaults }),
    ...(plan.latencyMs && { latencyMs: plan.latencyMs }),
  };
}

/** @throws Error when a text is no plan */
export function parsePlan(text: string, file: string): Plan {
  const value = JSON.parse(text) as Partial<FaultPlan> & Partial<StatePlan>;
  const known =
    CLASSES.some((name) => name === value.class) && (value.state !== undefined || value.workload !== undefined);
  if (!known || typeof value.title !== 'string') {
    throw new Error(`${file} is no plan: it needs class (${CLASSES.join(', ')}), title, and workload or state`);
  }
  if (value.state && !stateCases().some((row) => same(row, value.state as StateCase))) {
    throw new Error(`${file}: ${JSON.stringify(value.state)} is no row of the state table`);
  }
  return value as Plan;
}

const same = (a: StateCase, b: StateCase) =>
  a.stack === b.stack && a.service === b.service && a.intent === b.intent && a.leased === b.leased;
