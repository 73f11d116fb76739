/** A world whose clock moves only when told to and whose chance comes from a seed: same seed, same run. */
import type { ServiceName, World } from './kernel.ts';
import { createTimers } from './timers.ts';

export interface VirtualWorld extends World {
  /** Runs every timer due within the next `ms` in order of time, then of scheduling, and leaves the clock there. */
  advance(ms: number): void;
  /** Runs the next timer, if one is due by `until`, at its own time; the clock stays there. False when there is none. */
  runNext(until: number): boolean;
  /** Runs timers until `predicate` holds; throws when it does not within `limitMs` of virtual time. */
  runUntil(predicate: () => boolean, limitMs: number): void;
  /** Like `advance`, and lets pending promises settle before, between and after the timers. */
  elapse(ms: number): Promise<void>;
  /** Like `runUntil`, and lets pending promises settle before each look. */
  elapseUntil(predicate: () => boolean | Promise<boolean>, limitMs: number): Promise<void>;
  /** When the next timer is due, if there is one. */
  nextTimerAt(): number | undefined;
  /** How many changes of its state a service has reported: while that number stays, so does what was read of it. */
  changes(service: ServiceName): number;
  readonly seed: number;
}

interface VirtualWorldOptions {
  seed?: number;
  /** Milliseconds since the epoch at which the world begins. */
  startsAt?: number;
  region?: string;
  account?: string;
}

/** Any instant does; a round one makes failures easy to read. */
const DEFAULT_START = Date.UTC(2026, 0, 5, 8, 0, 0);

export function createVirtualWorld(options: VirtualWorldOptions = {}): VirtualWorld {
  const seed = options.seed ?? 1;
  const random = seededRandom(seed);
  const timers = createTimers();
  const changes = new Map<ServiceName, number>();
  const changesOf = (service: ServiceName) => changes.get(service) ?? 0;
  let clock = options.startsAt ?? DEFAULT_START;

  const runOne = (until: number): boolean => {
    const timer = timers.takeDue(until);
    if (!timer) return false;
    clock = Math.max(clock, timer.at);
    timer.run();
    return true;
  };
  const overdue = (limitMs: number) =>
    new Error(`Nothing fulfilled the condition within ${limitMs} ms of virtual time (seed ${seed}).`);

  return {
    region: options.region ?? 'us-east-1',
    account: options.account ?? '000000000000',
    seed,
    changes: changesOf,
    now: () => clock,
    random,
    uuid: () => uuidFrom(random),
    schedule: timers.set,
    cancel: timers.cancel,
    changed: (service) => void changes.set(service, changesOf(service) + 1),
    nextTimerAt: timers.nextAt,
    runNext: runOne,
    advance(ms) {
      const until = clock + ms;
      while (runOne(until));
      clock = until;
    },
    runUntil(predicate, limitMs) {
      const until = clock + limitMs;
      while (!predicate()) if (!runOne(until)) throw overdue(limitMs);
    },
    async elapse(ms) {
      const until = clock + ms;
      do await settled();
      while (runOne(until));
      clock = until;
    },
    async elapseUntil(predicate, limitMs) {
      const until = clock + limitMs;
      for (;;) {
        await settled();
        if (await predicate()) return;
        if (!runOne(until)) throw overdue(limitMs);
      }
    },
  };
}

/** Promise callbacks run before the next turn of the event loop. Two turns let a stream hand over its last chunk. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The 32-bit generator known as mulberry32: small, quick, and good enough to choose faults. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function uuidFrom(random: () => number): string {
  const [a, b, c, d] = [bits32(random), bits32(random), bits32(random), bits32(random)] as const;
  // Version 4, variant 1 (RFC 9562, section 5.4).
  const [version, variant] = [(b & 0xffff0fff) | 0x4000, (c & 0x3fffffff) | 0x80000000];
  return `${hex16(a >>> 16)}${hex16(a)}-${hex16(b >>> 16)}-${hex16(version)}-${hex16(variant >>> 16)}-${hex16(c)}${hex16(d >>> 16)}${hex16(d)}`;
}

const bits32 = (random: () => number) => Math.floor(random() * 2 ** 32);
/** Ids are drawn so often that a number's way to its digits counts. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hex16 = (bits: number) => `${HEX[(bits >>> 8) & 255]}${HEX[bits & 255]}`;
