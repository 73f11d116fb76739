/** The reconciler's Lambda function as the local cloud runs it here: environments, invocations that overlap, crash and time out. */
import type { FunctionRuntime, Invocation, Outcome } from '../../local/cloud/lambda/runtime.ts';
import { dispatch } from '../../reconciler/dispatch.ts';
import type { Log, Ports, Time } from '../../reconciler/ports.ts';
import { RECONCILER_TIMEOUT_SECONDS } from '../../templates/reconciler.ts';
import { openDoor, SETTINGS } from './doors.ts';
import type { Caller, Gate } from './gate.ts';
import type { InvocationRecord } from './history.ts';
import type { PastReads } from './past-reads.ts';
import { type Watch, watchedPorts } from './watched-ports.ts';
import type { SimulatedWorld } from './world.ts';

interface Reconciler {
  runtime: FunctionRuntime;
  /** Once, when the world is there. */
  live(parts: Omit<Watch, 'caller'>): void;
  /** Ports of nobody's invocation, past the gate. */
  plainPorts(): Ports;
}

/** A warm environment serves one invocation at a time and keeps what its adapters remember. */
interface Environment {
  ports: Ports;
}

interface Life {
  world: SimulatedWorld;
  gate: Gate;
  past: PastReads;
  statusWritten(cluster: string): void;
  fresh(): Environment;
  idle: Environment[];
}

const log: Log = { info: () => {}, error: () => {} };

/** A function runtime whose invocations begin once `live` was called: the cloud is made with it, and it needs the cloud. */
export function createReconciler(): Reconciler {
  let life: Life | undefined;
  const alive = (): Life => {
    if (!life) throw new Error('the reconciler of the simulation was asked before its world was there');
    return life;
  };
  return {
    runtime: { invoke: (invocation) => invoked(alive(), invocation), retire: () => {} },
    live(parts) {
      const open = openDoor(parts.world);
      life = { ...parts, fresh: () => ({ ports: open(timeOf(parts.world), log) }), idle: [] };
    },
    plainPorts: () => alive().fresh().ports,
  };
}

function timeOf(world: SimulatedWorld): Time {
  return { now: () => world.now() + world.weather.skewMs, wait: async () => {} };
}

function invoked(life: Life, invocation: Invocation): Promise<Outcome> {
  const { world, gate } = life;
  gate.stir();
  const number = world.history.invocations.length + 1;
  const event = JSON.parse(invocation.payload) as unknown;
  const entry: InvocationRecord = { number, startedAt: world.now(), event: nameOf(event) };
  world.history.invocations.push(entry);
  const environment = life.idle.pop() ?? life.fresh();
  return new Promise((resolve) => {
    const end = (outcome: NonNullable<InvocationRecord['outcome']>, error?: string) => {
      if (!caller.alive) return;
      caller.alive = false;
      gate.stir();
      Object.assign(entry, { outcome, endedAt: world.now() }, error !== undefined && { error });
      // An environment that crashed is gone with all that it remembered.
      if (outcome === 'done' || outcome === 'failed') life.idle.push(environment);
      resolve({ payload: JSON.stringify(error ?? null), failed: outcome !== 'done' });
    };
    const caller: Caller = { number, alive: true, revisions: new Map(), end: () => end('crashed', 'crashed') };
    const deadline = invocation.begin();
    deadline.expired.addEventListener('abort', () => end('timed out', 'Task timed out'), { once: true });
    handled(life, environment.ports, caller, event, deadline.at).then(
      () => end('done'),
      (error: Error) => end('failed', `${error.name}: ${error.message}`),
    );
  });
}

function nameOf(event: unknown): string {
  const { source, 'detail-type': type, resources } = event as Record<string, unknown>;
  const what = Array.isArray(resources) ? String(resources[0] ?? '').replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, '') : '';
  return `${source ?? ''} ${type ?? ''} ${what}`.trim();
}

/** The handler but for `reconciler/lambda.ts`, which reads its settings from a process that is not there. */
function handled(life: Life, plain: Ports, caller: Caller, event: unknown, deadlineAt: number): Promise<void> {
  const { world } = life;
  const time = waitingTime(life, caller);
  const ports = watchedPorts({ ...plain, time }, { ...life, caller });
  const settings = { ...SETTINGS, version: world.weather.version };
  const invocation = {
    id: `invocation-${caller.number}`,
    deadline: time.now() + deadlineAt - world.now(),
    lifeMs: RECONCILER_TIMEOUT_SECONDS * 1000,
  };
  return dispatch(ports, settings, invocation, event);
}

let waits = 0;

function waitingTime({ world, gate }: Life, caller: Caller): Time {
  return {
    now: () => world.now() + world.weather.skewMs,
    wait: (ms) =>
      new Promise((resolve) => {
        waits += 1;
        world.clock.schedule(`simulation/wait/${waits}`, world.now() + Math.ceil(ms), () => {
          if (!caller.alive) return;
          gate.stir();
          resolve();
        });
      }),
  };
}
