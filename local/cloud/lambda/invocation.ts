/** Runs one invocation of a function: the checks before it, its time limit, and its place among those that run. */
import { ServiceError } from '../kernel.ts';
import { loadCode } from './code.ts';
import { sessionOf } from './role-session.ts';
import { type Deadline, failure, type Outcome } from './runtime.ts';
import { findFunction, type LambdaFunction, type LambdaParts } from './state.ts';

/** Payload limits in bytes (Lambda quotas). */
const MAX_SYNCHRONOUS_BYTES = 6 * 1024 * 1024;
export const MAX_ASYNCHRONOUS_BYTES = 1024 * 1024;
/** As Lambda's message counts a response: 6 MiB and a hundred bytes. */
const MAX_RESPONSE_BYTES = MAX_SYNCHRONOUS_BYTES + 100;
/** On AWS a thousand per account; these are processes of one machine. */
const DEFAULT_CONCURRENCY = 10;
/** AWS returns the last 4 KiB of the log when asked for it. */
const LOG_TAIL_BYTES = 4096;

interface Invoked extends Outcome {
  requestId: string;
  /** The last lines that the invocation logged. */
  logTail: string;
}

export interface Invocations {
  /** Throws ServiceError when the function can't be asked; what goes wrong inside it is in the outcome. */
  invoke(functionName: string | undefined, payload: string, requestId?: string): Promise<Invoked>;
}

export function createInvocations(parts: LambdaParts): Invocations {
  const { world, runtime } = parts;
  const running = new Map<string, number>();
  let total = 0;

  function count(name: string, change: 1 | -1): void {
    running.set(name, (running.get(name) ?? 0) + change);
    total += change;
  }
  function checkRoom({ name, reservedConcurrency }: LambdaFunction): void {
    const reserved = reservedConcurrency !== undefined && (running.get(name) ?? 0) >= reservedConcurrency;
    if (!reserved && total < (parts.concurrency ?? DEFAULT_CONCURRENCY)) return;
    throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429, {
      Reason: reserved ? 'ReservedFunctionConcurrentInvocationLimitExceeded' : 'ConcurrentInvocationLimitExceeded',
    });
  }
  function deadline(requestId: string, seconds: number): Deadline {
    const at = world.now() + seconds * 1_000;
    const expiry = new AbortController();
    world.schedule(`lambda/deadline/${requestId}`, at, () => expiry.abort());
    return { at, expired: expiry.signal };
  }
  async function run(lambda: LambdaFunction, payload: string, requestId: string): Promise<Invoked> {
    const lines: string[] = [];
    count(lambda.name, 1);
    try {
      const outcome = await runtime.invoke({
        requestId,
        settings: { ...lambda, environment: { ...lambda.environment } },
        payload,
        code: () => loadCode(parts, lambda),
        credentials: () => sessionOf(parts, lambda.name, lambda.role),
        log(stream, line) {
          lines.push(line);
          parts.appendLog(lambda.logGroup, stream, line);
        },
        begin: () => deadline(requestId, lambda.timeoutSeconds),
      });
      return {
        ...checkedResponse(outcome),
        requestId,
        logTail: Buffer.from(lines.join('\n')).subarray(-LOG_TAIL_BYTES).toString(),
      };
    } finally {
      world.cancel(`lambda/deadline/${requestId}`);
      count(lambda.name, -1);
    }
  }
  return {
    async invoke(functionName, payload, requestId = world.uuid()) {
      const lambda = findFunction(parts, functionName);
      checkPayload(payload, MAX_SYNCHRONOUS_BYTES);
      checkReady(lambda, world.now());
      checkRoom(lambda);
      return run(lambda, payload, requestId);
    },
  };
}

function checkedResponse(outcome: Outcome): Outcome {
  if (Buffer.byteLength(outcome.payload) <= MAX_RESPONSE_BYTES) return outcome;
  const limit = `maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes)`;
  return failure('Function.ResponseSizeTooLarge', `Response payload size exceeded ${limit}.`);
}

export function checkPayload(payload: string, limit: number): void {
  const size = Buffer.byteLength(payload);
  if (size > limit)
    throw new ServiceError(
      'RequestTooLargeException',
      `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
      413,
    );
  try {
    JSON.parse(payload);
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new ServiceError('InvalidRequestContentException', message);
  }
}

function checkReady(lambda: LambdaFunction, now: number): void {
  if (!lambda.created || now >= lambda.readyAt) return;
  throw new ServiceError(
    'ResourceConflictException',
    'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    409,
  );
}
