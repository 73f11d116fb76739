import { describe, expect, it } from 'vitest';
import type { Oracle } from './history.ts';
import { shrink } from './shrink.ts';
import type { Story } from './story.ts';

/** Objects to every sudden end of an invocation that is about to write its lock. */
const noCrashAtTheLock: Oracle = {
  id: 'TEST',
  promise: 'No invocation ends at its lock.',
  when: 'step',
  check: (_, history) =>
    history.fresh.calls
      .filter(({ point, outcome }) => point === 'documents.write:lock' && outcome === 'crashed')
      .map(({ at }) => ({ oracle: 'TEST', at, message: 'it ended' })),
};

describe('shrink', () => {
  it('leaves the one fault and the one step that it takes', async () => {
    const spec = { pools: { default: { workers: 1 } } };
    const story: Story = {
      seed: 5,
      steps: [
        { at: 1_000, do: 'edit', spec },
        { at: 2_000, do: 'invoke', by: 'slow' },
        { at: 3_000, do: 'build', id: 'build', forMs: 5_000 },
        { at: 9_000, do: 'edit', spec: { pools: { default: { workers: 2 } } } },
      ],
      faults: [
        { point: 'documents.list', kind: 'throttled' },
        { point: 'documents.write:lock', kind: 'crash' },
        { point: 'stacks.create', kind: 'lost', from: 500_000 },
      ],
      latencyMs: [5, 200],
      pace: 'quick',
      calmAt: 20_000,
    };
    const least = await shrink(story, { oracles: [noCrashAtTheLock], oracle: 'TEST' });
    expect(least.faults).toEqual([{ point: 'documents.write:lock', kind: 'crash' }]);
    expect(least.steps).toHaveLength(1);
    expect(least.pace).toBeUndefined();
  });
});
