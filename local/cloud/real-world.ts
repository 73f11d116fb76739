/** The world as it is: the machine's clock, its timers and its entropy. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { ServiceName, World } from './kernel.ts';

interface RealWorld extends World {
  /** Drops every timer, so that nothing happens any more. */
  stop(): void;
}

interface RealWorldOptions {
  region: string;
  account: string;
  changed(service: ServiceName): void;
  /** A timer's callback threw; the world goes on. */
  failed(key: string, error: unknown): void;
}

/** `setTimeout` holds at most this many milliseconds (a signed 32-bit number); a longer wait is cut in pieces. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export function createRealWorld(options: RealWorldOptions): RealWorld {
  const timeouts = new Map<string, NodeJS.Timeout>();
  let stopped = false;

  function cancel(key: string): void {
    clearTimeout(timeouts.get(key));
    timeouts.delete(key);
  }
  function schedule(key: string, at: number, run: () => void): void {
    cancel(key);
    if (stopped) return;
    const wait = Math.min(Math.max(0, at - Date.now()), LONGEST_TIMEOUT_MS);
    timeouts.set(
      key,
      setTimeout(() => due(key, at, run), wait),
    );
  }
  function due(key: string, at: number, run: () => void): void {
    // Node may fire a millisecond early, and a long wait comes in pieces.
    if (Date.now() < at) {
      schedule(key, at, run);
      return;
    }
    timeouts.delete(key);
    try {
      run();
    } catch (error) {
      options.failed(key, error);
    }
  }

  return {
    region: options.region,
    account: options.account,
    now: () => Date.now(),
    // Access keys are drawn from this, so it must not be guessable.
    random: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
    uuid: () => randomUUID(),
    schedule,
    cancel,
    changed: options.changed,
    stop() {
      stopped = true;
      for (const key of [...timeouts.keys()]) cancel(key);
    },
  };
}
