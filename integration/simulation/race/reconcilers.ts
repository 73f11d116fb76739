/** Steps of reconcilers: each call that an invocation has open is one, carried out on the world as it is at that moment. */
import { lockKey, statusKey } from '../../../config-schema/keys.ts';
import type { ServiceObservation } from '../../../reconciler/core/observation.ts';
import { listed, putIf, removedIf } from './bucket.ts';
import { isSuspended } from './edits.ts';
import { LIFE_MS, SERVER, WORKERS } from './ground.ts';
import { InvocationFailed, type Invocations, type Node } from './invocations.ts';
import type { Answer, Call } from './run.ts';
import type { Plant, Scenario } from './scenario.ts';
import { CLUSTER, etagOf, type ReconcilerState, replaced, revisionOf, type State, type Texts } from './state.ts';
import type { Step } from './step.ts';

export interface RaceParts {
  scenario: Scenario;
  plants: ReadonlySet<Plant>;
  texts: Texts;
  invocations: Invocations;
  answers: Answers;
  /** Whether of schedules that are equal in the end one is explored (reduction.ts), and places with one future are one (memory.ts). */
  reduced: boolean;
  /** When time stops, milliseconds. */
  endsAt: number;
  /** Of each reconciler's clock; on the way to the beginning of a race all are right. */
  skews: readonly number[];
}

/** Answers by number; equal ones have equal numbers. */
interface Answers {
  number(answer: Answer): number;
  answer(number: number): Answer;
}

export function createAnswers(): Answers {
  const numbers = new Map<string, number>();
  const answers: Answer[] = [];
  return {
    number(answer) {
      const text = JSON.stringify(answer) ?? 'undefined';
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, answers.length);
      return answers.push(answer) - 1;
    },
    answer: (number) => answers[number],
  };
}

export function reconcilerSteps(parts: RaceParts, state: State, only: number | null): Step[] {
  return state.reconcilers.flatMap((reconciler, i) => {
    if (only !== null && only !== i) return [];
    if (reconciler.node === null) {
      const may = reconciler.invocations < (parts.scenario.invocations[i] ?? 0) && isNext(parts, state, i);
      return may
        ? [{ name: `reconciler ${i + 1} begins`, next: () => beginning(parts, state, i), violation: null }]
        : [];
    }
    const calls = callSteps(parts, state, i, parts.invocations.node(reconciler.node));
    const late = state.now >= reconciler.begunAt + LIFE_MS;
    const ended = { ...reconciler, node: null, got: [], since: 0 };
    const kill = (name: string, crashes: number): Step => ({
      name: `reconciler ${i + 1} ${name}`,
      next: () => ({ ...state, crashes, reconcilers: replaced(state.reconcilers, i, ended) }),
      violation: null,
    });
    if (late) return [...calls, kill('reaches its time limit', state.crashes)];
    return state.crashes > 0 ? [...calls, kill('crashes', state.crashes - 1)] : calls;
  });
}

/** Reconcilers that are alike begin in their order: each other schedule is one of these with their names exchanged. */
function isNext({ scenario, skews, reduced }: RaceParts, { reconcilers }: State, index: number): boolean {
  const { invocations } = scenario;
  if (!reduced || index === 0 || invocations[index] !== invocations[index - 1] || skews[index] !== skews[index - 1])
    return true;
  return (reconcilers[index - 1] as ReconcilerState).invocations > 0;
}

/**
 * Beginning is independent of every step but those of time, and its first call, a listing, comes when it may: where time stands
 * still, the two are one step, as every schedule has an equal one in which nothing comes between them.
 */
async function beginning(parts: RaceParts, state: State, index: number): Promise<State> {
  const next = await begun(parts, state, index);
  if (state.now < parts.endsAt) return next;
  const node = parts.invocations.node(next.reconcilers[index]?.node as number);
  return carriedOut(parts, next, index, node, 0);
}

