/** Runs a state to its end without choices: nobody crashes, everything that can happen does, and passes come every few seconds. */

import type { Status } from '../../../config-schema/documents.ts';
import { clusterKey, statusKey } from '../../../config-schema/keys.ts';
import { REVISION } from './ground.ts';
import type { Race } from './race.ts';
import { begun } from './reconcilers.ts';
import { CLUSTER, revisionOf, type State } from './state.ts';
import type { Step } from './step.ts';
import { atTime } from './time.ts';

const LOOK_MS = 5_000;
/** Ten minutes: longer than a crashed invocation's lock, a dead client's lease and the idle time one after the other. */
const ROUNDS_MAX = 120;

interface Settled {
  state: State;
  /** What happened. */
  steps: string[];
  reached: boolean;
  /** What a step or a state broke on the way. */
  violation: string | null;
}

/** @param known keys of states that were seen to reach the same goal; those of this run are added when it does */
export async function settle(
  race: Race,
  from: State,
  goal: (state: State) => boolean,
  known: Set<string> = new Set(),
): Promise<Settled> {
  const steps: string[] = [];
  const passed: string[] = [];
  let state = from;
  const ended = (reached: boolean, violation: string | null = null): Settled => {
    if (reached) for (const key of passed) known.add(key);
    return { state, steps, reached, violation };
  };
  const calm = async (): Promise<string | null> => {
    for (;;) {
      if (atRest(state) && goal(state)) return null;
      const step = race.steps(state).find(({ name }) => isCalm(name));
      if (!step) return null;
      steps.push(step.name);
      const violation = step.violation ?? race.broken(state);
      if (violation !== null) return violation;
      state = await step.next();
    }
  };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const key = race.keyOf(state);
    if (known.has(key)) return ended(true);
    passed.push(key);
    let violation = await calm();
    if (violation !== null) return ended(false, violation);
    if (goal(state)) return ended(true);
    const free = state.reconcilers.findIndex(({ node }) => node === null);
    if (free >= 0) {
      steps.push(`reconciler ${free + 1} begins`);
      state = await begun(race.parts, state, free, 'settling');
      violation = await calm();
      if (violation !== null) return ended(false, violation);
      if (goal(state)) return ended(true);
    }
    steps.push(`time goes on ${LOOK_MS} ms`);
    state = atTime(race.clients, state, state.now + LOOK_MS);
  }
  return ended(false);
}

const atRest = ({ reconcilers }: State) => reconcilers.every(({ node }) => node === null);

const isCalm = (name: Step['name']) => !/ begins$| crashes$| dies$|^time /.test(name);

/** Every build has ended, the cluster costs nothing, and status says so of the document that was written last. */
export const isOver =
  ({ parts: { texts } }: Race) =>
  ({ clients, server, pool, workers, objects }: State): boolean => {
    const still = server.desired === 0 && server.startedAt === null && pool.desired === 0 && workers.length === 0;
    if (!still || !clients.every(({ phase }) => phase === 'released' || phase === 'dead')) return false;
    const status = objects[statusKey(CLUSTER)];
    const document = objects[clusterKey(CLUSTER)];
    if (!status || !document) return false;
    const { asleep, observedRevision } = JSON.parse(texts.text(status.text)) as Status;
    return asleep !== null && (observedRevision === REVISION || observedRevision === revisionOf(document.text));
  };
