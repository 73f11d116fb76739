/** What `decide` makes of an observation: actions with the reason and the numbers that led to each. */
import type { Status } from '../../config-schema/documents.ts';
import type { StackShape } from '../../templates/shape.ts';
import type { ActionReason } from './reasons.ts';

export type Evidence = Record<string, string | number | boolean | null>;

interface Explained {
  reason: ActionReason;
  evidence: Evidence;
}

/** Operations on a stack that need its id alone. */
export type StackOperation = 'DeleteStack' | 'CancelUpdate' | 'ContinueRollback' | 'RollbackStack';

export type Action =
  | (Explained & { type: 'CreateStack'; stack: string; shape: StackShape; token: string })
  | (Explained & { type: 'UpdateStack'; stack: string; stackId: string; shape: StackShape; token: string })
  | (Explained & { type: StackOperation; stack: string; stackId: string; token: string })
  | (Explained & { type: 'SetDesiredCount'; service: string; from: number; to: number })
  | (Explained & { type: 'SetFastSchedule'; enabled: boolean });

/** What happens to a stack, by action. */
export const STACK_PASSIVE: Record<Exclude<Action['type'], 'SetDesiredCount' | 'SetFastSchedule'>, string> = {
  CreateStack: 'is being created',
  UpdateStack: 'is being updated',
  DeleteStack: 'is being deleted',
  CancelUpdate: 'is taken out of its update',
  ContinueRollback: 'is being rolled back',
  RollbackStack: 'is being rolled back',
};

/** What it does, as a clause of a status message. */
export function inWords(action: Action): string {
  if (action.type === 'SetFastSchedule') return `the fast schedule is turned ${action.enabled ? 'on' : 'off'}`;
  if (action.type === 'SetDesiredCount') return `ECS is told to run ${action.to} instead of ${action.from} tasks`;
  return `stack ${action.stack} ${STACK_PASSIVE[action.type]}`;
}

/** What it is done to. */
export function targetOf(action: Action): string {
  if ('stack' in action) return action.stack;
  return action.type === 'SetDesiredCount' ? action.service : 'installation';
}

/** The status of this pass, but for what only the results of its actions can say. */
export interface Plan {
  actions: Action[];
  /** What report writes when every action succeeds. */
  status: Status;
  /** When to look again although nothing woke us, milliseconds since the epoch; null: the schedule is soon enough. */
  lookAgainAt: number | null;
  /** Nothing of the deleted cluster is left: its status, activity and leases go as well. Of one that never was, the status. */
  forget: 'cluster' | 'status' | null;
}

/** The note of an update that CloudFormation had nothing to do for. */
export const NOTHING_TO_UPDATE = 'nothing to update';

/** What became of an action. An error's kind is its next step. */
export type ActionResult =
  | { action: Action; outcome: 'done'; note?: string }
  | { action: Action; outcome: 'skipped'; why: string }
  | { action: Action; outcome: 'failed'; kind: 'stalled' | 'waiting' | 'conflict' | 'unexpected'; error: string };
