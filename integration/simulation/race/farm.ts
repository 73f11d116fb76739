/** Steps of the farm and of ECS: orders are read and obeyed, work is taken and done, tasks are started and stopped. */

import type { Activity } from '../../../config-schema/documents.ts';
import { activityKey, statusKey } from '../../../config-schema/keys.ts';
import { drainingIn } from '../../../duties/orders.ts';
import { put } from './bucket.ts';
import { activityOf } from './ground.ts';
import type { Plant } from './scenario.ts';
import { CLUSTER, replaced, type State, type Texts, type WorkerState } from './state.ts';
import type { Step } from './step.ts';

/** A report that says nothing new is written again after this long. */
const REPORT_MS = 30_000;

interface Farm {
  steps(state: State): Step[];
}

export function createFarm(texts: Texts, plants: ReadonlySet<Plant>): Farm {
  const sight = createSight(texts);
  return {
    steps(state) {
      const tasks = [...serverTask(state), ...workerTasks(state)];
      if (state.server.startedAt === null) return tasks;
      const heard = state.workers.flatMap((_, i) => synchronize(state, i, plants));
      return [...tasks, ...readOrders(state, sight), ...report(state, sight), ...work(state, plants), ...heard];
    },
  };
}

/** What the farm reads and writes, made once for each text and each state of the farm. */
interface Sight {
  orders(status: number): readonly string[];
  activity(state: State): number;
  /** Number of the same report but for its time. */
  essence(activity: number): number;
}

function createSight(texts: Texts): Sight {
  const orders = new Map<number, readonly string[]>();
  const activities = new Map<string, number>();
  const essences = new Map<number, number>();
  return {
    orders: (status) => remembered(orders, status, () => [...drainingIn(texts.text(status))].sort()),
    activity(state) {
      const { now, server, workers, orders: told, idleSince } = state;
      const queued = state.clients.map(({ phase }) => phase === 'queued');
      const key = JSON.stringify([now, server.startedAt, workers, told, idleSince, queued]);
      return remembered(activities, key, () => texts.number(JSON.stringify(activityOf(state))));
    },
    essence: (activity) =>
      remembered(essences, activity, () =>
        texts.number(JSON.stringify({ ...(JSON.parse(texts.text(activity)) as Activity), reportedAt: '' })),
      ),
  };
}

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

const step = (name: string, next: State, violation?: string): Step => ({
  name,
  next: () => next,
  violation: violation ?? null,
});

function serverTask(state: State): Step[] {
  const { desired, startedAt } = state.server;
  if (desired === 1 && startedAt === null) {
    return [
      step('ecs starts the server', { ...state, server: { desired, startedAt: state.now }, idleSince: state.now }),
    ];
  }
  if (desired === 0 && startedAt !== null) {
    const workers = state.workers.map((worker) => ({ ...worker, runs: null }));
    const clients = state.clients.map((client) =>
      client.phase === 'queued' || client.phase === 'running'
        ? { ...client, phase: 'done' as const, promised: 0 }
        : client,
    );
    const next = { ...state, server: { desired, startedAt: null }, idleSince: null, orders: [], workers, clients };
    const lost = state.workers.find((worker) => worker.runs !== null);
    return [step('ecs stops the server', next, lost && `the server is stopped while ${lost.name} is busy`)];
  }
  return [];
}

/** More than wanted: any task that is not protected may be the one that is stopped. */
function workerTasks(state: State): Step[] {
  const { desired, started } = state.pool;
  if (state.workers.length < desired) {
    const name = `w${started + 1}`;
    const worker: WorkerState = { name, protected: false, draining: false, refused: false, runs: null };
    return [
      step(`ecs starts ${name}`, {
        ...state,
        pool: { desired, started: started + 1 },
        workers: [...state.workers, worker],
      }),
    ];
  }
  if (state.workers.length === desired) return [];
  return state.workers
    .filter((worker) => !worker.protected)
    .map((worker) => {
      const next = { ...state, workers: state.workers.filter((other) => other !== worker) };
      const busy = worker.runs === null ? undefined : `${worker.name} is stopped while it is busy`;
      return step(`ecs stops ${worker.name}`, next, busy);
    });
}

function readOrders(state: State, sight: Sight): Step[] {
  const status = state.objects[statusKey(CLUSTER)];
  const orders = status ? sight.orders(status.text) : state.orders;
  return same(orders, state.orders) ? [] : [step('farm reads its orders', { ...state, orders })];
}

/** The worker hears whether it drains; then it sees to its protection. */
function synchronize(state: State, index: number, plants: ReadonlySet<Plant>): Step[] {
  const worker = state.workers[index] as WorkerState;
  const draining = state.orders.includes(worker.name);
  const wish = !(draining && worker.runs === null);
  const others = state.workers.filter((other) => other !== worker && other.protected).length;
  // ECS refuses to protect more tasks than are desired (DEPLOYMENT_BLOCKED).
  const refused = wish && !worker.protected && (others >= state.pool.desired || plants.has('no protection'));
  const stillRefused = refused || (worker.refused && wish && !draining);
  const next = { ...worker, draining, protected: wish && !refused, refused: stillRefused };
  const news =
    next.draining !== worker.draining || next.protected !== worker.protected || next.refused !== worker.refused;
  if (!news) return [];
  return [step(`${worker.name} hears from the server`, { ...state, workers: replaced(state.workers, index, next) })];
}

const isReckless = (plants: ReadonlySet<Plant>) => plants.has('no protection') || plants.has('work unprotected');

/** As the worker's guard has it (duties/scale-in-guard.ts): not while it drains, and only while ECS protects it. */
const accepts = (state: State, worker: WorkerState, plants: ReadonlySet<Plant>) =>
  !worker.draining &&
  !state.orders.includes(worker.name) &&
  (worker.protected || (worker.refused && isReckless(plants))) &&
  worker.runs === null;

function work(state: State, plants: ReadonlySet<Plant>): Step[] {
  const taken = state.workers.flatMap((worker, i) =>
    accepts(state, worker, plants)
      ? state.clients.flatMap((asking, client) => {
          if (asking.phase !== 'queued') return [];
          const clients = replaced(state.clients, client, { ...asking, phase: 'running' as const });
          const workers = replaced(state.workers, i, { ...worker, runs: client });
          return step(`${worker.name} takes the work of client ${client + 1}`, { ...state, clients, workers });
        })
      : [],
  );
  const done = state.workers.flatMap((worker, i) => {
    if (worker.runs === null) return [];
    const client = state.clients[worker.runs];
    const clients =
      client?.phase === 'running'
        ? replaced(state.clients, worker.runs, { ...client, phase: 'done' as const })
        : state.clients;
    const next = { ...state, clients, workers: replaced(state.workers, i, { ...worker, runs: null }) };
    return step(`${worker.name} has done its work`, { ...next, idleSince: isIdle(next) ? state.now : null });
  });
  return [...taken, ...done];
}

export const isIdle = ({ workers, clients }: State) =>
  workers.every(({ runs }) => runs === null) && clients.every(({ phase }) => phase !== 'queued');

function report(state: State, sight: Sight): Step[] {
  const key = activityKey(CLUSTER);
  const last = state.objects[key];
  const text = sight.activity(state);
  const recent = last !== undefined && state.now - last.at < REPORT_MS;
  if (recent && sight.essence(last.text) === sight.essence(text)) return [];
  return [step('farm reports', put(state, key, text))];
}

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((name, i) => name === b[i]);
