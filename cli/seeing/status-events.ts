/** What happened between two versions of a status: actions of the pass that wrote the later one, and conditions that changed. */
import type { Status } from '../../config-schema/documents.ts';
import { reasonOf } from '../explain/reasons.ts';

export interface ClusterEvent {
  /** ISO instant. */
  at: string;
  type: 'Action' | 'Condition';
  /** e.g. `SetDesiredCount bbf--main--server`, or `Ready False`. */
  what: string;
  reason: string;
  /** What the reason means, or what AWS answered. */
  message: string;
  /** The numbers that an action compared. */
  evidence: Record<string, unknown>;
}

/** Actions first: the conditions say what they led to. @param before null: there was none */
export function eventsBetween(before: Status | null, after: Status | null): ClusterEvent[] {
  if (after === null) return [];
  return [...actionEvents(after), ...conditionEvents(before, after)];
}

function actionEvents({ actions, heartbeatAt }: Status): ClusterEvent[] {
  return actions.map(({ type, target, reason, evidence, outcome, error }) => ({
    at: heartbeatAt,
    type: 'Action',
    what: `${type} ${target}${outcome === 'done' ? '' : ` (${outcome})`}`,
    reason,
    message: error ?? reasonOf(reason).meaning,
    evidence,
  }));
}

function conditionEvents(before: Status | null, after: Status): ClusterEvent[] {
  return after.conditions.flatMap(({ type, status, reason, message, lastTransitionTime }) => {
    const earlier = before?.conditions.find((condition) => condition.type === type);
    const isNews = earlier === undefined || earlier.status !== status || earlier.reason !== reason;
    const at = earlier?.status === status ? after.heartbeatAt : lastTransitionTime;
    return isNews ? [{ at, type: 'Condition' as const, what: `${type} ${status}`, reason, message, evidence: {} }] : [];
  });
}
