import { describe, expect, it } from 'vitest';
import { storyOf as randomStory } from '../generate.ts';
import { storyOf, WORKLOADS } from '../plans/workloads.ts';
import { runStory } from '../run-story.ts';
import { chronicleOf } from './chronicle.ts';

const SEED = 1;
/** With faults, hands and several clusters: what the workloads do not come to. */
const SEEDS = [2, 3, 5, 8, 13, 21, 34, 55, 89, 144];

// After a wanted change: npx vitest run chronicles -u, and read the diff.
describe('what status says', () => {
  it.each(Object.entries(WORKLOADS))('through the workload %s', async (name, workload) => {
    const result = await runStory(storyOf(workload, SEED));
    await expect(chronicleOf(result)).toMatchFileSnapshot(`./workloads/${name}.txt`);
  });

  it.each(SEEDS)('through the story of seed %i', async (seed) => {
    const result = await runStory(randomStory(seed));
    await expect(chronicleOf(result)).toMatchFileSnapshot(`./seeds/${seed}.txt`);
  });
});
