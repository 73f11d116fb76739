import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  type Facts,
  minutes,
  NOW,
  noStack,
  observation,
  POOL,
  passOf,
  SERVER,
  stack,
  worker,
} from './observation.fixture.ts';
import { overdue, PROGRESS_DEADLINE_MS, progressAt } from './progress.ts';
import { type Situation, situationOf } from './situation.ts';

const spec = { pools: { default: { workers: 2 } } };
const THEN = NOW - minutes(9);
const starting: Facts = { spec, server: [1, 1], pool: [2, 1], activity: { workers: [worker('a')] } };
const stacks = (pool: ReturnType<typeof stack> | typeof noStack) => ({
  [SERVER]: stack('CREATE_COMPLETE'),
  [POOL]: pool,
});

/** True when the second look counts as a step forward of the first. */
function moved(first: Facts, second: Facts, status: Partial<Status> = {}): boolean {
  const before = {
    ...passOf({ ...starting, ...first, now: THEN }).status,
    progressAt: new Date(THEN).toISOString(),
    ...status,
  };
  const o = observation({ ...starting, ...first, ...second, status: before });
  const at = progressAt(o, situationOf(o) as Situation, { default: 2 });
  expect([THEN, NOW]).toContain(at);
  return at === NOW;
}

describe('what counts as a step forward', () => {
  const pool = (status: string, hash = 'h') => stacks(stack(status, { hash }));
  const rows: [string, Facts, Facts, boolean][] = [
    ['not time alone', {}, {}, false],
    ['a worker that registers', {}, { activity: { workers: [worker('a'), worker('b')] } }, true],
    ['a worker that is lost, since it will come again', {}, { activity: { workers: [] } }, true],
    ['not a farm that falls silent', {}, { activityAge: minutes(2) }, false],
    ['a farm that reports', { activity: undefined }, { activity: { workers: [] } }, true],
    ['a farm that is not expected any more', {}, { server: [0, 0], activity: undefined }, true],
    ['not a stack that is where it was', { stacks: pool('CREATE_IN_PROGRESS') }, {}, false],
    ['the state of a stack', { stacks: pool('CREATE_IN_PROGRESS') }, { stacks: pool('CREATE_COMPLETE') }, true],
    ['its shape', { stacks: pool('UPDATE_IN_PROGRESS') }, { stacks: pool('UPDATE_IN_PROGRESS', 'g') }, true],
    ['not a stack that can not be read', {}, { stacks: { [POOL]: { known: false, error: 'Throttling' } } }, false],
    [
      'a stack that is there at last',
      { stacks: { [SERVER]: stack('CREATE_COMPLETE') } },
      { stacks: pool('CREATE_COMPLETE') },
      true,
    ],
    ['a stack that is gone', { stacks: pool('DELETE_IN_PROGRESS') }, { stacks: stacks(noStack) }, true],
    ['not one that was absent before, tried or not', { stacks: stacks(noStack) }, {}, false],
  ];
  it.each(rows)('%s', (_rule, first, second, expected) => expect(moved(first, second)).toBe(expected));

  it('not a stack that nobody knew and that is not there', () => {
    const before = passOf({ ...starting, now: THEN }).status;
    const { [POOL]: _, ...others } = before.stacks;
    expect(moved({}, { stacks: { [POOL]: noStack } }, { stacks: others })).toBe(false);
  });

  it('another wish, another revision, or the first wait begins the time anew', () => {
    const pools = passOf(starting).status.pools;
    const other = { default: { ...pools.default, wanted: 1 } as (typeof pools)[string] };
    expect(moved({}, {}, { pools: other })).toBe(true);
    expect(moved({}, {}, { pools: {} })).toBe(true);
    expect(moved({}, { revision: 'r2' })).toBe(true);
    expect(moved({}, {}, { progressAt: null })).toBe(true);
    expect(moved({}, {}, { uid: 'u0' })).toBe(true);
  });
});

it('a wait is too long after 15 minutes, to the millisecond', () => {
  const s = situationOf(observation(starting)) as Situation;
  expect([0, 1].map((ms) => overdue(s, NOW - PROGRESS_DEADLINE_MS + ms))).toEqual([true, false]);
  expect(PROGRESS_DEADLINE_MS).toBe(minutes(15));
});
