/** Errors of calls, and of actions, as gRPC status codes. */
import { codec } from './codec.ts';
import { digestText } from './digest.ts';
import type { Digest, RpcStatus, Violation } from './messages.ts';

/** google.rpc.Code, those in use here. */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
} as const;

/** An error whose code reaches the caller. `details` is what grpc-js sends as the message. */
export class CallError extends Error {
  readonly code: number;
  readonly details: string;
  constructor(code: number, message: string) {
    super(message);
    this.name = 'CallError';
    this.code = code;
    this.details = message;
  }
}

/** What to tell the caller of an error of any kind; those of grpc-js keep their code. */
export function asCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  const { code, details } = error as { code?: unknown; details?: unknown };
  if (typeof code === 'number' && typeof details === 'string') return new CallError(code, details);
  return new CallError(Code.INTERNAL, error instanceof Error ? error.message : String(error));
}

export function rpcStatus(code: number, message: string): RpcStatus {
  return { code, message, details: [] };
}

const preconditionFailure = codec<{ violations: Violation[] }>('google.rpc.PreconditionFailure');

/** Tells Bazel to upload these blobs and to ask again: every violation has to be of this form (v2 API, Execute). */
export function missingBlobsStatus(missing: readonly Digest[]): RpcStatus {
  const violations = missing.map((digest) => ({ type: 'MISSING', subject: `blobs/${digestText(digest)}` }));
  const message = `${missing.length} input blob(s) are not in the store, the first is ${digestText(missing[0])}; upload them and run the action again`;
  return {
    code: Code.FAILED_PRECONDITION,
    message,
    details: [
      {
        typeUrl: 'type.googleapis.com/google.rpc.PreconditionFailure',
        value: preconditionFailure.encode({ violations }),
      },
    ],
  };
}
