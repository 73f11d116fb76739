import { expect, it } from 'vitest';
import { runRace } from './explore.ts';
import { replay } from './replay.ts';
import { QUICK } from './scenario.ts';

/** Ten times what it takes on a machine that has nothing else to do. */
const TIMEOUT_MS = 300_000;
const scenarios = QUICK.filter(({ name }) => name === 'scale-in');

it('no schedule of a scale-in, a client and two reconcilers takes a promised worker', {
  timeout: TIMEOUT_MS,
}, async () => {
  const result = await runRace({ scenarios });
  expect(result).toMatchObject({ violations: [], cut: false });
  expect(result.states).toBeGreaterThan(1_000);
  expect(result.ends).toBeGreaterThan(0);
});

it('a bug that is planted is found, and its schedule replays', { timeout: TIMEOUT_MS }, async () => {
  const plants = ['no second look', 'lock ignored'] as const;
  const { violations } = await runRace({ scenarios, plants, statesMax: 60_000 });
  const [first] = violations;
  if (!first) throw new Error('the exploration did not find what was planted');
  const replayed = await replay(first);
  expect(replayed.violation).not.toBeNull();
  expect(replayed.lines.slice(0, first.schedule.length)).toEqual(first.schedule);
});
