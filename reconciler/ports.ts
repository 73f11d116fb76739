/** What a pass needs of the outside world, in bbf's words. Implementations are in aws/. */
import { OF_WORKERS_MAX } from '../config-schema/parse.ts';
import type { EngineImages } from '../templates/engine.ts';
import type { StackShape } from '../templates/shape.ts';
import type { ServiceObservation, StackObservation } from './core/observation.ts';

export interface Entry {
  key: string;
  etag: string;
  /** S3's LastModified, milliseconds; whole seconds on AWS. */
  modifiedAt: number;
  /** Bytes. */
  size: number;
}

export interface Document {
  text: string;
  etag: string;
  /** S3 version id. */
  revision: string;
}

/** No cluster.json is bigger. Of the memory that the function has, what somebody else wrote may take no more: it looks after all clusters. */
const DOCUMENT_BYTES_MAX = 1_048_576;

/** What names each worker may have as many bytes as its parser takes characters: nearly all of it is ASCII. */
export const bytesMax = (key: string): number =>
  /\/(activity|status)\.json$/.test(key) ? OF_WORKERS_MAX : DOCUMENT_BYTES_MAX;

interface Revision {
  revision: string;
  bytes: number;
}

export interface ReadOptions {
  /** From memory only if the revision is the newest too, as the same text may have been written again. */
  newest?: boolean;
}

/** The bucket. Every method throws the store's error; a conditional write that lost answers null. */
export interface Documents {
  list(prefix: string): Promise<Entry[]>;
  /** Null when absent. With its entry of a listing, a text that is unchanged comes from memory. */
  read(key: string, entry?: Entry, options?: ReadOptions): Promise<Document | null>;
  readRevision(key: string, revision: string): Promise<string | null>;
  /** Revisions of a document, newest first, also those from before it was last gone: at most 1,000. */
  revisions(key: string): Promise<Revision[]>;
  /** `etag` null: only if absent. Answers the new etag, or null when somebody else was first. */
  write(key: string, text: string, etag: string | null): Promise<string | null>;
  remove(key: string, etag: string): Promise<void>;
}

/** ECS. Every method rejects with its error. */
export interface Services {
  describe(names: string[]): Promise<Record<string, ServiceObservation>>;
  setDesiredCount(service: string, count: number): Promise<void>;
}

/** CloudFormation. Every method rejects with its error; `update` does not for a stack that is as wanted, nor `read` for one that is absent. */
export interface Stacks {
  /** `knownAt`: the `lastChange.at` that is known to be bbf's own; one that is not costs a call. */
  read(stack: string, knownAt?: string): Promise<StackObservation>;
  /** Names, beginning with `prefix`, of all stacks that are not DELETE_COMPLETE. */
  list(prefix: string): Promise<string[]>;
  create(stack: string, shape: StackShape, token: string): Promise<void>;
  /** True when CloudFormation found nothing to change. */
  update(stackId: string, shape: StackShape, token: string): Promise<boolean>;
  remove(stackId: string, token: string): Promise<void>;
  /** Of a stack in UPDATE_IN_PROGRESS: rolls it back now. */
  cancelUpdate(stackId: string, token: string): Promise<void>;
  /** Of a stack in UPDATE_ROLLBACK_FAILED: tries the rollback again, and skips nothing. */
  continueRollback(stackId: string, token: string): Promise<void>;
  /** Of a stack in UPDATE_FAILED or CREATE_FAILED: back to where it last was stable. */
  rollback(stackId: string, token: string): Promise<void>;
}

/** The rule of the fast schedule. Both reject with EventBridge's error. */
export interface Schedule {
  isFast(): Promise<boolean>;
  setFast(enabled: boolean): Promise<void>;
}

/** Milliseconds. Neither throws. */
export interface Time {
  now(): number;
  wait(ms: number): Promise<void>;
}

export interface Log {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Ports {
  documents: Documents;
  services: Services;
  stacks: Stacks;
  schedule: Schedule;
  time: Time;
  log: Log;
}

export interface Settings {
  installation: string;
  version: string;
  defaultEngine: EngineImages;
  /** Whether tasks have public addresses, which cost by the hour. */
  publicAddresses: boolean;
}
