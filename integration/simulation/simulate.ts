/** `npm run simulate`: one seed with its trace, many seeds with one line at the end, a plan from a file, or the rates of both doors. */
import { parseArgs } from 'node:util';
import { storyOf } from './generate.ts';
import { EVERY_ORACLE } from './handler-oracle.ts';
import { type RunOptions, runStory } from './run-story.ts';
import { shrink } from './shrink.ts';
import { runSwarm } from './swarm.ts';

const USAGE = `usage: npm run simulate -- --seed N [--shrink] | --seeds COUNT [--from K] | --plan FILE | --rate
options: --door sdk, --without ORACLE (may be repeated), --quiet`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      from: { type: 'string', default: '1' },
      plan: { type: 'string' },
      door: { type: 'string', default: 'direct' },
      shrink: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      without: { type: 'string', multiple: true, default: [] },
      rate: { type: 'boolean', default: false },
    },
  });
  const oracles = EVERY_ORACLE.filter(({ id }) => !values.without.includes(id));
  const door = values.door === 'sdk' ? 'sdk' : 'direct';
  if (values.seeds !== undefined) {
    const swarm = await runSwarm({
      count: Number(values.seeds),
      from: Number(values.from),
      door,
      oracles,
      tell: console.error,
    });
    console.log(swarm.summary);
    return swarm.violations > 0 ? 1 : 0;
  }
  if (values.seed !== undefined && values.shrink) return shrunk(Number(values.seed), { door, oracles });
  if (values.seed !== undefined) return replay(Number(values.seed), { door, oracles }, values.quiet);
  console.error(USAGE);
  return 64;
}

async function replay(seed: number, options: RunOptions, quiet: boolean): Promise<number> {
  const story = storyOf(seed);
  console.log(JSON.stringify(story, null, 1));
  const result = await runStory(story, { ...options, ...(!quiet && { tell: console.log }) });
  for (const { oracle, message } of result.violations) console.log(`VIOLATION of ${oracle}: ${message}`);
  console.log(`seed ${seed}: ${result.passes} passes, trace ${result.hash}, ${result.violations.length} violations`);
  return result.violations.length > 0 ? 1 : 0;
}

/** Prints the least story that still fails as the seed's own does, as a plan: JSON and nothing else. */
async function shrunk(seed: number, { door = 'direct', oracles = [] }: RunOptions): Promise<number> {
  const story = storyOf(seed);
  const [first] = (await runStory(story, { door, oracles })).violations;
  if (!first) {
    console.error(`seed ${seed} violates nothing: there is nothing to shrink`);
    return 0;
  }
  const least = await shrink(story, { oracles, oracle: first.oracle, door });
  console.log(JSON.stringify({ title: `${first.oracle}: ${first.message}`, ...least }, null, 2));
  return 1;
}

// AWS's refusals are everyday things here, and a trace of the stack for each costs more than the refusal.
Error.stackTraceLimit = 1;
process.exitCode = await main();
