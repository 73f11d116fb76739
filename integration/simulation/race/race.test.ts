import { expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { runRace } from './explore.ts';
import { main } from './main.ts';
import { replay } from './replay.ts';
import { DEEP, QUICK } from './scenario.ts';

/** Ten times what it takes on a machine that has nothing else to do. */
const TIMEOUT_MS = 300_000;
const scenarios = QUICK.filter(({ name }) => name === 'scale-in');

it('a scenario that is not there is a wrong command line', () =>
  expect(main(['--race', '--race-only', 'nonesuch'])).rejects.toThrow(UsageError));

it('no schedule of two builds and two reconcilers beside a server that is to go takes it from a build', {
  timeout: TIMEOUT_MS,
}, async () => {
  const result = await runRace({ scenarios: QUICK.filter(({ name }) => name === 'server, two clients') });
  expect(result).toMatchObject({ violations: [], cut: false });
  expect(result.states).toBeGreaterThan(10_000);
});

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

/** One build ends between two counts, and another one's worker comes in between. */
const BETWEEN_TWO_COUNTS = [
  'reconciler 1 begins',
  'reconciler 1 reads all',
  'reconciler 1 describes the services',
  'reconciler 1 writes clusters/main/lock.json',
  'reconciler 2 begins',
  'reconciler 2 reads all',
  'reconciler 2 describes the services',
  'client 1 writes its lease',
  'client 2 writes its lease',
  'reconciler 1 lists clusters/main/',
  'reconciler 1 reads all',
  'reconciler 1 describes the services',
  'reconciler 1 sets bbf--main--pool--default to 2',
  'reconciler 1 writes clusters/main/status.json',
  'reconciler 1 removes clusters/main/lock.json',
  'reconciler 2 writes clusters/main/lock.json',
  'client 1 looks at status',
  'client 1 asks for work',
  'client 2 looks at status',
  'client 2 asks for work',
  'ecs starts w2',
  'farm reads its orders',
  'w1 hears from the server',
  'w1 takes the work of client 1',
  'w1 has done its work',
  'client 1 releases its lease',
  'reconciler 2 lists clusters/main/',
  'reconciler 2 reads all',
  'reconciler 2 describes the services',
  'reconciler 2 lists clusters/main/',
  'reconciler 2 sets bbf--main--pool--default to 1',
  'w2 hears from the server',
  'w2 takes the work of client 2',
  'ecs stops w2',
];

it('a worker that works unprotected is lost where one of two builds ends, and one that waits for its protection is not', async () => {
  const [scenario] = DEEP.filter(({ name }) => name === 'scale-in, two clients');
  if (!scenario) throw new Error('the scenario has another name');
  const { violation } = await replay({ scenario, plants: ['work unprotected'], schedule: BETWEEN_TWO_COUNTS });
  expect(violation).toBe('w2 is stopped while it is busy');
  const schedule = BETWEEN_TWO_COUNTS.filter((step) => step !== 'w2 takes the work of client 2');
  expect((await replay({ scenario, plants: [], schedule })).violation).toBeNull();
});
