/** Both doors lead into the same world: what the reconciler sees and does is the same through either. */
import { describe, expect, it } from 'vitest';
import { storyOf } from './generate.ts';
import type { History } from './history.ts';
import { runStory } from './run-story.ts';
import type { Story } from './story.ts';
import type { Door } from './world.ts';

const small = { default: { workers: 1, workersMax: 3 } };
const quick = { idleAfter: '2m', scaleInAfter: '10s' };

const written: Record<string, Story> = {
  'a life from creation over a build and a new shape to sleep and deletion': {
    seed: 11,
    steps: [
      { at: 1_000, do: 'edit', spec: { pools: small, scaling: quick } },
      { at: 60_000, do: 'build', id: 'one', workers: 2, jobs: 3, forMs: 40_000 },
      { at: 150_000, do: 'edit', spec: { pools: { default: { workers: 1, slots: 8 } }, scaling: quick } },
      { at: 600_000, do: 'delete' },
    ],
    faults: [],
    calmAt: 620_000,
  },
  'refusals, lost answers, an older read, a crash, and an invocation while another one stands still before the lock': {
    seed: 12,
    steps: [
      { at: 1_000, do: 'edit', spec: { pools: small, scaling: quick } },
      { at: 90_000, do: 'write', text: '{"apiVersion":"bbf/v1"}' },
      { at: 92_000, do: 'invoke', by: 'document' },
      { at: 100_000, do: 'deleteService', part: 'default' },
    ],
    faults: [
      { point: 'stacks.create', kind: 'lost' },
      { point: 'documents.list', kind: 'throttled', skip: 3 },
      { point: 'services.describe', kind: 'stale', ms: 5_000, skip: 12 },
      { point: 'services.setDesiredCount', kind: 'crash-after' },
      { point: 'documents.write:lock', kind: 'pause', ms: 20_000, from: 90_000 },
    ],
    stackFaults: [{ part: 'server', operation: 'create' }],
    calmAt: 200_000,
  },
};
/** The drawn one is short, and meets refusals, calls that come late or stand still, and a stack that fails. */
const stories = { ...written, 'a drawn one': storyOf(8) };

async function seenThrough(door: Door, story: Story) {
  const lines: string[] = [];
  const { world, hash, history } = await runStory(story, { door, tell: (line) => void lines.push(line) });
  const { cloudformation, ecs } = world.services;
  return {
    lines,
    hash,
    hits: history.hits,
    status: world.status(),
    stacks: Object.values(cloudformation.state.stacks).map(({ name, status }) => `${name} ${status}`),
    services: Object.values(ecs.state.services).map(({ name, status, desiredCount }) => [name, status, desiredCount]),
  };
}

function notMet({ steps, faults, stackFaults = [] }: Story, hits: History['hits']) {
  return [...steps, ...faults, ...stackFaults].filter((one) => !hits.has(one));
}

describe('the direct door and the one through the SDK', () => {
  it.each(Object.entries(stories))('%s', async (name, story) => {
    const direct = await seenThrough('direct', story);
    const sdk = await seenThrough('sdk', story);
    expect(sdk.lines.slice(0, 400)).toEqual(direct.lines.slice(0, 400));
    expect(sdk).toEqual(direct);
    // What is written down is met; what is drawn may come too late.
    if (name in written) expect(notMet(story, direct.hits)).toEqual([]);
  });
});

it('the order in which ECS and CloudFormation list changes nothing', async () => {
  for (const story of Object.values(stories))
    expect(await seenThrough('direct', { ...story, unordered: true })).toEqual(await seenThrough('direct', story));
});
