/** Carries out one schedule again, step by step, and says what it breaks. */
import { beginningOf } from './beginnings.ts';
import type { RaceViolation } from './explore.ts';
import { createRace, type Race } from './race.ts';
import { isOver, settle } from './settle.ts';
import type { State } from './state.ts';

interface Replayed {
  /** What happened, in order. */
  lines: string[];
  violation: string | null;
}

/** @throws Error where a step of the schedule is not possible: the code under test has changed since it was found */
export async function replay({ scenario, plants, schedule }: Omit<RaceViolation, 'what'>): Promise<Replayed> {
  const race = await createRace(scenario, plants);
  let state = await beginningOf(race, scenario);
  race.parts.endsAt = state.now + scenario.horizonMs;
  race.parts.skews = scenario.skews;
  const lines: string[] = [];
  for (const name of schedule) {
    const step = race.steps(state).find((other) => other.name === name);
    if (!step) throw new Error(`"${name}" can't happen now; what can: ${possible(race, state)}`);
    lines.push(name);
    if (step.violation !== null) return { lines, violation: step.violation };
    state = await step.next();
    const broken = race.broken(state);
    if (broken !== null) return { lines, violation: broken };
  }
  const { reached, violation, steps } = await settle(race, state, isOver(race));
  const end = violation ?? (reached ? null : 'never comes to an end');
  return { lines: end === null ? lines : [...lines, 'then, without choices:', ...steps], violation: end };
}

const possible = (race: Race, state: State) =>
  race
    .steps(state)
    .map(({ name }) => name)
    .join(', ');
