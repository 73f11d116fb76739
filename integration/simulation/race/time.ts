/** Steps of time: to the next instant at which anything that looks at a clock would see a difference, and no further. */

import type { Status } from '../../../config-schema/documents.ts';
import { lockKey, statusKey } from '../../../config-schema/keys.ts';
import { type Clients, holds } from './clients.ts';
import { IDLE_AFTER_MS, LIFE_MS } from './ground.ts';
import type { RaceParts } from './reconcilers.ts';
import { CLUSTER, type State } from './state.ts';
import type { Step } from './step.ts';

/** What reconcilers add to a lease's end (reconciler/core/situation.ts). */
const TOLERANCE_MS = 5_000;

export function timeSteps(parts: RaceParts, clients: Clients, state: State): Step[] {
  const { endsAt, scenario } = parts;
  if (state.now >= endsAt) return [];
  // Nothing outlives its limit: an invocation is ended first, and a client that lives renews its lease first.
  const limits = [
    ...state.reconcilers.flatMap(({ node, begunAt }) => (node === null ? [] : begunAt + LIFE_MS)),
    ...(scenario.lapses ? [] : leaseLimits(clients, state)),
  ];
  const next = Math.min(endsAt, ...limits, ...instants(parts, clients, state).filter((at) => at > state.now));
  if (next <= state.now) return [];
  return [{ name: `time goes on ${next - state.now} ms`, next: () => atTime(clients, state, next), violation: null }];
}

const leaseLimits = (clients: Clients, state: State) =>
  state.clients.flatMap((client, i) => {
    const end = clients.leaseEnd(state, i);
    return holds(client) && end !== null ? end - 1_000 : [];
  });

/** A promise ends with the lease that it was made for, also where the same client writes its lease again. */
export function atTime(clients: Clients, state: State, now: number): State {
  const lapsed = (i: number) => (clients.leaseEnd(state, i) ?? Number.POSITIVE_INFINITY) <= now;
  const after = state.clients.map((client, i) => (lapsed(i) ? { ...client, promised: 0 } : client));
  return { ...state, now, clients: after };
}

/** Around each threshold as the clocks of all reconcilers show it: right at it, and one second later. */
function instants({ skews, texts }: RaceParts, clients: Clients, state: State): number[] {
  const seen = (at: number) => skews.flatMap((skew) => [at - skew, at - skew + 1_000]);
  const stored = state.objects[statusKey(CLUSTER)];
  const idleSince = stored ? (JSON.parse(texts.text(stored.text)) as Status).idleSince : null;
  const lock = state.objects[lockKey(CLUSTER)];
  return [
    ...state.clients
      .flatMap((_, i) => clients.leaseEnd(state, i) ?? [])
      .flatMap((end) => [end, ...seen(end + TOLERANCE_MS)]),
    ...state.clients.flatMap((_, i) => clients.renewalAt(state, i) ?? []),
    ...(idleSince === null ? [] : seen(Date.parse(idleSince) + IDLE_AFTER_MS)),
    ...(lock ? seen(lock.at + LIFE_MS) : []),
    ...state.reconcilers.flatMap(({ since }) => (since === 0 ? [] : since + 1_000)),
  ];
}
