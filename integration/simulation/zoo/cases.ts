/** The cases of the campaign in the order in which they are tried on a planted bug: what is quick and says much comes first. */
import { allCases, type Case as WritersCase } from '../../concurrency/cases.ts';
import { generatedPlans } from '../plans/generated.ts';
import { CLASSES, isStatePlan, isStoryPlan, type Plan, type PlanClass } from '../plans/plan.ts';
import { committedPlans } from '../plans/run-plan.ts';
import { WORKLOADS } from '../plans/workloads.ts';
import { QUICK } from '../race/scenario.ts';

export type Case =
  | { kind: 'plan'; plan: Plan }
  | { kind: 'seed'; seed: number }
  /** One scenario of the lease × idle × sleep race, cut off after so many states. */
  | { kind: 'race'; scenario: string; statesMax: number }
  /** Two writers of one document, one order of their requests, one fault. */
  | { kind: 'writers'; writers: WritersCase };

/** Seeds before the generated plans have their turn: most bugs need no more. */
const FIRST_SEEDS = 40;
/** Of the generated plans of each class, evenly spread. */
const PLANS_OF_A_CLASS = 60;
const RACE_STATES = 60_000;

export function nameOf(one: Case): string {
  if (one.kind === 'seed') return `seed ${one.seed}`;
  if (one.kind === 'race') return `race ${one.scenario}`;
  if (one.kind === 'writers') return writersName(one.writers);
  const { plan } = one;
  if (isStatePlan(plan)) return `state table ${plan.title}`;
  if (isStoryPlan(plan)) return `plan Z ${plan.title}`;
  return `plan ${plan.class} ${typeof plan.workload === 'string' ? `${plan.workload}: ` : ''}${plan.title}`;
}

const writersName = ({ pair, order, fault, at, retries, there }: WritersCase): string =>
  `writers ${pair.join('+')} ${order}, ${fault} at ${at}${retries ? ', with retries' : ''}${there ? '' : ', of a new document'}`;

const writersCases = (): Case[] => allCases().map((writers) => ({ kind: 'writers', writers }));

/** What must be silent without a bug before any is planted. */
export async function* cleanCases(seeds: number): AsyncGenerator<Case> {
  yield* Object.keys(WORKLOADS).map((workload) => calmPlan(workload));
  yield* committedPlans().map(({ plan }) => planCase(plan));
  yield* seedsOf(1, seeds);
  for (const plan of await generatedPlans(['E'])) yield planCase(plan);
}

/** Straight to the state machines, unless the plan says how: the SDK's clients cost more than all else, and both doors give the same trace. */
const planCase = (plan: Plan): Case => ({
  kind: 'plan',
  plan: isStatePlan(plan) ? plan : { ...plan, door: plan.door ?? 'direct' },
});

const calmPlan = (workload: string): Case => ({
  kind: 'plan',
  plan: { class: 'A', title: 'nothing goes wrong', workload, door: 'direct' },
});

/** @param hint a part of the name of a case (`race server`, `seed 6`), which then comes first */
export async function* casesOf(seeds: number, hint: string | null): AsyncGenerator<Case> {
  const [, letter] = /^class ([A-Z])$/.exec(hint ?? '') ?? [];
  const state = /^state (.+)$/.exec(hint ?? '')?.[1];
  if (letter !== undefined) yield* planCases(await generatedPlans([letter as PlanClass]));
  else if (state !== undefined) yield* stateRows(await generatedPlans(['E']), state);
  else if (hint !== null) yield* hintedCases(hint);
  yield* cleanCases(Math.min(seeds, FIRST_SEEDS));
  yield* writersCases();
  yield* QUICK.map(({ name }): Case => ({ kind: 'race', scenario: name, statesMax: RACE_STATES }));
  for (const name of CLASSES.filter((other) => other !== 'E')) {
    yield* planCases(await generatedPlans([name]));
  }
  yield* seedsOf(FIRST_SEEDS + 1, seeds);
}

function planCases(plans: readonly Plan[]): Case[] {
  const every = Math.max(1, Math.floor(plans.length / PLANS_OF_A_CLASS));
  return plans.filter((_, i) => i % every === 0).map(planCase);
}

function stateRows(plans: readonly Plan[], title: string): Case[] {
  const rows = plans.filter((plan) => plan.title === title);
  if (rows.length === 0) throw new Error(`no row of the state table is called ${title}`);
  return rows.map(planCase);
}

function* seedsOf(from: number, to: number): Generator<Case> {
  for (let seed = from; seed <= to; seed++) yield { kind: 'seed', seed };
}

/** @throws Error where the campaign has nothing of that name */
export function hintedCases(hint: string): Case[] {
  const seed = /^seed (\d+)$/.exec(hint)?.[1];
  if (seed !== undefined) return [{ kind: 'seed', seed: Number(seed) }];
  const race = /^race (.+)$/.exec(hint)?.[1];
  if (race !== undefined) return [{ kind: 'race', scenario: race, statesMax: RACE_STATES }];
  if (hint === 'writers') return writersCases();
  const workload = /^workload (.+)$/.exec(hint)?.[1];
  if (workload !== undefined) return [calmPlan(workload)];
  const plan = committedPlans().find(({ name }) => name === hint)?.plan;
  if (plan) return [planCase(plan)];
  throw new Error(
    `nothing of the campaign is called ${hint}: use seed N, race NAME, workload NAME, writers, class X, state ROW or a plan's file`,
  );
}
