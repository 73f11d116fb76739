/** One execution environment: runs the invocations of one revision of a function, one at a time, within its limits. */
import { type ChildOptions, startChild } from './child.ts';
import { endLine, reportLine, startLine } from './log-lines.ts';
import { residentMiB } from './memory.ts';
import { failure, type Invocation, type Outcome, timedOut } from './runtime.ts';

interface EnvironmentOptions extends Pick<ChildOptions, 'bootstrap' | 'directory' | 'variables'> {
  logStream: string;
  memoryMiB: number;
  /** Loading the handler may take this long without being counted as part of the invocation. */
  initLimitMs?: number | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Environment {
  /** False once the process has ended or was told to. */
  alive(): boolean;
  /** Fulfilled when the handler is loaded, or has had the time for it. */
  readonly begun: Promise<void>;
  run(invocation: Invocation): Promise<Outcome>;
  /** Fulfilled when the process is gone. */
  end(): Promise<void>;
}

/** Developer guide, "Understanding the Lambda execution environment lifecycle": the init phase. */
const INIT_LIMIT_MS = 10_000;
/** How often memory is looked at while an invocation runs. */
const MEMORY_LOOK_MS = 100;
/** The heap's part of the memory; the rest is for buffers and Node.js itself. */
const HEAP_SHARE = 0.9;

export function startEnvironment(options: EnvironmentOptions): Environment {
  const { logStream, memoryMiB, now, initLimitMs = INIT_LIMIT_MS, ...program } = options;
  const startedAt = now();
  let log: (line: string) => void = () => {};
  const heapMiB = Math.floor(memoryMiB * HEAP_SHARE);
  const child = startChild({ ...program, heapMiB, log: (line) => log(line) });
  let alive = true;
  let invocations = 0;
  let maxMemoryMiB = 0;
  // A handler that is not loaded by then is asked all the same: the time limit of the invocation deals with it.
  const begun = settledWithin(child.ready, initLimitMs);
  const gone = child.ended.then(() => {
    alive = false;
  });

  function end(): Promise<void> {
    alive = false;
    child.kill();
    return gone;
  }
  async function run(invocation: Invocation): Promise<Outcome> {
    const { requestId } = invocation;
    log = (line) => invocation.log(logStream, line);
    await begun;
    const beganAt = now();
    const initMs = invocations++ === 0 ? beganAt - startedAt : undefined;
    log(startLine(requestId));
    const outcome = await withinLimits(invocation);
    log(endLine(requestId));
    log(reportLine({ requestId, durationMs: now() - beganAt, memoryMiB, maxMemoryMiB, initMs }));
    return outcome;
  }
  /** The first limit that is broken decides the outcome, and ends the process. */
  async function withinLimits({ requestId, settings, payload, begin }: Invocation): Promise<Outcome> {
    const deadline = begin();
    let verdict: Outcome | undefined;
    const condemn = (outcome: Outcome) => {
      verdict ??= outcome;
      void end();
    };
    const late = () => condemn(timedOut(requestId, settings.timeoutSeconds));
    deadline.expired.addEventListener('abort', late, { once: true });
    const looks = setInterval(() => {
      if (tooMuchMemory()) condemn(exited(requestId, 'signal: killed', 'Runtime.OutOfMemory'));
    }, MEMORY_LOOK_MS);
    const answer = await child.ask({ requestId, functionArn: settings.arn, payload, deadlineAt: deadline.at });
    clearInterval(looks);
    deadline.expired.removeEventListener('abort', late);
    tooMuchMemory();
    const outcome = verdict ?? answer ?? exited(requestId, await child.ended);
    if (!answer) log(`${new Date(now()).toISOString()} ${messageOf(outcome)}`);
    return outcome;
  }
  function tooMuchMemory(): boolean {
    const memory = residentMiB(child.pid) ?? 0;
    maxMemoryMiB = Math.max(maxMemoryMiB, Math.min(memory, memoryMiB));
    return memory > memoryMiB;
  }
  return { alive: () => alive, begun, run, end };
}

async function settledWithin(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

function exited(requestId: string, how: string, type = 'Runtime.ExitError'): Outcome {
  const reason =
    how === 'exit status 0' ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${how}`;
  return failure(type, `RequestId: ${requestId} Error: ${reason}`);
}

const messageOf = ({ payload }: Outcome) => (JSON.parse(payload) as { errorMessage: string }).errorMessage;
