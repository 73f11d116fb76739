import { expect, it } from 'vitest';
import { runRace } from './explore.ts';
import { QUICK, type Scenario } from './scenario.ts';

/** Ten times what it takes on a machine that has nothing else to do. */
const TIMEOUT_MS = 300_000;

const one = (name: string): Scenario[] =>
  QUICK.filter((scenario) => scenario.name === name).map((scenario) => ({ ...scenario, invocations: [1, 0] }));

it.each(['scale-in', 'shrink', 'suspend beside a lease'])(
  'reaches with reduction the ends that it reaches without: %s',
  {
    timeout: TIMEOUT_MS,
  },
  async (name) => {
    const scenarios = one(name);
    const full = await runRace({ scenarios, full: true });
    const reduced = await runRace({ scenarios });
    expect(full).toMatchObject({ violations: [], cut: false });
    expect(reduced).toMatchObject({ violations: [], cut: false });
    expect([...reduced.endings].sort()).toEqual([...full.endings].sort());
    expect(reduced.states).toBeLessThan(full.states);
  },
);
