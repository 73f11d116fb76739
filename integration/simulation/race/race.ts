/** One race: what may happen next in a state, and what must not be so in any. */
import { type Clients, createClients } from './clients.ts';
import { editSteps } from './edits.ts';
import { createFarm } from './farm.ts';
import { clusterText, constantsOf, leaseText, SETTINGS, WORKERS_MAX } from './ground.ts';
import { ALL_APART, createInvocations, MERGED } from './invocations.ts';
import { createAnswers, type RaceParts, reconcilerSteps } from './reconcilers.ts';
import { foremost } from './reduction.ts';
import type { Plant, Scenario } from './scenario.ts';
import { createKeys, createTexts, type KeyOf, type State } from './state.ts';
import type { Step } from './step.ts';
import { timeSteps } from './time.ts';

export interface Race {
  parts: RaceParts;
  clients: Clients;
  keyOf: KeyOf;
  steps(state: State): Step[];
  /** What a state breaks, or null. */
  broken(state: State): string | null;
}

export async function createRace(scenario: Scenario, plants: readonly Plant[], reduced = true): Promise<Race> {
  const texts = createTexts();
  const planted = new Set(plants);
  // That plant answers what an invocation has long forgotten.
  const memory = reduced && !planted.has('no second look') ? MERGED : ALL_APART;
  const invocations = createInvocations(constantsOf(clusterText(1), scenario.edits.length > 0), SETTINGS, memory);
  const answers = createAnswers();
  const still = { endsAt: Number.NEGATIVE_INFINITY, skews: [] };
  const parts: RaceParts = { scenario, plants: planted, texts, invocations, answers, reduced, ...still };
  const leases = await Promise.all(scenario.clients.map((workers, client) => leaseText(client, workers)));
  const farm = createFarm(texts, planted);
  const clients = createClients(parts, leases);
  return {
    parts,
    clients,
    keyOf: createKeys(),
    steps(state) {
      const first = foremost(parts, state);
      if (first !== null) return reconcilerSteps(parts, state, first);
      const people = [...editSteps(scenario, texts, state), ...clients.steps(state)];
      const others = [...people, ...farm.steps(state), ...timeSteps(parts, clients, state)];
      return [...reconcilerSteps(parts, state, null), ...others];
    },
    broken: (state) => broken(state),
  };
}

/** S7: what a client was told to count on stays as long as its lease lives. */
function broken(state: State): string | null {
  const promises = state.clients.map(({ promised, noticed }) => ({
    alone: promised,
    together: noticed ? promised : 0,
  }));
  const together = promises.reduce((sum, promise) => sum + promise.together, 0);
  const promised = Math.max(Math.min(WORKERS_MAX, together), ...promises.map(({ alone }) => alone));
  if (promised === 0) return null;
  if (state.server.desired === 0)
    return 'the server is told to stop while a client that was told Ready holds a live lease';
  if (state.server.startedAt === null) return 'no server runs while a client that was told Ready holds a live lease';
  if (state.pool.desired < promised)
    return `the pool is told to have ${state.pool.desired} workers while clients that were told Ready hold ${promised}`;
  return null;
}