/** `id`: told to the lock; by default unique. */
export async function begun(parts: RaceParts, state: State, index: number, id?: string): Promise<State> {
  const before = state.reconcilers[index] as ReconcilerState;
  const name = id ?? `${index + 1}.${before.invocations + 1}`;
  const skew = parts.skews[index] ?? 0;
  // A deadline that is over makes an invocation of a single look.
  const deadline = parts.scenario.stay ? state.now + skew + LIFE_MS : 0;
  const node = await parts.invocations.begin(`${name}@${deadline}`, { id: name, deadline, lifeMs: LIFE_MS });
  return entered(parts, { ...state }, index, {
    ...before,
    node,
    begunAt: state.now,
    invocations: before.invocations + 1,
  });
}

/** At the node, with nothing answered yet; an invocation without calls has ended. */
function entered({ invocations }: RaceParts, state: State, index: number, reconciler: ReconcilerState): State {
  const { calls, failure } = invocations.node(reconciler.node as number);
  if (failure !== null) throw new InvocationFailed(`the reconciler throws: ${failure}`);
  const since = calls[0]?.do === 'wait' ? state.now : 0;
  const next =
    calls.length === 0
      ? { ...reconciler, node: null, got: [], since: 0 }
      : { ...reconciler, got: calls.map(() => -1), since };
  return { ...state, reconcilers: replaced(state.reconcilers, index, next) };
}

function callSteps(parts: RaceParts, state: State, index: number, node: Node): Step[] {
  const reconciler = state.reconcilers[index] as ReconcilerState;
  if (parts.scenario.readsAtOnce && node.calls.length > 1)
    return [
      {
        name: `reconciler ${index + 1} reads all`,
        next: () => allCarriedOut(parts, state, index, node),
        violation: null,
      },
    ];
  return node.calls.flatMap((call, i) => {
    if (reconciler.got[i] !== -1 || !isDue(call, state, reconciler)) return [];
    return [
      {
        name: `reconciler ${index + 1} ${inWords(call)}`,
        next: () => carriedOut(parts, state, index, node, i),
        violation: call.do === 'count' && isSuspended(node.document) ? COUNTS_SUSPENDED : null,
      },
    ];
  });
}

/** S15. */
const COUNTS_SUSPENDED = 'a pass that read that the cluster is suspended sets a count';

const isDue = (call: Call, state: State, { since }: ReconcilerState) =>
  call.do !== 'wait' || state.now >= since + call.ms;

async function allCarriedOut(parts: RaceParts, state: State, index: number, node: Node): Promise<State> {
  let next = state;
  for (const i of node.calls.keys()) next = await carriedOut(parts, next, index, node, i);
  return next;
}

function carriedOut(parts: RaceParts, state: State, index: number, node: Node, i: number): State | Promise<State> {
  const { answers, invocations, skews, endsAt } = parts;
  const skew = skews[index] ?? 0;
  const { state: after, answer } = perform(parts, state, node, node.calls[i] as Call, skew);
  const reconciler = state.reconcilers[index] as ReconcilerState;
  const got = replaced(reconciler.got, i, answers.number(answer));
  if (got.includes(-1)) return { ...after, reconcilers: replaced(after.reconcilers, index, { ...reconciler, got }) };
  // A look at the clock is independent of every step but those of time: where none is left, it is no step of its own.
  const still = state.now >= endsAt ? state.now + skew : null;
  const next = invocations.next(
    node.id,
    got.join(),
    got.map((number) => answers.answer(number)),
    still,
  );
  const arrive = (id: number) => onwards(parts, node, entered(parts, after, index, { ...reconciler, node: id }), index);
  return typeof next === 'number' ? arrive(next) : next.then(arrive);
}

/**
 * What an invocation asks when it can only end is asked at once: it changes nothing, and no answer makes a difference, so no step of
 * others can tell when it was asked.
 */
function onwards(parts: RaceParts, from: Node, state: State, index: number): State | Promise<State> {
  const { node: id } = state.reconcilers[index] as ReconcilerState;
  if (id === null) return state;
  const node = parts.invocations.node(id);
  return canOnlyEnd(parts, from, node, state) ? carriedOut(parts, state, index, node, 0) : state;
}

