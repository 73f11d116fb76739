/** Runs in the copy with the bug planted: case after case of the campaign until one objects. One line of JSON on stdout says which. */

import { type Arena, openArena } from '../../concurrency/arena.ts';
import { runCase } from '../../concurrency/cases.ts';
import { storyOf } from '../generate.ts';
import { EVERY_ORACLE } from '../handler-oracle.ts';
import type { Violation } from '../history.ts';
import { runPlan } from '../plans/run-plan.ts';
import { runRace } from '../race/explore.ts';
import { DEEP, QUICK } from '../race/scenario.ts';
import { runStory } from '../run-story.ts';
import { type Case, casesOf, cleanCases, nameOf } from './cases.ts';

/** What the child is asked: to hunt, or to run one case alone. */
export type Question =
  | {
      hunt: {
        /** The last seed to try. */
        seeds: number;
        hint: string | null;
        /** Names of cases that object without any bug too, so that they prove nothing. */
        skip: string[];
      };
    }
  /** To run what must be silent without a bug before any is planted. */
  | { clean: { seeds: number; skip: string[] } }
  | { only: Case };

export interface Catch {
  case: Case;
  name: string;
  /** Cases that were run, this one included. */
  cases: number;
  /** What the oracle said. */
  what: string;
}

export interface Answer {
  caught: Catch | null;
  cases: number;
}

async function answerTo(question: Question): Promise<Answer> {
  if ('only' in question) {
    const what = await objectionOf(question.only);
    return {
      caught: what === null ? null : { case: question.only, name: nameOf(question.only), cases: 1, what },
      cases: 1,
    };
  }
  const skip = 'clean' in question ? question.clean.skip : question.hunt.skip;
  const tried = new Set(skip);
  let cases = 0;
  for await (const one of 'clean' in question
    ? cleanCases(question.clean.seeds)
    : casesOf(question.hunt.seeds, question.hunt.hint)) {
    const name = nameOf(one);
    if (tried.has(name)) continue;
    tried.add(name);
    cases += 1;
    const what = await objectionOf(one);
    if (what !== null) return { caught: { case: one, name, cases, what }, cases };
  }
  return { caught: null, cases };
}

let arena: Arena | undefined;

/** What the campaign says against the reconciler in this case; null: nothing. */
async function objectionOf(one: Case): Promise<string | null> {
  if (one.kind === 'race') {
    const scenarios = [...QUICK, ...DEEP].filter(({ name }) => name === one.scenario);
    const { violations } = await runRace({ scenarios, statesMax: one.statesMax });
    return violations[0]?.what ?? null;
  }
  if (one.kind === 'writers') {
    arena ??= await openArena();
    return (await runCase(arena, one.writers)).faults[0] ?? null;
  }
  const { violations } =
    one.kind === 'seed' ? await runStory(storyOf(one.seed), { oracles: EVERY_ORACLE }) : await runPlan(one.plan);
  return firstOf(violations);
}

const firstOf = ([first]: readonly Violation[]): string | null => (first ? `${first.oracle}: ${first.message}` : null);

// AWS's refusals are everyday things here, and a trace of the stack for each costs more than the refusal.
Error.stackTraceLimit = 1;
console.log(JSON.stringify(await answerTo(JSON.parse(process.argv[2] ?? '') as Question)));
await arena?.close();
