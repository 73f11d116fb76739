/** Runs plans: one, or all of them class by class; every violation comes with what replays it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EVERY_ORACLE } from '../handler-oracle.ts';
import type { Violation } from '../history.ts';
import { excess, outcomeOf, type Tolerance } from '../oracles/summary.ts';
import { runStory } from '../run-story.ts';
import type { Door } from '../world.ts';
import { generatedPlans } from './generated.ts';
import { isMet } from './met.ts';
import {
  CLASSES,
  type FaultPlan,
  isStatePlan,
  isStoryPlan,
  type Plan,
  type PlanClass,
  parsePlan,
  planStory,
  workloadOf,
} from './plan.ts';
import { goalOf, referenceOf } from './reference.ts';
import { stateProblems } from './state-table.ts';

export interface PlanResult {
  violations: Violation[];
  passes: number;
  /** False when nothing of what the plan lets go wrong met anything, so that its silence proves nothing. */
  isMet: boolean;
}

export interface RunPlanOptions {
  /** In place of the plan's own. */
  door?: Door;
  /** Gets every line of the trace. */
  tell?: (line: string) => void;
}

export async function runPlan(plan: Plan, options: RunPlanOptions = {}): Promise<PlanResult> {
  if (isStatePlan(plan)) {
    const violations = stateProblems(plan.state).map((message) => ({ oracle: 'L2-table', at: 0, message }));
    return { violations, passes: 2, isMet: true };
  }
  const door = options.door ?? plan.door ?? 'sdk';
  const how = { door, oracles: EVERY_ORACLE, ...(options.tell && { tell: options.tell }) };
  if (isStoryPlan(plan)) {
    const { history, violations, passes } = await runStory(plan.story, how);
    return { violations, passes, isMet: isMet(history, plan.story) };
  }
  const goal = await goalOf({ ...plan, door });
  const calm = isCalm(plan) ? null : await referenceOf({ ...plan, door });
  const story = planStory(plan);
  const result = await runStory(story, how);
  const { violations, passes, history } = result;
  const met = { passes, isMet: isMet(history, story, plan.steps) };
  if (violations.length > 0) return { violations, ...met };
  const outcome = outcomeOf(result);
  const reference = { ...(calm?.outcome ?? outcome), end: goal.outcome.end };
  const failed = [...new Set([...(calm?.problems ?? []), ...goal.problems])];
  const problems = failed.map((message) => ({ oracle: 'REFERENCE', at: 0, message }));
  return { violations: [...problems, ...excess(outcome, reference, toleranceOf(plan))], ...met };
}

function toleranceOf({ tolerance = {}, ...plan }: FaultPlan): Tolerance {
  return { ...tolerance, more: [...(tolerance.more ?? []), ...(workloadOf(plan).more ?? [])] };
}

/** A plan without faults, such as an edit of one field, is held against the goal's end alone. */
const isCalm = ({ faults, stackFaults, steps, latencyMs }: FaultPlan): boolean =>
  !faults && !stackFaults && !steps && !latencyMs;

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

export interface PlanFile {
  /** Below the folder of plans, e.g. `A/crash-after-create.json`. */
  name: string;
  plan: Plan;
}

/** The plans that are kept as files, in the order of their names. */
export function committedPlans(): PlanFile[] {
  return CLASSES.flatMap((name) => {
    const files = readdirSync(FOLDER, { withFileTypes: true }).some(
      (entry) => entry.isDirectory() && entry.name === name,
    )
      ? readdirSync(join(FOLDER, name))
      : [];
    return files.sort().map((file) => ({ name: `${name}/${file}`, plan: readPlan(join(FOLDER, name, file)) }));
  });
}

export const readPlan = (file: string): Plan => parsePlan(readFileSync(file, 'utf8'), file);

export interface CampaignOptions {
  door?: Door;
  classes?: readonly PlanClass[];
  /** Every so many-th generated plan only. Default 1: all. */
  every?: number;
  /** Folder to write each violated plan to. */
  write?: string;
  tell(line: string): void;
}

export interface ClassResult {
  class: PlanClass;
  cases: number;
  passes: number;
  /** Generated plans of which nothing met anything. */
  unmet: number;
  violated: { plan: Plan; violations: Violation[] }[];
}

/** Runs committed and generated plans of each class, and tells one line for each violated plan and for each class. */
async function runCampaign(options: CampaignOptions): Promise<ClassResult[]> {
  const { classes = CLASSES, every = 1, tell } = options;
  const results: ClassResult[] = [];
  for (const name of classes) {
    const begun = performance.now();
    const generated = (await generatedPlans([name])).filter((_, index) => index % every === 0);
    const kept = committedPlans().flatMap(({ plan }) => (plan.class === name ? plan : []));
    const result: ClassResult = {
      class: name,
      cases: kept.length + generated.length,
      passes: 0,
      unmet: 0,
      violated: [],
    };
    for (const plan of [...kept, ...generated]) {
      const ran = await runPlan(plan, options.door ? { door: options.door } : {});
      const violations = kept.includes(plan) ? keptViolations(ran) : ran.violations;
      result.passes += ran.passes;
      if (!ran.isMet && !kept.includes(plan)) result.unmet += 1;
      if (violations.length === 0) continue;
      result.violated.push({ plan, violations });
      tell(violationLine(plan, violations, written(plan, options.write, result.violated.length)));
    }
    results.push(result);
    const seconds = (performance.now() - begun) / 1_000;
    tell(
      `class ${name}: ${result.cases} cases, ${result.passes} passes, ${result.violated.length} violations, ${result.unmet} met nothing, ${seconds.toFixed(1)} s`,
    );
  }
  return results;
}

/** Somebody chose a plan that is kept for what it lets go wrong, so that this must come about. */
export function keptViolations({ violations, isMet }: PlanResult): Violation[] {
  const message = 'none of its faults or hands met anything: move them to where the workload makes such calls';
  return isMet ? violations : [...violations, { oracle: 'MET', at: 0, message }];
}

function violationLine(plan: Plan, [first]: Violation[], file: string | undefined): string {
  const where = 'workload' in plan && typeof plan.workload === 'string' ? `${plan.workload}: ` : '';
  const replay = file ? `\n  replay: npm run simulate -- --plan ${file}` : '';
  return `VIOLATION ${plan.class} ${where}${plan.title}\n  ${first?.oracle}: ${first?.message}${replay}`;
}

function written(plan: Plan, folder: string | undefined, number: number): string | undefined {
  if (folder === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${plan.class}-${number}.json`);
  writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`);
  return file;
}

/** `--plans`: everything, one line a class and one at the end. Answers the exit code. */
export async function runPlans(options: Omit<CampaignOptions, 'tell'> = {}): Promise<number> {
  const begun = performance.now();
  const results = await runCampaign({ ...options, tell: console.log });
  const sum = (of: (result: ClassResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const passes = sum((result) => result.passes);
  const violated = sum((result) => result.violated.length);
  const rate = Math.round(passes / ((performance.now() - begun) / 1_000));
  const unmet = sum((result) => result.unmet);
  console.log(
    `${sum((result) => result.cases)} plans, ${passes} passes, ${rate} passes/s, ${violated} violations, ${unmet} generated plans met nothing`,
  );
  return violated > 0 ? 1 : 0;
}
