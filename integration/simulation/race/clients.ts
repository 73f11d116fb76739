/** Steps of builds, in the order of `bbf build`: lease, look at status until it may start, work, release; renewals and crashes in between. */

import { judgeReadiness } from '../../../cli/bazel/readiness.ts';
import type { Lease, Status } from '../../../config-schema/documents.ts';
import { statusKey } from '../../../config-schema/keys.ts';
import { put, removed } from './bucket.ts';
import { isIdle } from './farm.ts';
import { leaseId, leaseOf } from './ground.ts';
import type { RaceParts } from './reconcilers.ts';
import { CLUSTER, type ClientState, POOL, replaced, type State } from './state.ts';
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

type ClientParts = Pick<RaceParts, 'scenario' | 'plants' | 'texts' | 'reduced'>;
type Verdict = Promised | 'waiting' | 'stuck';

/** @param leases texts of the clients' leases, in their order */
export const createClients = (parts: ClientParts, leases: readonly string[]): Clients => new Builds(parts, leases);

class Builds implements Clients {
  readonly #parts: ClientParts;
  /** By client: its lease as it is written, and how long it lasts. */
  readonly #numbers: readonly number[];
  readonly #ttlMs: readonly number[];
  /** By client and text of the status. */
  readonly #verdicts = new Map<string, Verdict>();

  constructor(parts: ClientParts, leases: readonly string[]) {
    this.#parts = parts;
    this.#numbers = leases.map((text) => parts.texts.number(text));
    this.#ttlMs = leases.map((text) => (JSON.parse(text) as Lease).ttlSeconds * 1000);
  }

  steps(state: State): Step[] {
    return state.clients.flatMap((_, client) => this.#stepsOf(state, client));
  }

  leased(state: State, client: number): State {
    return put(state, leaseOf(client), this.#numbers[client] as number);
  }

  leaseEnd(state: State, client: number): number | null {
    const lease = state.objects[leaseOf(client)];
    return lease ? lease.at + (this.#ttlMs[client] as number) : null;
  }

  renewalAt(state: State, client: number): number | null {
    const lease = state.objects[leaseOf(client)];
    return lease ? lease.at + (this.#ttlMs[client] as number) / 3 : null;
  }

  #stepsOf(state: State, client: number): Step[] {
    if (!this.#isNext(state, client)) return [];
    const { phase } = state.clients[client] as ClientState;
    if (phase === 'ready' && !state.objects[leaseOf(client)])
      return [stepOf(client, 'writes its lease', () => this.leased(state, client))];
    const steps = this.#stepsIn(phase, state, client);
    const due = this.renewalAt(state, client);
    if (HOLDING.has(phase) && due !== null && state.now >= due)
      steps.push(stepOf(client, 'renews its lease', () => this.leased(state, client)));
    if (state.crashes > 0 && HOLDING.has(phase))
      steps.push(stepOf(client, 'dies', () => crashed(become('dead', state, client))));
    return steps;
  }

  /** Builds that claim alike come in their order: each other schedule is one of these with their names exchanged. */
  #isNext({ clients }: State, client: number): boolean {
    const { scenario, reduced } = this.#parts;
    const areAlike = reduced && scenario.clients[client] === scenario.clients[client - 1];
    return !areAlike || clients[client - 1]?.phase !== 'away';
  }

  /** What brings a client from this phase into another. */
  #stepsIn(phase: ClientState['phase'], state: State, client: number): Step[] {
    const step = (what: string, next: () => State) => [stepOf(client, what, next)];
    if (phase === 'away' && this.#parts.plants.has('status before lease'))
      return step('looks at status without a lease', () => this.#look(state, client));
    if (phase === 'away') return step('writes its lease', () => become('waiting', this.leased(state, client), client));
    if (phase === 'waiting' && this.#verdictOn(state, client) !== 'waiting')
      return step('looks at status', () => this.#look(state, client));
    if (phase === 'ready' && state.server.startedAt !== null)
      return step('asks for work', () => ({ ...become('queued', state, client), idleSince: null }));
    if (phase === 'done')
      return step('releases its lease', () => become('released', removed(state, leaseOf(client)), client));
    return [];
  }

  #look(state: State, client: number): State {
    const verdict = this.#verdictOn(state, client);
    if (verdict === 'waiting') return state;
    const next: ClientState =
      verdict === 'stuck' ? { phase: 'done', promised: 0, noticed: false } : { phase: 'ready', ...verdict };
    return { ...state, clients: replaced(state.clients, client, next) };
  }

  /** What a look at the status of this moment means: workers that it may use, or no. */
  #verdictOn(state: State, client: number): Verdict {
    const stored = state.objects[statusKey(CLUSTER)];
    const key = `${client}/${stored?.text}`;
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const status = stored ? (JSON.parse(this.#parts.texts.text(stored.text)) as Status) : null;
    const workers = this.#parts.scenario.clients[client] as number;
    const claim = { cluster: CLUSTER, pool: POOL, workers, leaseId: leaseId(client) };
    const { state: verdict } = judgeReadiness(claim, status);
    const made = verdict === 'done' ? promise(status, claim.leaseId, workers) : verdict;
    this.#verdicts.set(key, made);
    return made;
  }
}

const stepOf = (client: number, what: string, next: () => State): Step => ({
  name: `client ${client + 1} ${what}`,
  next,
  violation: null,
});

function become(phase: ClientState['phase'], state: State, client: number): State {
  const own = state.clients[client] as ClientState;
  const promised = phase === 'released' ? 0 : own.promised;
  return { ...state, clients: replaced(state.clients, client, { ...own, phase, promised }) };
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
