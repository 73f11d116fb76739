/** What the scheduler carries for each action, and the answers it may give for one. */
import type { Job } from '../scheduler/job.ts';
import type { Digest, ExecuteResponse, RpcStatus } from '../wire/messages.ts';
import { Code, rpcStatus } from '../wire/status.ts';

export interface ActionWork {
  digest: Digest;
  /** Encoded messages. */
  action: Uint8Array;
  command: Uint8Array;
  /** Encoded directories of the input tree, as many as are sent along. */
  directories: Uint8Array[];
  doNotCache: boolean;
  /** Hashes that must not be evicted before the action has ended. */
  pinned: string[];
}

export type ActionJob = Job<ActionWork, ExecuteResponse>;

export const failed = (status: RpcStatus): ExecuteResponse => ({ status, message: status.message });

/** INTERNAL, as Bazel tries that again and, unlike with UNAVAILABLE, goes on with other actions when it gives up. */
export function givenUp(job: ActionJob, reason: string): ExecuteResponse {
  const message = `action ${job.work.digest.hash} was given up after ${job.losses} workers failed with it, the last time because ${reason}`;
  return failed(rpcStatus(Code.INTERNAL, message));
}

export function unwanted(job: ActionJob): ExecuteResponse {
  return failed(rpcStatus(Code.CANCELLED, `nobody waited for action ${job.work.digest.hash} any more`));
}
