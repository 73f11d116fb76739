/** Runs functions of this very process in place of code from a zip: for tests and the simulator, in the world's time. */
import type { World } from '../kernel.ts';
import { endLine, logStreamName, reportLine, startLine } from './log-lines.ts';
import {
  type Deadline,
  type FunctionRuntime,
  failure,
  type Invocation,
  type Outcome,
  type SessionCredentials,
  timedOut,
} from './runtime.ts';

export interface InProcessContext {
  awsRequestId: string;
  functionName: string;
  invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
  /** The function's environment variables. */
  environment: Record<string, string>;
  /** Fresh temporary credentials of the function's role. */
  credentials(): SessionCredentials;
  log(line: string): void;
  /** Aborted when the time limit has passed: nobody waits for the result any more. */
  signal: AbortSignal;
}
export type InProcessFunction = (event: unknown, context: InProcessContext) => unknown;

/** @param functions by name; a function that is absent fails like a zip without the module */
export function createInProcessRuntime(world: World, functions: Record<string, InProcessFunction>): FunctionRuntime {
  const streams = new Map<string, string>();

  function streamOf(name: string): string {
    const stream = streams.get(name) ?? logStreamName(world.now(), world.uuid());
    streams.set(name, stream);
    return stream;
  }
  async function invoke(invocation: Invocation): Promise<Outcome> {
    const { requestId, settings } = invocation;
    const log = (line: string) => invocation.log(streamOf(settings.name), line);
    const startedAt = world.now();
    log(startLine(requestId));
    const outcome = await firstOf(invocation, functions[settings.name], log);
    const durationMs = world.now() - startedAt;
    log(endLine(requestId));
    log(reportLine({ requestId, durationMs, memoryMiB: settings.memoryMiB, maxMemoryMiB: 0 }));
    return outcome;
  }
  function firstOf(
    invocation: Invocation,
    run: InProcessFunction | undefined,
    log: (line: string) => void,
  ): Promise<Outcome> {
    const { settings, requestId } = invocation;
    if (!run)
      return Promise.resolve(failure('Runtime.ImportModuleError', `Error: Cannot find module '${settings.handler}'`));
    const deadline = invocation.begin();
    const late = new Promise<Outcome>((resolve) =>
      deadline.expired.addEventListener('abort', () => resolve(timedOut(requestId, settings.timeoutSeconds)), {
        once: true,
      }),
    );
    return Promise.race([outcomeOf(run, invocation, deadline, log), late]);
  }
  async function outcomeOf(
    run: InProcessFunction,
    { settings, requestId, payload, credentials }: Invocation,
    deadline: Deadline,
    log: (line: string) => void,
  ) {
    try {
      const result = await run(JSON.parse(payload), {
        awsRequestId: requestId,
        functionName: settings.name,
        invokedFunctionArn: settings.arn,
        getRemainingTimeInMillis: () => deadline.at - world.now(),
        environment: settings.environment,
        credentials,
        log,
        signal: deadline.expired,
      });
      return { payload: JSON.stringify(result ?? null), failed: false };
    } catch (error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      return failure(name, message, stack?.split('\n'));
    }
  }
  return { invoke, retire: (name) => void streams.delete(name) };
}
