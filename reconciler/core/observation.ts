/** All that one pass read, as values. What could not be read is 'unknown', which is never the same as zero or absent. */

import type { Activity, Lease, Problem, Spec, Status } from '../../config-schema/documents.ts';
import type { EngineImages } from '../../templates/engine.ts';

export interface Observation {
  /** Milliseconds since the epoch, on S3's clock as near as we know it. */
  now: number;
  installation: string;
  cluster: string;
  /** Version of this reconciler. */
  version: string;
  /** Images for clusters whose spec names none. */
  defaultEngine: EngineImages;
  /** Whether tasks have public addresses, which cost by the hour. */
  publicAddresses: boolean;
  document: DocumentObservation;
  /** The last revision that was valid, when the newest one is not; null when there has been none or it can't be read. */
  accepted: AcceptedDocument | null;
  leases: Read<LeaseObservation[]>;
  activity: Read<ActivityObservation | null>;
  /** The status that was written last, or null where there is none or it can't be parsed. */
  status: Status | null;
  /** By service name. A wanted or owned service that ECS does not know is 'absent'. */
  services: Read<Record<string, ServiceObservation>>;
  /** Names of all stacks of the cluster; null when this pass had no reason to list them. */
  inventory: Read<string[]> | null;
  /** By stack name. Stacks that this pass had no reason to read are missing here. */
  stacks: Record<string, Read<StackObservation>>;
}

/** A value, or the reason why it could not be read. */
export type Read<T> = { known: true; value: T } | { known: false; error: string };

export interface AcceptedDocument {
  revision: string;
  uid: string | null;
  spec: Spec;
}

/** `modifiedAt`: S3's LastModified, milliseconds. */
export type DocumentObservation =
  | { state: 'valid'; revision: string; etag: string; modifiedAt: number; uid: string | null; spec: Spec }
  | { state: 'invalid'; revision: string; modifiedAt: number; problems: Problem[] }
  | { state: 'absent' }
  | { state: 'unreadable'; error: string };

export interface LeaseObservation {
  lease: Lease;
  /** S3's LastModified plus ttlSeconds, milliseconds since the epoch. */
  expiresAt: number;
}

export interface ActivityObservation {
  activity: Activity;
  /** S3's LastModified, milliseconds since the epoch. */
  reportedAt: number;
}

export type ServiceObservation =
  | { state: 'absent' }
  | {
      /** ACTIVE, DRAINING or INACTIVE; any other value ECS may add. */
      state: string;
      desired: number;
      running: number;
      pending: number;
      /** Of the primary deployment: IN_PROGRESS, COMPLETED, FAILED, or null where ECS gives none. */
      rollout: string | null;
      rolloutReason: string | null;
      /** When the primary deployment began, milliseconds by ECS's clock; null where ECS gives none. */
      deployedAt: number | null;
      /** Newest first, at most a few: why tasks could not be placed or started. */
      troubles: string[];
    };

export type StackObservation =
  | { state: 'absent' }
  | {
      state: 'present';
      id: string;
      /** One of CloudFormation's stack statuses; open-ended. */
      status: string;
      reason: string | null;
      /** From the stack's tags. */
      hash: string | null;
      uid: string | null;
      /** What brought the configuration that it rests in; null while it does not rest, and until its events tell. */
      lastChange: LastChange | null;
    };

export type PresentStack = Extract<StackObservation, { state: 'present' }>;

export interface LastChange {
  /** When CloudFormation says that the stack last changed. A roll-back may move it, and changes nothing. */
  at: string;
  /** By somebody who is not bbf, whatever the tags say: an update that names no tags keeps them. */
  byHand: boolean;
}
