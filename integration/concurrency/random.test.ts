import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Arena, openArena } from './arena.ts';
import { editsNow } from './chain.ts';
import { crowdOf, runCrowd } from './random.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena.close());

describe('many writers at once', () => {
  it('twenty edits are all acknowledged, and the last version has them all', async () => {
    const { claims, chain, faults } = await runCrowd(arena, { seed: 1, http: 10, sdk: 10, gitops: 0, faults: 0 });
    expect(faults).toEqual([]);
    expect(claims.map(({ belief }) => belief)).toEqual(claims.map(() => 'written'));
    expect([...editsNow(chain)].sort()).toEqual(['before', ...claims.map(({ name }) => name)].sort());
  }, 120_000);

  it('twenty edits with lost requests and lost answers: each is in the chain once, or nobody says that it is', async () => {
    const { claims, faults } = await runCrowd(arena, { seed: 2, http: 10, sdk: 10, gitops: 0, faults: 0.25 });
    expect(faults).toEqual([]);
    expect(claims.filter(({ belief }) => belief === 'written').length).toBeGreaterThan(10);
  }, 120_000);

  it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    'seed %i',
    async (seed) => {
      const { faults } = await runCrowd(arena, crowdOf(seed));
      expect(faults, `replay: npx tsx integration/concurrency/random.ts ${seed}`).toEqual([]);
    },
    60_000,
  );
});
