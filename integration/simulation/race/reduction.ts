/**
 * Partial-order reduction. Where everything that others may do before a reconciler's next step is independent of it, each schedule has
 * an equal one that takes this step first: no other step needs to be explored from that state (a persistent set of one). Schedules
 * of a race end by themselves, so none is put off for ever.
 */
import {
  areIndependent,
  futureOf,
  futureOfClient,
  futureOfEditor,
  futureOfFarm,
  futureOfNone,
  type Touch,
  touchOf,
} from './independence.ts';
import type { RaceParts } from './reconcilers.ts';
import type { State } from './state.ts';

/** Number of the reconciler whose step comes first, or null. */
export function foremost(parts: RaceParts, state: State): number | null {
  // A crash may come before any step, and time goes on for everybody.
  if (!parts.reduced || state.crashes > 0 || state.now < parts.endsAt) return null;
  const found = state.reconcilers.findIndex((_, index) => isFirst(parts, state, index));
  return found < 0 ? null : found;
}

function isFirst(parts: RaceParts, state: State, index: number): boolean {
  const { node } = state.reconcilers[index] ?? {};
  if (node == null) return false;
  const [call, ...more] = parts.invocations.node(node).calls;
  if (!call || more.length > 0) return false;
  const touch = touchOf(call);
  return othersOf(parts, state, index).every((future) => areIndependent(touch, future));
}

function othersOf({ scenario, invocations }: RaceParts, state: State, index: number): Touch[] {
  const reconcilers = state.reconcilers.map((reconciler, other) => {
    if (other === index) return futureOfNone;
    const isLast = reconciler.invocations >= (scenario.invocations[other] ?? 0);
    if (reconciler.node === null) return isLast ? futureOfNone : futureOf([], false);
    return futureOf(invocations.node(reconciler.node).calls, isLast && !scenario.stay);
  });
  const edits = state.edits < scenario.edits.length ? [futureOfEditor] : [];
  return [...reconcilers, ...edits, ...state.clients.map(futureOfClient), futureOfFarm(state)];
}
