import { describe, expect, it } from 'vitest';
import { type Facts, NOW, passOf, specOf, want, wordsOf, worker } from './observation.fixture.ts';

describe('Accepted', () => {
  const problem = (pointer: string) => ({ pointer, message: 'is negative', expected: '0 or more', fix: 'write 0' });
  const invalid = (pointer: string) => ({
    state: 'invalid' as const,
    revision: 'r2',
    modifiedAt: NOW,
    problems: [problem(pointer), problem('/other')],
  });
  const rows: [string, Facts['document'], string][] = [
    ['the newest revision is valid', undefined, 'True Valid: the newest revision is in force'],
    [
      'it is not: the first of its problems is named',
      invalid('/spec/pools/a/workers'),
      'False Invalid: the newest revision is invalid (/spec/pools/a/workers: is negative; write 0; and 1 more); the last valid one stays in force',
    ],
    [
      'its problem is with the whole',
      invalid(''),
      'False Invalid: the newest revision is invalid (/: is negative; write 0; and 1 more); the last valid one stays in force',
    ],
    [
      'it is gone',
      { state: 'absent' },
      'Unknown DocumentMissing: cluster.json is missing; the last valid revision stays in force. To remove a cluster: bbf delete',
    ],
    [
      'it can not be read',
      { state: 'unreadable', error: 'AccessDenied' },
      'Unknown DocumentUnreadable: cluster.json could not be read: AccessDenied',
    ],
  ];
  it.each(rows)('%s', (_rule, document, expected) => {
    const accepted = { revision: 'r1', uid: 'u1', spec: specOf(want(1)) };
    expect(wordsOf(passOf({ spec: want(1), document, accepted }).status, 'Accepted')).toBe(expected);
  });
});

describe('WithinBudget', () => {
  it.each([
    ['nothing is held back', {}, 'True WithinBudget: the budget holds nothing back'],
    [
      'a pool is held back: by how much, and what to do',
      { budget: { usdPerHour: 0.3 } },
      'False BudgetReached: pool default wants 9 workers, the budget allows 3: an hour may cost 0.3 USD; raise spec.budget or lower the pool',
    ],
  ])('%s', (_rule, more, expected) => {
    expect(wordsOf(passOf({ spec: want(9, more), server: [1, 1], pool: [0, 0] }).status, 'WithinBudget')).toBe(
      expected,
    );
  });

  it('of a spent day is told with its end, and not with what is spent, which moves by itself', () => {
    const facts: Facts = { spec: want(9, { budget: { usdPerDay: 5 } }), server: [1, 1], pool: [1, 1] };
    const { status } = passOf({ ...facts, spec: want(1) });
    const spent = { ...status, cost: { ...status.cost, usdToday: 5.5 } };
    const told = passOf({ ...facts, status: spent }).status;
    expect(wordsOf(told, 'WithinBudget')).toContain(
      'the budget allows 1: the 5 USD of this day are spent, and the next one begins at midnight UTC; raise',
    );
  });

  it.each<[string, object, [number, number], string]>([
    [
      'the next day brings nothing that the hour does not pay for',
      { usdPerHour: 0.3, usdPerDay: 5 },
      [3, 3],
      'the budget allows 3: the 5 USD of this day are spent, and an hour may cost 0.3 USD; raise',
    ],
    [
      'the next day brings some of it',
      { usdPerHour: 0.3, usdPerDay: 5 },
      [1, 1],
      'the budget allows 1: the 5 USD of this day are spent, and the next one begins at midnight UTC; raise',
    ],
  ])('of a spent day and an hour: %s', (_rule, budget, pool, expected) => {
    const facts: Facts = { spec: want(9, { budget }), server: [1, 1], pool };
    const { status } = passOf({ ...facts, spec: want(pool[0]) });
    const spent = { ...status, cost: { ...status.cost, usdToday: 5.5 } };
    expect(wordsOf(passOf({ ...facts, status: spent }).status, 'WithinBudget')).toContain(expected);
  });

  it('is what a cluster at rest has reached, and not all that is wanted', () => {
    const facts: Facts = { spec: want(9, { budget: { usdPerHour: 0.2 } }), server: [1, 1], pool: [2, 2] };
    const activity = { workers: [worker('a'), worker('b')] };
    expect(wordsOf(passOf({ ...facts, activity }).status, 'Ready')).toBe(
      'True Converged: everything that spec.budget allows is running',
    );
  });

  it.each([
    ['more is wanted', 5, 'wants 5 workers, the budget allows fewer than the 3 that leases keep'],
    ['no more is wanted', 0, 'wants 3 workers, the budget allows fewer than the 3 that leases keep'],
  ])('a lease keeps what the budget does not allow, and %s', (_rule, workers, words) => {
    const facts: Facts = { spec: want(workers, { budget: { usdPerHour: 0.2 } }), leases: [3] };
    expect(wordsOf(passOf({ ...facts, server: [1, 1], pool: [3, 3] }).status, 'WithinBudget')).toBe(
      `False BudgetReached: pool default ${words}: an hour may cost 0.2 USD; raise spec.budget or lower the pool`,
    );
  });
});
