/** `npm run simulate`: one seed with its trace, many seeds with one line at the end, a plan from a file, or the rates of both doors. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { storyOf } from './generate.ts';
import { EVERY_ORACLE } from './handler-oracle.ts';
import type { Violation } from './history.ts';
import { rateLines } from './rate.ts';
import { runStory } from './run-story.ts';
import { shrink } from './shrink.ts';
import { summaryOf } from './swarm.ts';
import { runSwarmInProcesses } from './swarm-processes.ts';
import { UsageError } from './usage-error.ts';
import type { Door } from './world.ts';

// Its advice on versions of Node would stand among the figures.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const USAGE = `usage: npm run simulate -- --seed N           one seed, with its story and its trace
       npm run simulate -- --seed N --shrink  the least story that still fails, as a plan
       npm run simulate -- --seeds COUNT [--from K] [--jobs N]
       npm run simulate -- --plan FILE
       npm run simulate -- --plans [--class A] [--every N] [--write FOLDER]  all plans, kept and generated
       npm run simulate -- --race [--race-deep] [--race-only NAME] [--race-full] [--race-depth N] [--race-states N]
         every schedule of the lease and sleep race, or of one scenario; full: without reduction
       npm run simulate -- --race [--race-save FILE | --race-replay FILE]  keep the first violation, or run its schedule again
       npm run simulate -- --rate
options: --door direct|sdk, --without ORACLE (may be repeated), --quiet (no trace)`;

/** sysexits.h: the command was used incorrectly. */
const EX_USAGE = 64;

const OPTIONS = {
  seed: { type: 'string' },
  seeds: { type: 'string' },
  from: { type: 'string', default: '1' },
  jobs: { type: 'string', default: '1' },
  plan: { type: 'string' },
  plans: { type: 'boolean', default: false },
  class: { type: 'string', multiple: true },
  every: { type: 'string', default: '1' },
  write: { type: 'string' },
  door: { type: 'string' },
  without: { type: 'string', multiple: true, default: [] as string[] },
  shrink: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  rate: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.some((arg) => arg.startsWith('--race'))) return (await import('./race/main.ts')).main(args);
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) console.log(USAGE);
  if (values.help) return 0;
  const seed = wholeNumber('seed', values.seed);
  if (values.seeds !== undefined) return many(values);
  if (seed !== undefined) return values.shrink ? least(seed, values) : one(seed, values);
  if (values.plan !== undefined) return plan(values.plan, values);
  if (values.plans) return plans(values);
  if (!values.rate) throw new UsageError('nothing to do');
  for await (const line of rateLines()) console.log(line);
  return 0;
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d+$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new UsageError(`--${name} is a whole number, not ${JSON.stringify(text)}`);
}

function doorOf({ door }: Values): Door | undefined {
  if (door === undefined || door === 'direct' || door === 'sdk') return door;
  throw new UsageError(`--door is direct or sdk, not ${JSON.stringify(door)}`);
}

const oraclesOf = ({ without }: Values) => EVERY_ORACLE.filter(({ id }) => !without.includes(id));

async function many(values: Values): Promise<number> {
  const [count = 0, from = 1, jobs = 1] = (['seeds', 'from', 'jobs'] as const).map((name) =>
    wholeNumber(name, values[name]),
  );
  if (count === 0) throw new UsageError('--seeds is how many of them, at least 1');
  const swarm = { count, from, door: doorOf(values) ?? 'direct', tell: (line: string) => console.error(line) };
  const begun = performance.now();
  const result = await runSwarmInProcesses({ ...swarm, without: values.without }, Math.max(1, jobs));
  console.log(summaryOf(swarm, result, performance.now() - begun));
  return result.violations > 0 ? 1 : 0;
}

async function one(seed: number, values: Values): Promise<number> {
  const story = storyOf(seed);
  console.log(JSON.stringify(story, null, 1));
  const tell = values.quiet ? {} : { tell: (line: string) => console.log(line) };
  const result = await runStory(story, { door: doorOf(values) ?? 'direct', oracles: oraclesOf(values), ...tell });
  return ended(`seed ${seed}, trace ${result.hash}`, result);
}

/** Prints JSON and nothing else, for a file among the plans. */
async function least(seed: number, values: Values): Promise<number> {
  const options = { oracles: oraclesOf(values), door: doorOf(values) ?? 'direct' };
  const story = storyOf(seed);
  const [first] = (await runStory(story, options)).violations;
  if (!first) return ended(`seed ${seed}`, { violations: [], passes: 0 });
  const small = await shrink(story, { ...options, oracle: first.oracle });
  console.log(JSON.stringify({ title: `${first.oracle}: ${first.message}`, ...small }, null, 2));
  return 1;
}

async function plan(file: string, values: Values): Promise<number> {
  const { keptViolations, readPlan, runPlan } = await import('./plans/run-plan.ts');
  const door = doorOf(values);
  const tell = values.quiet ? {} : { tell: (line: string) => console.log(line) };
  if (!existsSync(file)) throw new UsageError(`there is no plan ${file}`);
  const result = await runPlan(readPlan(file), { ...(door && { door }), ...tell });
  return ended(file, { ...result, violations: keptViolations(result) });
}

async function plans(values: Values): Promise<number> {
  const [{ runPlans }, { CLASSES }] = await Promise.all([import('./plans/run-plan.ts'), import('./plans/plan.ts')]);
  const classes = CLASSES.filter((name) => values.class?.includes(name) ?? true);
  const stranger = values.class?.find((name) => !classes.some((known) => known === name));
  if (stranger !== undefined) throw new UsageError(`there is no class ${stranger}; there are ${CLASSES.join(', ')}`);
  const every = Math.max(1, wholeNumber('every', values.every) ?? 1);
  const door = doorOf(values);
  return runPlans({ classes, every, ...(door && { door }), ...(values.write && { write: values.write }) });
}

function ended(what: string, { violations, passes }: { violations: Violation[]; passes: number }): number {
  for (const { oracle, message } of violations) console.log(`VIOLATION of ${oracle}: ${message}`);
  console.log(`${what}: ${passes} passes, ${violations.length} violations`);
  return violations.length > 0 ? 1 : 0;
}

// AWS's refusals are everyday things here, and a trace of the stack for each costs more than the refusal.
Error.stackTraceLimit = 1;
// Who reads the first lines only has what was asked for.
process.stdout.on('error', () => process.exit());
try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError) && (error as NodeJS.ErrnoException).code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    throw error;
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exitCode = EX_USAGE;
}
