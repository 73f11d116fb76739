/** Where races begin: states that the reconciler's own passes lead to, from a cluster that has never run. */
import type { Activity, Status } from '../../../config-schema/documents.ts';
import { activityKey, clusterKey, statusKey } from '../../../config-schema/keys.ts';
import { put } from './bucket.ts';
import { BEGINS_AT, clusterText, IDLE_AFTER_MS } from './ground.ts';
import type { Race } from './race.ts';
import type { Beginning, Scenario } from './scenario.ts';
import { settle } from './settle.ts';
import { CLUSTER, type ClientState, POOL, type State } from './state.ts';

type View = { state: State; status: Status | null; activity: Activity | null };

const draining = ({ status }: View) => status?.pools[POOL]?.draining ?? [];
const drained = ({ activity }: View) => (activity?.workers ?? []).filter((worker) => worker.drained).length;

const REACHED: Record<Beginning, (view: View) => boolean> = {
  idle: ({ state, status }) =>
    status?.idleSince != null && status.asleep === null && state.now >= Date.parse(status.idleSince) + IDLE_AFTER_MS,
  'sleep published': ({ status }) => status?.asleep != null,
  drained: (view) =>
    view.status?.asleep != null && view.state.pool.desired > 0 && drained(view) === view.state.workers.length,
  'workers gone': ({ state, status }) =>
    status?.asleep != null && state.server.desired === 1 && state.pool.desired + state.workers.length === 0,
  asleep: ({ state, status }) =>
    status?.asleep != null && state.server.desired === 0 && state.server.startedAt === null,
  leased: ({ state }) => state.clients[0]?.phase === 'ready' && state.workers.length === 2,
  'one of two drained': (view) => draining(view).length === 1 && drained(view) === 1 && view.state.pool.desired === 2,
};

/** Nobody builds on the way there. */
export async function beginningOf(race: Race, scenario: Scenario): Promise<State> {
  const { texts } = race.parts;
  const view = (state: State): View => ({
    state,
    status: parsed<Status>(state, statusKey(CLUSTER)),
    activity: parsed<Activity>(state, activityKey(CLUSTER)),
  });
  function parsed<T>(state: State, key: string): T | null {
    const stored = state.objects[key];
    return stored ? (JSON.parse(texts.text(stored.text)) as T) : null;
  }
  const go = async (state: State, goal: (view: View) => boolean): Promise<State> => {
    const settled = await settle(race, state, (reached) => goal(view(reached)));
    if (settled.reached) return settled.state;
    const status = texts.text(settled.state.objects[statusKey(CLUSTER)]?.text ?? 0);
    throw new Error(`no way to a cluster that is ${scenario.beginning}: ${settled.violation ?? status}`);
  };
  const nothing = put(neverRun(scenario), clusterKey(CLUSTER), texts.number(clusterText(1)));
  const ready = await go(nothing, ({ status }) => status?.conditions[0]?.reason === 'Converged');
  const reached = await go(prepared(scenario, ready), REACHED[scenario.beginning]);
  const clients = scenario.clients.map(
    (_, client): ClientState => reached.clients[client] ?? { phase: 'away', promised: 0, noticed: false },
  );
  const reconcilers = reached.reconcilers.map((reconciler) => ({ ...reconciler, begunAt: 0, invocations: 0 }));
  return withLease(race, scenario, { ...reached, reconcilers, clients, edits: 0, crashes: scenario.crashes });
}

/** What no pass does: a worker more by hand, and a build. */
function prepared({ beginning }: Scenario, ready: State): State {
  if (beginning === 'one of two drained') return { ...ready, pool: { ...ready.pool, desired: 2 } };
  if (beginning === 'leased') return { ...ready, clients: [{ phase: 'away', promised: 0, noticed: false }] };
  return ready;
}

/** Client 1 wrote its lease so long ago. */
function withLease(race: Race, { leaseAgeMs }: Scenario, state: State): State {
  if (leaseAgeMs === null) return state;
  const written = race.clients.leased({ ...state, now: state.now - leaseAgeMs }, 0);
  const [first, ...others] = state.clients as [ClientState, ...ClientState[]];
  const phase = first.phase === 'away' ? 'waiting' : first.phase;
  return { ...state, objects: written.objects, clients: [{ ...first, phase }, ...others] };
}

/** The stacks are there, and nothing runs. */
function neverRun(scenario: Scenario): State {
  return {
    now: BEGINS_AT,
    objects: {},
    server: { desired: 0, startedAt: null },
    pool: { desired: 0, started: 0 },
    workers: [],
    orders: [],
    idleSince: null,
    reconcilers: scenario.invocations.map(() => ({ node: null, got: [], since: 0, begunAt: 0, invocations: 0 })),
    clients: [],
    edits: scenario.edits.length,
    crashes: 0,
  };
}