/** It has given its lock back, and no time is left for news; or the lock is another's, and no time goes on that would end it. */
function canOnlyEnd({ scenario, endsAt, reduced }: RaceParts, from: Node, to: Node, state: State): boolean {
  const [before] = from.calls;
  const [call] = to.calls;
  if (!reduced || scenario.stay || state.now < endsAt || !before || !call) return false;
  if (before.do === 'remove') return call.do === 'list';
  const lock = state.objects[lockKey(CLUSTER)];
  const isAsked =
    (call.do === 'list' && call.prefix === lockKey(CLUSTER)) || (call.do === 'read' && call.key === lockKey(CLUSTER));
  return isAsked && (lock === undefined || state.now - lock.at < LIFE_MS);
}

function perform(
  parts: RaceParts,
  state: State,
  node: Node,
  call: Call,
  skew: number,
): { state: State; answer: Answer } {
  const { texts, plants } = parts;
  switch (call.do) {
    case 'now':
      return { state, answer: state.now + skew };
    case 'wait':
      return { state, answer: null };
    case 'list':
      return { state, answer: listing(parts, state, node, call.prefix) };
    case 'read': {
      const found = state.objects[call.key];
      const answer = found
        ? { text: texts.text(found.text), etag: etagOf(found.text), revision: revisionOf(found.text) }
        : null;
      return { state, answer };
    }
    case 'write': {
      const text = texts.number(call.text);
      if (plants.has('lock ignored') && call.key === lockKey(CLUSTER)) return { state, answer: etagOf(text) };
      const blind = plants.has('status without condition') && call.key === statusKey(CLUSTER);
      const etag = blind ? currentEtag(state, call.key) : call.etag;
      const { state: next, done } = putIf(state, call.key, text, etag);
      return { state: next, answer: done ? etagOf(text) : null };
    }
    case 'remove':
      return { state: removedIf(state, call.key, call.etag), answer: null };
    case 'describe':
      return { state, answer: described(state, call.names) };
    case 'count':
      return { state: counted(state, call.service, call.count), answer: null };
  }
}

const currentEtag = (state: State, key: string) => {
  const current = state.objects[key];
  return current ? etagOf(current.text) : null;
};

function listing({ plants }: RaceParts, state: State, { firstListing }: Node, prefix: string) {
  if (plants.has('no second look') && firstListing !== null && prefix !== lockKey(CLUSTER)) return firstListing;
  return listed(state, prefix).map(({ key, text, at }) => ({
    key,
    etag: etagOf(text),
    modifiedAt: at,
    size: 1,
  }));
}

function described(state: State, names: readonly string[]): Record<string, ServiceObservation> {
  const serving = state.server.startedAt === null ? 0 : 1;
  const services: Record<string, ServiceObservation> = {
    [SERVER]: serviceOf(state.server.desired, serving),
    [WORKERS]: serviceOf(state.pool.desired, state.workers.length),
  };
  return Object.fromEntries(names.map((name) => [name, services[name] ?? { state: 'absent' }]));
}

function serviceOf(desired: number, running: number): ServiceObservation {
  const rest = { rollout: 'COMPLETED', rolloutReason: null, deployedAt: null, troubles: [] };
  return { state: 'ACTIVE', desired, running, pending: Math.max(0, desired - running), ...rest };
}

function counted(state: State, service: string, count: number): State {
  if (service === SERVER) return { ...state, server: { ...state.server, desired: count } };
  return { ...state, pool: { ...state.pool, desired: count } };
}

function inWords(call: Call): string {
  switch (call.do) {
    case 'now':
      return 'looks at its clock';
    case 'wait':
      return `has waited ${call.ms} ms`;
    case 'list':
      return `lists ${call.prefix}`;
    case 'describe':
      return 'describes the services';
    case 'count':
      return `sets ${call.service} to ${call.count}`;
    default:
      return `${call.do}s ${call.key}`;
  }
}
