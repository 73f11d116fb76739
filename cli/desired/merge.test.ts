import { describe, expect, it } from 'vitest';
import { Clash, merge } from './merge.ts';

const base = { pools: { default: { workers: 1, slots: 4 } }, suspend: false };

describe('a three-way merge', () => {
  it.each([
    ['nobody else wrote: mine', { pools: {} }, base, { pools: {} }],
    ['I changed nothing: theirs', base, { pools: {} }, { pools: {} }],
    [
      'different fields: both',
      { pools: { default: { workers: 3, slots: 4 } }, suspend: false },
      { pools: { default: { workers: 1, slots: 8 } }, suspend: true },
      { pools: { default: { workers: 3, slots: 8 } }, suspend: true },
    ],
    [
      'mine removes one, theirs adds another',
      { pools: { default: { workers: 1 } }, suspend: false },
      { pools: { default: { workers: 1, slots: 4 }, arm: {} }, suspend: false },
      { pools: { default: { workers: 1 }, arm: {} }, suspend: false },
    ],
    ['the same change: once', { suspend: true }, { suspend: true }, { suspend: true }],
    [
      'the order of fields is no change',
      { suspend: false, pools: { default: { slots: 4, workers: 1 } } },
      { a: 1 },
      { a: 1 },
    ],
  ])('%s', (_rule, mine, theirs, expected) => {
    expect(merge(base, mine, theirs)).toEqual(expected);
  });

  it.each([
    [
      'a number',
      { pools: { default: { workers: 2 } } },
      { pools: { default: { workers: 3 } } },
      'pools.default.workers',
    ],
    [
      'one removes what the other changes',
      { pools: {} },
      { pools: { default: { workers: 3, slots: 4 } } },
      'pools.default',
    ],
    ['lists are one value', { list: [1] }, { list: [2] }, 'list'],
  ])('stops where both changed the same: %s', (_what, mine, theirs, path) => {
    expect(() =>
      merge(
        { pools: base.pools, list: [] },
        { pools: base.pools, list: [], ...mine },
        { pools: base.pools, list: [], ...theirs },
      ),
    ).toThrow(expect.objectContaining({ name: Clash.name, path }));
  });
});
