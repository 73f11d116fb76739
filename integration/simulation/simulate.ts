/** `npm run simulate`: one seed with its trace, many seeds with one line at the end, a plan from a file, or the rates of both doors. */
import { parseArgs } from 'node:util';
import { storyOf } from './generate.ts';
import { EVERY_ORACLE } from './handler-oracle.ts';
import { runStory } from './run-story.ts';
import { runSwarm } from './swarm.ts';

const USAGE = `usage: npm run simulate -- --seed N [--door sdk] | --seeds COUNT [--from K] | --plan FILE | --rate`;

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
      rate: { type: 'boolean', default: false },
    },
  });
  const door = values.door === 'sdk' ? 'sdk' : 'direct';
  if (values.seeds !== undefined) {
    const swarm = await runSwarm({ count: Number(values.seeds), from: Number(values.from), door, tell: console.error });
    console.log(swarm.summary);
    return swarm.violations > 0 ? 1 : 0;
  }
  if (values.seed !== undefined) return replay(Number(values.seed), door, values.quiet);
  console.error(USAGE);
  return 64;
}

async function replay(seed: number, door: 'direct' | 'sdk', quiet: boolean): Promise<number> {
  const story = storyOf(seed);
  console.log(JSON.stringify(story, null, 1));
  const result = await runStory(story, { door, oracles: EVERY_ORACLE, ...(!quiet && { tell: console.log }) });
  for (const { oracle, message } of result.violations) console.log(`VIOLATION of ${oracle}: ${message}`);
  console.log(`seed ${seed}: ${result.passes} passes, trace ${result.hash}, ${result.violations.length} violations`);
  return result.violations.length > 0 ? 1 : 0;
}

process.exitCode = await main();
