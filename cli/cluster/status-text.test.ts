import { describe, expect, it } from 'vitest';
import type { Activity } from '../../config-schema/documents.ts';
import { createColors } from '../output/colors.ts';
import { condition, lease, statusDouble } from '../testing/status-double.ts';
import { statusText } from './status-text.ts';

const AT = Date.parse('2026-01-01T00:00:00.000Z');
const lineOf = (word: string, change: Parameters<typeof statusDouble>[0], now = AT) =>
  statusText(statusDouble(change), null, now, createColors(false))
    .split('\n')
    .find((line) => line.trimStart().startsWith(word));

it.each([
  ['still holds', 'a', -90_000, 'ends in 1m 30s unless renewed'],
  ['has ended, and is still listed', 'a', 15_000, 'ended 15s ago unless renewed since'],
  ['nobody renews', 'want-a', -90_000, 'ends in 1m 30s'],
  ['nobody has renewed', 'want-a', 15_000, 'ended 15s ago'],
])('a lease that %s', (_what, id, passedMs, expected) => {
  expect(lineOf('lease', { leases: [lease(id)] }, AT + passedMs)).toBe(
    `  lease         a@b: build (default 1), ${expected}`,
  );
});

it.each([
  ['that is to come', 0, 'next          in 30s: drains workers'],
  [
    'that nobody has looked for yet',
    40_000,
    'next          drains workers (was due 10s ago; bbf has not looked since)',
  ],
])('a next step %s', (_what, passedMs, expected) => {
  const next = { at: '2026-01-01T00:00:30.000Z', what: 'drains workers' };
  expect(lineOf('next', { next }, AT + passedMs)).toBe(`  ${expected}`);
});

it('a farm that has gone has no slots any more, whatever it said last', () => {
  const worker = { name: 'w', pool: 'default', slots: 4, running: 0, draining: false, drained: false };
  const activity = { pools: {}, workers: [worker] } as unknown as Activity;
  const text = (endpoint: string | null) => statusText(statusDouble({ endpoint }), activity, AT, createColors(false));
  expect(text('127.0.0.9:8980')).toContain('0/4 slots busy');
  expect(text(null)).not.toContain('slots');
});

it.each([
  ['one action that no pool fits', 1, [], 'queue         no pool fits 1 queued action: see bbf pools --cluster=main'],
  ['some', 2, [], 'queue         no pool fits 2 queued actions: see bbf pools --cluster=main'],
  [
    'what it asks for',
    1,
    [
      { name: 'gpu', value: 'a\n100' },
      { name: 'Pool', value: 'big' },
    ],
    'queue         no pool fits 1 queued action; it asks for gpu=a 100, Pool=big: see bbf pools --cluster=main',
  ],
])('a farm that waits for ever says so: %s', (_what, queued, unmatched, expected) => {
  const activity = { pools: { '': { queued, running: 0 } }, unmatched, workers: [] } as unknown as Activity;
  const text = (endpoint: string | null) => statusText(statusDouble({ endpoint }), activity, AT, createColors(false));
  expect(text('127.0.0.9:8980')).toContain(`\n  ${expected}\n`);
  expect(text(null)).not.toContain('no pool fits');
});

it('a pool that a limit holds back is told against what is asked for', () => {
  const [pool] = Object.values(statusDouble({}).pools);
  if (!pool) throw new Error('the double has a pool');
  const limit = { by: 'budget' as const, asked: 4, askedBySpec: 4 };
  const cut = { ...pool, wanted: 0, desired: 0, running: 0, registered: 0, because: 'budget (spec.workers)', limit };
  expect(lineOf('pool', { pools: { default: cut } })).toContain('▱▱▱▱ 0/4 workers (budget (spec.workers))');
});

it('costs are told to a hundredth of a cent', () => {
  const cost = { usdPerHour: 0.189518, usdToday: 12, day: '2026-01-01', accountedAt: '2026-01-01T00:00:00Z' };
  expect(lineOf('cost', { cost })).toBe('  cost          0.1895 USD/h now, 12 USD today');
});

describe('what is wrong is said once', () => {
  const words = 'the newest revision is invalid (/spec: is wrong; mend it); no valid one is known';
  const refused = [condition('Ready', 'False', 'Invalid', words), condition('Stalled', 'True', 'Invalid', words)];

  it('in the headline, where nothing is in force', () => {
    const conditions = [...refused, condition('Accepted', 'False', 'Invalid', words)];
    expect(lineOf('main', { conditions })).toBe(`main stalled: ${words}`);
    expect(lineOf('Stalled', { conditions })).toBe(undefined);
    expect(lineOf('Accepted', { conditions })).toBe(undefined);
  });

  it('also while it moves', () => {
    const moving = condition('Reconciling', 'True', 'TaskTrouble', words);
    const conditions = [condition('Ready', 'False', 'TaskTrouble', words), moving];
    expect(lineOf('main', { conditions })).toBe(`main not ready: ${words}`);
    expect(lineOf('reconciler', { conditions })).toBe(undefined);
    const other = [condition('Ready', 'False', 'ActionFailed', 'AWS refused it'), moving];
    expect(lineOf('reconciler', { conditions: other })).toContain(words);
  });

  it('and what else is wrong in a line of its own', () => {
    const conditions = [...refused, condition('Accepted', 'False', 'Invalid', 'another one is invalid')];
    expect(lineOf('Accepted', { conditions })).toContain('another one is invalid');
    const ready = [condition('Stalled', 'True', 'StackStuck', words)];
    expect(lineOf('main', { conditions: ready })).toBe('main ready: everything that is wanted is running');
    expect(lineOf('Stalled', { conditions: ready })).toContain(words);
  });
});
