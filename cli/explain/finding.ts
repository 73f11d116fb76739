/** One wish that is not met, with the one reason for it, and what there is to judge by. */
import type { Activity, Condition, ConditionType, Status } from '../../config-schema/documents.ts';
import { poolStackName, serverStackName } from '../../templates/names.ts';
import { reasonOf } from './reasons.ts';

export type Evidence = Record<string, string | number | boolean | null>;

export interface Finding {
  /** What is not as somebody wants it: `reconciler`, `document`, `cluster`, `deletion`, `server`, `pool NAME` or `queue`. */
  wish: string;
  /** A code of docs/reasons.md, or a newer one. */
  reason: string;
  /** What is seen, in words; begins with a lower case letter and has no full stop. */
  text: string;
  evidence: Evidence;
  /** ISO instant at which this reason was first seen for this wish, as far back as is known. */
  since: string | null;
  meaning: string;
  /** Null: there is nothing to do. */
  remedy: string | null;
}

/** What is known of the newest `cluster.json`. */
export interface DocumentFacts {
  /** Null in a bucket without versions. */
  revision: string | null;
  /** Milliseconds. */
  modifiedAt: number;
  /** The uid that is to be deleted; null: none. */
  tombstone: string | null;
}

export interface View {
  /** Milliseconds. */
  now: number;
  installation: string;
  cluster: string;
  status: Status;
  /** Null: there is none, or it was not asked for. */
  document: DocumentFacts | null;
  activity: Activity | null;
  /** Leases in the bucket: id and when each was last written, milliseconds. */
  leases: { id: string; modifiedAt: number }[];
  /** The pass that holds the cluster's lock now; null: none does. */
  lock: LockFacts | null;
}

/** Milliseconds, both. */
export interface LockFacts {
  takenAt: number;
  /** When it is free again, should its holder have died. */
  endsAt: number;
}

export type Draft = Pick<Finding, 'wish' | 'reason' | 'text'> & {
  evidence?: Evidence;
  since?: string;
  /** Where more is known than the reason. */
  remedy?: string;
};

/** Names are put into the remedy, so that it can be typed as it stands. */
export function finding(view: Pick<View, 'cluster' | 'installation'>, draft: Draft): Finding {
  const { meaning, remedy } = { ...reasonOf(draft.reason), ...draft };
  const pool = /^pool (.+)$/.exec(draft.wish)?.[1];
  const stack = stackOf(view, draft.wish, pool);
  const named = remedy
    ?.replaceAll('CLUSTER', view.cluster)
    .replaceAll('INSTALLATION', view.installation)
    .replaceAll('POOL', pool ?? 'POOL')
    .replaceAll('STACK', stack ?? 'STACK')
    .replaceAll('SERVICE', stack ?? 'SERVICE');
  return { since: null, evidence: {}, ...draft, meaning, remedy: named ?? null };
}

/** A stack and its service have one name. */
function stackOf({ installation, cluster }: Pick<View, 'cluster' | 'installation'>, wish: string, pool?: string) {
  if (wish === 'server') return serverStackName(installation, cluster);
  return pool === undefined ? undefined : poolStackName(installation, cluster, pool);
}

export function condition(status: Status, type: ConditionType): Condition | undefined {
  return status.conditions.find((one) => one.type === type);
}
