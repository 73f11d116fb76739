/** Runs the checks one after the other; what fails stops only those that build on it. */
import { describeFailure, isFailure } from '../failure.ts';
import { inSameContext } from '../same-context.ts';
import { type Check, type CheckState, type Examination, type Outcome, providers } from './check.ts';

export interface CheckResult {
  check: string;
  title: string;
  /** Null: the installation as a whole. */
  about: string | null;
  state: CheckState;
  seen: string;
  /** Null where all is well. */
  why: string | null;
  next: string | null;
}

export async function examine(checks: readonly Check[], examination: Examination): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const outcomes = await outcomesOf(check, examination);
    results.push(...outcomes.map((one) => resultOf(check, one, examination.context)));
  }
  return results;
}

async function outcomesOf(check: Check, examination: Examination): Promise<Outcome[]> {
  const missing = check.needs.find((name) => examination.facts[name] === undefined);
  if (missing !== undefined)
    return [{ state: 'skipped', seen: `not looked at, as it builds on ${providers[missing]}` }];
  try {
    return [await check.run(examination)].flat();
  } catch (error) {
    return [thrown(error)];
  }
}

/** An error is an outcome like any other. */
export function thrown(error: unknown): Outcome {
  if (isFailure(error)) return { state: 'failed', seen: error.message, next: error.next };
  // Anything else is a bug, and still must not end the examination.
  const { name = 'Error', message = String(error) } = error as Partial<Error>;
  return { state: 'failed', seen: `${name}: ${message}`, next: bug(error) };
}

const bug = (error: unknown) => `report this as a bug of bbf: ${describeFailure(error).lines.slice(0, 3).join(' ')}`;

function resultOf(check: Check, { state, seen, next, about }: Outcome, context: string | undefined): CheckResult {
  const why = state === 'ok' || state === 'skipped' ? null : check.why;
  const told = next === undefined ? null : inSameContext(next, context);
  return { check: check.id, title: check.title, about: about ?? null, state, seen, why, next: told };
}
