import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Arena, openArena } from './arena.ts';
import { allCases, type Case, runCase } from './cases.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena.close());

const cases = allCases();
const of = (pair: string) => cases.filter((one) => one.pair.join() === pair);

async function broken(chosen: readonly Case[]): Promise<string[]> {
  const found: string[] = [];
  for (const one of chosen) {
    const { faults, beliefs } = await runCase(arena, one);
    if (faults.length > 0) found.push(`${JSON.stringify(one)}: ${faults.join('; ')} (${JSON.stringify(beliefs)})`);
  }
  return found;
}

describe('two writers, in every order and with every fault', () => {
  it('are 1,152 cases, as docs/reliability.md says', () => {
    expect(cases.length).toBe(1_152);
  });

  it.each(['cli,cli', 'cli,gitops', 'reconciler,reconciler'])(
    '%s: what was acknowledged is in the chain once',
    async (pair) => {
      expect(await broken(of(pair))).toEqual([]);
    },
    300_000,
  );
});
