/** A condition before it has a time and a revision. */
import type { Condition } from '../../config-schema/documents.ts';
import type { Reason } from './reasons.ts';

export type DraftCondition = Pick<Condition, 'type' | 'status' | 'message' | 'target'> & { reason: Reason };

/** @param target the stack or service that it is about; undefined: the cluster */
export const condition = (
  type: DraftCondition['type'],
  status: DraftCondition['status'],
  reason: Reason,
  message: string,
  target?: string,
): DraftCondition => ({ type, status, reason, message, ...(target !== undefined && { target }) });
