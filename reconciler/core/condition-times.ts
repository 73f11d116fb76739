/** Puts the time of its last change and its revision on each condition. */
import type { Condition } from '../../config-schema/documents.ts';

type Timeless = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** `lastTransitionTime` moves only when the condition's status does, as in the Kubernetes API conventions. */
export function withTimes(
  drafts: Timeless[],
  before: Condition[],
  now: number,
  observedRevision: string | null,
): Condition[] {
  return drafts.map((draft) => {
    const last = before.find((condition) => condition.type === draft.type);
    const lastTransitionTime = last?.status === draft.status ? last.lastTransitionTime : new Date(now).toISOString();
    return { ...draft, lastTransitionTime, observedRevision };
  });
}
