/** What was decided of one cluster, before it is put into actions and words. */
import type { PoolStep } from './capacity.ts';
import type { Cost } from './cost.ts';
import type { Goals } from './goals.ts';
import type { Action } from './plan.ts';
import type { ClusterStacks } from './shapes.ts';
import type { Situation } from './situation.ts';
import type { SleepDecision } from './sleep.ts';
import type { StackStep } from './stack-step.ts';

export interface Decision {
  situation: Situation;
  sleep: SleepDecision;
  goals: Goals;
  cost: Cost;
  wishes: ClusterStacks;
  serverStack: StackStep;
  poolStacks: Record<string, StackStep>;
  pools: Record<string, PoolStep>;
  /** When what is wanted last came nearer, milliseconds. */
  progress: number;
  /** When the earliest pool may shrink, milliseconds. */
  shrinkDue: number | null;
  actions: Action[];
}
