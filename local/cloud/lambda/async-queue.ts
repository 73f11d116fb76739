/** The asynchronous queue: events are invoked later, again after errors, and given up in the end; it outlives a restart. */
import { ServiceError } from '../kernel.ts';
import type { Invocations } from './invocation.ts';
import type { LambdaParts, QueuedEvent } from './state.ts';

/** Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation". */
const DEFAULT_RETRIES = 2;
const DEFAULT_AGE_SECONDS = 21_600;
const RETRY_DELAYS_MS = [60_000, 120_000];
/** After throttling the wait doubles from one second to five minutes (same page). */
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 300_000;
const DROPS_KEPT = 50;

interface AsyncQueue {
  /** Takes an event in; gives the id of its request. */
  accept(functionName: string, payload: string): string;
  resume(): void;
}

export function createAsyncQueue({ world, state }: LambdaParts, invocations: Invocations): AsyncQueue {
  function plan(event: QueuedEvent): void {
    state.queue[event.id] = event;
    world.schedule(`lambda/queue/${event.id}`, event.dueAt, () => void attempt(event));
    world.changed('lambda');
  }
  /** The event stays in the queue while it runs: if the cloud ends meanwhile, it is invoked again after the restart. */
  async function attempt(event: QueuedEvent): Promise<void> {
    const verdict = await tried(event);
    if (state.queue[event.id] !== event) return;
    delete state.queue[event.id];
    world.changed('lambda');
    if (verdict.kind === 'failed') retryAfter(event, RETRY_DELAYS_MS[event.failures], 'failures', 'RetriesExhausted');
    if (verdict.kind === 'throttled') retryAfter(event, backoff(event.throttles), 'throttles', 'EventAgeExceeded');
    if (verdict.kind === 'impossible') drop(event, verdict.reason);
  }
  async function tried(
    event: QueuedEvent,
  ): Promise<{ kind: 'done' | 'failed' | 'throttled' } | { kind: 'impossible'; reason: string }> {
    try {
      const outcome = await invocations.invoke(event.functionName, event.payload, event.id);
      return { kind: outcome.failed ? 'failed' : 'done' };
    } catch (error) {
      const { name, status } = error instanceof ServiceError ? error : { name: String(error), status: 400 };
      // A function that is still being created answers 409.
      return [409, 429].includes(status) || status >= 500
        ? { kind: 'throttled' }
        : { kind: 'impossible', reason: name };
    }
  }
  function retryAfter(
    event: QueuedEvent,
    delayMs: number | undefined,
    counter: 'failures' | 'throttles',
    reason: string,
  ): void {
    const limits = state.functions[event.functionName]?.eventInvoke;
    const counted = { ...event, [counter]: event[counter] + 1, dueAt: world.now() + (delayMs ?? 0) };
    const expiresAt = event.acceptedAt + (limits?.maximumEventAgeSeconds ?? DEFAULT_AGE_SECONDS) * 1_000;
    if (counted.failures > (limits?.maximumRetryAttempts ?? DEFAULT_RETRIES)) drop(event, reason);
    else if (counted.dueAt > expiresAt) drop(event, 'EventAgeExceeded');
    else plan(counted);
  }
  function drop({ functionName, payload }: QueuedEvent, reason: string): void {
    state.drops.push({ at: new Date(world.now()).toISOString(), functionName, reason, payload });
    state.drops.splice(0, state.drops.length - DROPS_KEPT);
    world.changed('lambda');
  }
  return {
    accept(functionName, payload) {
      const now = world.now();
      const id = world.uuid();
      plan({ id, functionName, payload, acceptedAt: now, dueAt: now, failures: 0, throttles: 0 });
      return id;
    },
    resume() {
      for (const event of Object.values(state.queue)) plan(event);
    },
  };
}

const backoff = (throttles: number) => Math.min(FIRST_BACKOFF_MS * 2 ** throttles, LONGEST_BACKOFF_MS);
