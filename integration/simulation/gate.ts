/** Every call of a port passes here: it takes its time, meets the story's faults, and is put on record. */
import type { CallFaults } from './call-faults.ts';
import { type CallRecord, record } from './history.ts';
import { errorOf } from './injected-errors.ts';
import type { PastRead } from './past-reads.ts';
import type { CallFault } from './story.ts';
import type { SimulatedWorld } from './world.ts';

/** One invocation, as far as its calls are concerned. */
export interface Caller {
  number: number;
  alive: boolean;
  /** By cluster: the revision of cluster.json that it read last. */
  revisions: Map<string, string | null>;
  /** Ends it at once, as a crash does. */
  end(): void;
}

interface Site<T> {
  /** e.g. `stacks.create`. */
  point: string;
  /** What it is about. */
  target: string;
  detail?: string;
  /** What an older or a missing thing would look like; reads of stacks and services only. */
  stale?: (fault: CallFault) => Promise<PastRead<unknown>>;
  /** What a caller gets whose conditional write met another one. */
  conflict?: unknown;
  /** The answer in a word, for the record. */
  answered?: (value: T) => string;
}

export interface Gate {
  pass<T>(caller: Caller, site: Site<T>, run: () => Promise<T>, took?: (value: T) => void): Promise<T>;
  /** Something of an invocation is to run now: it begins, ends, or goes on after a wait. */
  stir(): void;
  /** Waits for what was stirred and for calls that have begun; then nothing runs until the clock moves. */
  settled(): Promise<void> | undefined;
}

const never = new Promise<never>(() => {});
/** Also of stories with slower calls, once it is calm: an invocation must get through its pass. */
const LATENCY_MS: [number, number] = [5, 60];

export function createGate(world: SimulatedWorld, faults: CallFaults): Gate {
  const begun: Promise<void>[] = [];
  let calls = 0;
  let stirred = false;

  /** Runs `then` when the call's time has come, unless its caller is gone by then. */
  function later(delayMs: number, then: () => Promise<void>): void {
    calls += 1;
    world.clock.schedule(`simulation/call/${calls}`, world.now() + delayMs, () => void begun.push(then()));
  }

  const next = world.door === 'direct' ? afterPromises : turnOfTheLoop;
  async function quiet(): Promise<void> {
    do {
      do await begun.pop();
      while (begun.length > 0);
      await next();
    } while (begun.length > 0);
  }

  return {
    pass(caller, site, run, took) {
      if (!caller.alive) return never;
      return new Promise((resolve, reject) => {
        const [least, most] = (world.isCalm() ? undefined : world.story.latencyMs) ?? LATENCY_MS;
        const latency = Math.round(least + world.chance() * (most - least));
        const fault = faults.hit(site.point);
        const asked = { site: site as Site<unknown>, resolve: resolve as (value: unknown) => void };
        const call: Passing = { world, caller, fault, reject, ...asked };
        const go = async () => {
          if (caller.alive) await performed(call, run, took as (value: unknown) => void, later);
        };
        // A pause may outlive its invocation, and is met all the same.
        if (fault?.kind === 'pause') met(call);
        later(fault?.kind === 'pause' ? latency + (fault.ms ?? 0) : latency, go);
      });
    },
    stir() {
      stirred = true;
    },
    settled() {
      if (!stirred && begun.length === 0) return undefined;
      stirred = false;
      return quiet();
    },
  };
}

/** Asked for by a promise, the next tick comes when no promise has anything left to run: nothing but promises is at work here. */
const afterPromises = () => new Promise<void>((resolve) => process.nextTick(resolve));
/** Streams of the SDK hand on their parts in turns of the event loop. */
const turnOfTheLoop = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Passing {
  world: SimulatedWorld;
  caller: Caller;
  site: Site<unknown>;
  fault: CallFault | undefined;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

type Later = (delayMs: number, then: () => Promise<void>) => void;

async function performed(
  call: Passing,
  run: () => Promise<unknown>,
  took: ((value: unknown) => void) | undefined,
  later: Later,
): Promise<void> {
  const { caller, site, fault, resolve, reject } = call;
  const refused = fault && errorOf(fault.kind, site.point);
  const effect = async () => {
    const value = await run();
    took?.(value);
    return value;
  };
  if (fault?.kind === 'crash') {
    met(call);
    note(call, 'crashed', false);
    caller.end();
  } else if (fault?.kind === 'conflict' && 'conflict' in site) {
    met(call);
    note(call, 'ok', false);
    resolve(site.conflict);
  } else if (fault && site.stale && ['stale', 'phantom-absence', 'phantom-presence'].includes(fault.kind)) {
    const { value, differs } = await site.stale(fault);
    if (differs) met(call);
    answer(call, value);
  } else if (fault?.kind === 'late') {
    met(call);
    note(call, 'failed', false, errorOn(refused));
    reject(refused);
    later(fault.ms ?? 1_000, async () => void (await effect().catch(() => undefined)));
  } else if (refused && !fault.kind.startsWith('lost')) {
    met(call);
    note(call, 'failed', false, errorOn(refused));
    reject(refused);
  } else await carriedOut(call, effect, refused);
}

async function carriedOut(call: Passing, effect: () => Promise<unknown>, lost: Error | undefined): Promise<void> {
  const { caller, fault, reject } = call;
  try {
    const value = await effect();
    if (fault?.kind === 'crash-after') {
      met(call);
      note(call, 'crashed', true);
      caller.end();
    } else if (lost) {
      met(call);
      note(call, 'failed', true, errorOn(lost));
      reject(lost);
    } else {
      answer(call, value);
    }
  } catch (error) {
    note(call, 'failed', false, errorOn(error as Error));
    reject(error);
  }
}

function answer(call: Passing, value: unknown): void {
  const answered = call.site.answered?.(value);
  note(call, 'ok', true, answered === undefined ? {} : { answer: answered });
  call.resolve(value);
}

const errorOn = (error: Error | undefined): Pick<CallRecord, 'error'> =>
  error ? { error: `${error.name}: ${error.message}` } : {};

/** The call's fault did what it is there for. */
function met({ world, fault }: Passing): void {
  if (fault) world.history.hits.add(fault);
}

function note(
  { world, caller, site, fault }: Passing,
  outcome: CallRecord['outcome'],
  took: boolean,
  more: Pick<CallRecord, 'error' | 'answer'> = {},
): void {
  const { history } = world;
  const entry: CallRecord = {
    index: history.calls.length,
    at: world.now(),
    invocation: caller.number,
    point: site.point,
    target: site.target,
    detail: site.detail ?? '',
    outcome,
    took,
    ...more,
  };
  if (fault) entry.fault = fault.kind;
  record(history, 'calls', entry);
}
