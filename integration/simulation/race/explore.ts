/** Explores every schedule of a race, breadth first, so that what it finds is found by a shortest schedule. */
import { beginningOf } from './beginnings.ts';
import { InvocationFailed } from './invocations.ts';
import { createRace, type Race } from './race.ts';
import { type Plant, QUICK, type Scenario } from './scenario.ts';
import { isOver, settle } from './settle.ts';
import { createTexts, type State, type Texts } from './state.ts';

interface RaceOptions {
  scenarios?: readonly Scenario[];
  plants?: readonly Plant[];
  /** Steps of a schedule; what is deeper is cut off. Default: no limit, as every scenario ends by itself. */
  depth?: number;
  /** Every schedule on its own, without reduction (reduction.ts, memory.ts). */
  full?: boolean;
  /** Of each scenario; what is found later is cut off. */
  statesMax?: number;
  /** Told about each scenario when it is through. */
  note?(line: string): void;
}

export interface RaceViolation {
  scenario: Scenario;
  plants: readonly Plant[];
  what: string;
  /** Names of the steps from the beginning on, to be replayed. */
  schedule: string[];
}

interface RaceResult {
  states: number;
  transitions: number;
  /** Of the longest schedule without repetition. */
  depth: number;
  /** States at which a schedule ends, each run on until everything has come to rest. */
  ends: number;
  /** What the world is at these. */
  endings: Set<string>;
  /** True when a limit has cut something off. */
  cut: boolean;
  violations: RaceViolation[];
}

export async function runRace(options: RaceOptions = {}): Promise<RaceResult> {
  const total = nothingYet();
  for (const scenario of options.scenarios ?? QUICK) {
    const begun = performance.now();
    const result = await explore(scenario, options);
    total.states += result.states;
    total.transitions += result.transitions;
    total.depth = Math.max(total.depth, result.depth);
    total.ends += result.ends;
    for (const ending of result.endings) total.endings.add(ending);
    total.cut ||= result.cut;
    total.violations.push(...result.violations);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    options.note?.(`${scenario.name}: ${inWords(result)}, ${seconds} s`);
  }
  return total;
}

const nothingYet = (): RaceResult => ({
  states: 0,
  transitions: 0,
  depth: 0,
  ends: 0,
  endings: new Set(),
  cut: false,
  violations: [],
});

export function inWords({ states, transitions, depth, ends, cut, violations }: RaceResult): string {
  const counts = `${states} states, ${transitions} transitions, depth ${depth}${cut ? ' (cut off)' : ''}, ${ends} ends`;
  return `${counts}, ${violations.length} violations`;
}

/** Where a limit cuts schedules off, as many of them are run to their end; those that end by themselves are fewer. */
const ENDS_MAX = 2_000;

/** Where each state was first reached from, for the schedule that led to it. */
interface Trail {
  parents: number[];
  /** By number, as millions of states share a few hundred names of steps. */
  steps: number[];
  names: Texts;
}

async function explore(scenario: Scenario, options: RaceOptions): Promise<RaceResult> {
  const plants = options.plants ?? [];
  const race = await createRace(scenario, plants, !options.full);
  const root = await beginningOf(race, scenario);
  race.parts.endsAt = root.now + scenario.horizonMs;
  race.parts.skews = scenario.skews;
  const trail: Trail = { parents: [-1], steps: [-1], names: createTexts() };
  const seen = new Set([race.keyOf(root)]);
  const closed = new Set<string>();
  const result = nothingYet();
  const found = (what: string, at: number, ...more: string[]) => {
    if (!result.violations.some((violation) => violation.what === what))
      result.violations.push({ scenario, plants, what, schedule: [...scheduleTo(trail, at), ...more] });
  };
  let layer: { state: State; at: number }[] = [{ state: root, at: 0 }];
  while (layer.length > 0) {
    const next: typeof layer = [];
    const cut =
      result.depth >= (options.depth ?? Number.POSITIVE_INFINITY) ||
      seen.size >= (options.statesMax ?? Number.POSITIVE_INFINITY);
    for (const { state, at } of layer) {
      const steps = cut ? [] : race.steps(state);
      result.cut ||= cut;
      if (steps.length === 0 && (!cut || result.ends < ENDS_MAX)) {
        result.ends += 1;
        result.endings.add(endingOf(race, state));
        await close(race, state, closed, (what) => found(what, at));
      }
      for (const step of steps) {
        result.transitions += 1;
        if (step.violation !== null) found(step.violation, at, step.name);
        const after = await tried(step.next, (what) => found(what, at, step.name));
        if (!after) continue;
        const key = race.keyOf(after);
        if (seen.has(key)) continue;
        seen.add(key);
        const broken = race.broken(after);
        trail.steps.push(trail.names.number(step.name));
        const index = trail.parents.push(at) - 1;
        if (broken !== null) found(broken, index);
        // What comes after a violation follows from it.
        else if (step.violation === null) next.push({ state: after, at: index });
      }
    }
    layer = next;
    if (next.length > 0) result.depth += 1;
  }
  result.states = seen.size;
  return result;
}

async function tried(next: () => State | Promise<State>, failed: (what: string) => void): Promise<State | null> {
  try {
    return await next();
  } catch (error) {
    if (!(error instanceof InvocationFailed)) throw error;
    failed(error.message);
    return null;
  }
}

/** All schedules come to such a state in the end, so when each of these goes on well, every schedule does. */
async function close(race: Race, state: State, closed: Set<string>, found: (what: string) => void): Promise<void> {
  const { reached, violation, state: last } = await settle(race, state, isOver(race), closed);
  if (violation !== null) found(`after the schedule: ${violation}`);
  else if (!reached) found(`never comes to an end: ${JSON.stringify({ ...last, objects: undefined })}`);
}

/** Of all but the invocations, which are over: with texts for their numbers, so that it compares with that of another exploration. */
function endingOf({ parts: { texts } }: Race, { reconcilers: _, objects, ...world }: State): string {
  const stored = Object.entries(objects).map(([key, { text, at }]) => [key, texts.text(text), at]);
  return JSON.stringify([world, stored]);
}

function scheduleTo(trail: Trail, at: number): string[] {
  const schedule: string[] = [];
  for (let i = at; i > 0; i = trail.parents[i] as number) schedule.unshift(trail.names.text(trail.steps[i] as number));
  return schedule;
}
