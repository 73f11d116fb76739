/** One thing that may happen next. */
import type { State } from './state.ts';

export interface Step {
  /** Unique among the steps of a state, and the same whenever the state is. */
  name: string;
  next(): State | Promise<State>;
  /** What this very step breaks, or null. */
  violation: string | null;
}
