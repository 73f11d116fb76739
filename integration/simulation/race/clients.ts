/** Steps of builds, in the order of `bbf build`: lease, look at status until it may start, work, release; renewals and crashes in between. */

import { judgeReadiness } from '../../../cli/bazel/readiness.ts';
import type { Lease, Status } from '../../../config-schema/documents.ts';
import { statusKey } from '../../../config-schema/keys.ts';
import { put, removed } from './bucket.ts';
import { isIdle } from './farm.ts';
import { leaseId, leaseOf } from './ground.ts';
import type { Plant, Scenario } from './scenario.ts';
import { CLUSTER, type ClientState, POOL, replaced, type State, type Texts } from './state.ts';
import type { Step } from './step.ts';

export interface Clients {
  steps(state: State): Step[];
  /** The client's lease is written now. */
  leased(state: State, client: number): State;
  /** When the client's lease ends, by S3's clock; null without one. */
  leaseEnd(state: State, client: number): number | null;
  /** When it is to be renewed. */
  renewalAt(state: State, client: number): number | null;
}

const HOLDING = new Set<ClientState['phase']>(['waiting', 'ready', 'queued', 'running', 'done']);

/** True for one that lives and holds its lease. */
export const holds = ({ phase }: ClientState) => HOLDING.has(phase);

/** @param leases texts of the clients' leases, in their order */
export function createClients(
  scenario: Scenario,
  plants: ReadonlySet<Plant>,
  texts: Texts,
  leases: readonly string[],
  reduced: boolean,
): Clients {
  const numbers = leases.map((text) => texts.number(text));
  const ttlMs = leases.map((text) => (JSON.parse(text) as Lease).ttlSeconds * 1000);
  const verdicts = new Map<string, Promised | 'waiting' | 'stuck'>();

  const leased = (state: State, client: number) => put(state, leaseOf(client), numbers[client] as number);
  const leaseEnd = (state: State, client: number) => {
    const lease = state.objects[leaseOf(client)];
    return lease ? lease.at + (ttlMs[client] as number) : null;
  };
  const renewalAt = (state: State, client: number) => {
    const lease = state.objects[leaseOf(client)];
    return lease ? lease.at + (ttlMs[client] as number) / 3 : null;
  };

  /** What a look at the status of this moment means: workers that it may use, or no. */
  function verdictOn(state: State, client: number): Promised | 'waiting' | 'stuck' {
    const stored = state.objects[statusKey(CLUSTER)];
    const key = `${client}/${stored?.text}`;
    const known = verdicts.get(key);
    if (known !== undefined) return known;
    const status = stored ? (JSON.parse(texts.text(stored.text)) as Status) : null;
    const workers = scenario.clients[client] as number;
    const claim = { cluster: CLUSTER, pool: POOL, workers, leaseId: leaseId(client) };
    const { state: verdict } = judgeReadiness(claim, status);
    const made = verdict === 'done' ? promise(status, claim.leaseId, workers) : verdict;
    verdicts.set(key, made);
    return made;
  }

  function look(state: State, client: number): State {
    const verdict = verdictOn(state, client);
    if (verdict === 'waiting') return state;
    const next: ClientState =
      verdict === 'stuck' ? { phase: 'done', promised: 0, noticed: false } : { phase: 'ready', ...verdict };
    return { ...state, clients: replaced(state.clients, client, next) };
  }

  /** Builds that claim alike come in their order: each other schedule is one of these with their names exchanged. */
  function isNext({ clients }: State, client: number): boolean {
    const areAlike = reduced && scenario.clients[client] === scenario.clients[client - 1];
    return !areAlike || clients[client - 1]?.phase !== 'away';
  }

  function stepsOf(state: State, client: number): Step[] {
    const own = state.clients[client] as ClientState;
    const { phase } = own;
    const name = `client ${client + 1}`;
    const step = (what: string, next: () => State): Step => ({ name: `${name} ${what}`, next, violation: null });
    const become = (to: ClientState['phase'], from: State = state) => ({
      ...from,
      clients: replaced(from.clients, client, { ...own, phase: to, promised: to === 'released' ? 0 : own.promised }),
    });
    const steps: Step[] = [];
    if (!isNext(state, client)) return [];
    if (phase === 'away' && !plants.has('status before lease'))
      steps.push(step('writes its lease', () => become('waiting', leased(state, client))));
    if (phase === 'away' && plants.has('status before lease'))
      steps.push(step('looks at status without a lease', () => ({ ...look(state, client) })));
    if (phase === 'ready' && !state.objects[leaseOf(client)])
      return [step('writes its lease', () => leased(state, client))];
    if (phase === 'waiting' && verdictOn(state, client) !== 'waiting')
      steps.push(step('looks at status', () => look(state, client)));
    if (phase === 'ready' && state.server.startedAt !== null)
      steps.push(step('asks for work', () => ({ ...become('queued'), idleSince: null })));
    if (phase === 'done')
      steps.push(step('releases its lease', () => become('released', removed(state, leaseOf(client)))));
    const due = renewalAt(state, client);
    if (HOLDING.has(phase) && due !== null && state.now >= due)
      steps.push(step('renews its lease', () => leased(state, client)));
    if (state.crashes > 0 && HOLDING.has(phase)) steps.push(step('dies', () => crashed(become('dead'))));
    return steps;
  }

  return {
    leased,
    leaseEnd,
    renewalAt,
    steps: (state) => state.clients.flatMap((_, client) => stepsOf(state, client)),
  };
}

/** What waited for a worker goes with its client; what a worker has begun goes on. */
const crashed = (state: State): State => {
  const idleSince = state.server.startedAt !== null && isIdle(state) ? (state.idleSince ?? state.now) : null;
  return { ...state, idleSince, crashes: state.crashes - 1 };
};

type Promised = Pick<ClientState, 'promised' | 'noticed'>;

/** What judgeReadiness found enough: the claim, or as much of it as limits allow once the reconciler has seen it. */
function promise(status: Status | null, id: string, workers: number): Promised {
  const noticed = status?.leases.some((lease) => lease.id === id) ?? false;
  const promised = noticed ? Math.min(workers, Math.max(1, status?.pools[POOL]?.wanted ?? 0)) : workers;
  return { promised, noticed };
}
