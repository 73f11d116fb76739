import { describe, expect, it } from 'vitest';
import { drained, old, step } from './capacity.fixture.ts';
import { worker } from './observation.fixture.ts';

describe('who must drain', () => {
  const busy = (name: string, running = 1) => worker(name, { running });
  // rule, workers, asked before, wanted, who drains, in this order
  const rows: [string, ReturnType<typeof worker>[], string[], number, string[]][] = [
    ['the idle, by name', [worker('c'), worker('a'), worker('b')], [], 1, ['a', 'b']],
    ['never the busy, while some may stay', [busy('a'), busy('b'), worker('c')], [], 1, ['c']],
    [
      'also the busy when all must go, those with least to do first',
      [busy('a', 2), busy('b', 1), worker('c')],
      [],
      0,
      ['c', 'b', 'a'],
    ],
    [
      'those that were asked before, also if they are busy yet',
      [worker('a'), worker('b'), busy('c')],
      ['c'],
      1,
      ['c', 'a'],
    ],
    ['of those first the drained', [worker('a'), worker('b'), drained('c')], ['b', 'c'], 1, ['c', 'b']],
    ['who drained unasked has no precedence', [worker('a'), drained('b'), worker('c')], [], 2, ['a']],
    [
      'no more than the pool has tasks beyond: who ended is registered for a while yet',
      [worker('a'), worker('b'), worker('c'), worker('ended')],
      [],
      2,
      ['a'],
    ],
    [
      'those that were asked before, also if fewer tasks are left to go',
      [worker('a'), worker('b'), worker('c'), worker('ended')],
      ['b', 'c'],
      2,
      ['b', 'c'],
    ],
    ['everybody who is registered when all must go', [worker('a'), worker('ended')], [], 0, ['a', 'ended']],
    [
      'nobody in place of one that the farm does not hear of',
      [worker('a'), worker('b'), worker('c', { lost: true }), worker('d')],
      [],
      2,
      ['a'],
    ],
    [
      'not one that the farm does not hear of, unless it was asked before',
      [worker('a', { lost: true }), worker('b', { lost: true }), worker('c'), worker('d')],
      ['b'],
      2,
      ['b'],
    ],
    ['nobody when all are wanted', [worker('a')], [], 1, []],
    ['only workers of the pool', [worker('a'), worker('x', { pool: 'other' }), worker('b'), worker('c')], [], 2, ['a']],
  ];
  it.each(rows)('%s', (_rule, workers, asked, wanted, expected) => {
    expect(step({ pool: [3, 3], activity: { workers, server: old } }, wanted, { asked }).draining).toEqual(expected);
  });
});
