import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { decide } from './decide.ts';
import { minutes, NOW, observation, POOL, passOf } from './observation.fixture.ts';
import { worthWriting } from './report.ts';

const stacks = (fields: object) => ({
  [POOL]: { id: 'x', status: 'CREATE_COMPLETE', hash: null, readAt: 'then', ...fields },
});
const known = (): Status => ({
  ...passOf({ server: [1, 1], pool: [0, 0], leases: [1], activity: {} }).status,
  actions: [],
  stacks: stacks({}),
  next: { at: 'then', what: 'sleep' },
});
const action = { type: 'X', target: 'x', reason: 'X', evidence: {}, outcome: 'done' as const };

describe('a status is written', () => {
  // what is new in it, milliseconds since the last one, whether it is written
  const rows: [string, (before: Status) => Partial<Status>, number, boolean][] = [
    ['not when nothing is new', () => ({}), 0, false],
    ['not for a millisecond less than 15 minutes', () => ({}), minutes(15) - 1, false],
    ['after 15 minutes, to show that bbf lives', () => ({}), minutes(15), true],
    ['for an action', () => ({ actions: [action] }), 0, true],
    ['for an endpoint', () => ({ endpoint: '127.0.0.9:1' }), 0, true],
    ['for another rate of cost', ({ cost }) => ({ cost: { ...cost, usdPerHour: 9 } }), 0, true],
    ['not for the sum, which moves by itself', ({ cost }) => ({ cost: { ...cost, usdToday: 9 } }), 0, false],
    [
      'not for a renewed lease',
      ({ leases }) => ({ leases: leases.map((l) => ({ ...l, expiresAt: 'later' })) }),
      0,
      false,
    ],
    ['for another lease', ({ leases }) => ({ leases: leases.map((l) => ({ ...l, holder: 'x' })) }), 0, true],
    ['for a lease that ends', () => ({ leases: [] }), 0, true],
    ['not when what comes next moves', () => ({ next: { at: 'later', what: 'sleep' } }), 0, false],
    ['when something else comes next', () => ({ next: { at: 'then', what: 'wake' } }), 0, true],
    ['when nothing does', () => ({ next: null }), 0, true],
    ['not for when a stack was read', () => ({ stacks: stacks({ readAt: 'later' }) }), 0, false],
    ['for the state of a stack', () => ({ stacks: stacks({ status: 'DELETE_COMPLETE' }) }), 0, true],
    ['for a stack that is gone', () => ({ stacks: {} }), 0, true],
    ['not for the times of progress and listing', () => ({ progressAt: 'x', inventoryAt: 'x' }), 0, false],
  ];
  it.each(rows)('%s', (_what, fields, age, expected) => {
    const before = known();
    expect(worthWriting(before, { ...before, ...fields(before) }, NOW + age)).toBe(expected);
  });

  it('when it is the first', () => expect(worthWriting(null, known(), NOW)).toBe(true));
});

it('two builds that renew their leases in turn are no news', () => {
  const o = observation({ server: [1, 1], pool: [2, 2], leases: [1, 1], activity: {} });
  const leases = o.leases.known ? o.leases.value : [];
  const renewed = (later: number): Status => {
    const value = leases.map((lease, i) => ({ ...lease, expiresAt: NOW + minutes(i === later ? 2 : 1) }));
    return { ...decide({ ...o, leases: { known: true, value } }).status, actions: [] };
  };
  expect(worthWriting(renewed(0), renewed(1), NOW)).toBe(false);
});
