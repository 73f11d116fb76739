import { describe, expect, it } from 'vitest';
import {
  conditionOf,
  type Facts,
  goodStacks,
  noStack,
  POOL,
  passOf,
  SERVER,
  specOf,
  stack,
} from './observation.fixture.ts';
import { STACK_CLASSES } from './stack-table.ts';

const spec = { pools: { default: { workers: 0 } } };
const stacks = goodStacks(specOf(spec));
const good = (stacks[POOL] as ReturnType<typeof stack>).value;
const goodHash = good.state === 'present' ? (good.hash ?? '') : '';
const withPool = (status: string, hash: string) => ({ ...stacks, [POOL]: stack(status, { hash }) });

function outcome(facts: Facts): string {
  const { lines, status } = passOf({ spec, server: [0, 0], ...facts });
  const acts = lines.filter((text) => text.includes('Stack'));
  const stalled = conditionOf(status, 'Stalled');
  if (acts.length > 0) return acts.join(', ');
  return stalled.startsWith('True') ? `stalled ${stalled.slice(5)}` : conditionOf(status, 'Reconciling');
}

describe('what each stack status leads to', () => {
  // status, with the wanted shape, with another shape
  const rows: [string, string, string][] = [
    ['CREATE_COMPLETE', 'False Settled', 'UpdateStack default'],
    ['UPDATE_COMPLETE', 'False Settled', 'UpdateStack default'],
    ['IMPORT_COMPLETE', 'False Settled', 'UpdateStack default'],
    ['IMPORT_ROLLBACK_COMPLETE', 'False Settled', 'UpdateStack default'],
    ['UPDATE_ROLLBACK_COMPLETE', 'False Settled', 'UpdateStack default'],
    ['CREATE_FAILED', 'DeleteStack default', 'DeleteStack default'],
    ['ROLLBACK_COMPLETE', 'DeleteStack default', 'DeleteStack default'],
    ['ROLLBACK_FAILED', 'DeleteStack default', 'DeleteStack default'],
    ['DELETE_FAILED', 'DeleteStack default', 'DeleteStack default'],
    ['REVIEW_IN_PROGRESS', 'DeleteStack default', 'DeleteStack default'],
    ['UPDATE_FAILED', 'stalled StackStuck', 'stalled StackStuck'],
    ['UPDATE_ROLLBACK_FAILED', 'stalled StackStuck', 'stalled StackStuck'],
    ['IMPORT_ROLLBACK_FAILED', 'stalled StackStuck', 'stalled StackStuck'],
    ['DELETE_COMPLETE', 'CreateStack default', 'CreateStack default'],
    ...['CREATE', 'ROLLBACK', 'DELETE', 'UPDATE', 'UPDATE_ROLLBACK', 'IMPORT', 'IMPORT_ROLLBACK'].map(
      (operation): [string, string, string] => [`${operation}_IN_PROGRESS`, 'True StackBusy', 'True StackBusy'],
    ),
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'True StackBusy', 'True StackBusy'],
    ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'True StackBusy', 'True StackBusy'],
    ['FROBNICATE_COMPLETE', 'stalled UnknownStackStatus', 'stalled UnknownStackStatus'],
  ];
  it.each(rows)('%s', (status, same, other) => {
    expect(outcome({ pool: [0, 0], stacks: withPool(status, goodHash) })).toBe(same);
    expect(outcome({ pool: [0, 0], stacks: withPool(status, 'older') })).toBe(other);
  });

  it('the table has a row for every status', () => {
    const tested = rows.map(([status]) => status);
    expect(Object.keys(STACK_CLASSES).filter((status) => !tested.includes(status))).toEqual([]);
  });

  it('a stack that could not be read is waited for', () => {
    expect(outcome({ pool: [0, 0], stacks: { ...stacks, [POOL]: { known: false, error: 'Throttling' } } })).toBe(
      'True StackUnreadable',
    );
  });

  it('a stack of another incarnation is never touched', () => {
    expect(outcome({ pool: [0, 0], stacks: { ...stacks, [POOL]: stack('CREATE_COMPLETE', { uid: 'u0' }) } })).toBe(
      'stalled ForeignStack',
    );
  });

  it('a pool with workers is not updated before they have drained', () => {
    expect(outcome({ pool: [2, 2], stacks: withPool('CREATE_COMPLETE', 'older') })).not.toContain('UpdateStack');
  });
});

describe('a shape that keeps failing', () => {
  const missing = { ...stacks, [POOL]: noStack };
  const attempt = (count: number, at: string) => {
    const { status } = passOf({ spec, server: [0, 0], stacks: missing });
    const hash = status.stacks[POOL]?.attempt?.hash ?? '';
    return {
      ...status,
      stacks: {
        ...status.stacks,
        [POOL]: { id: '', status: 'ABSENT', hash: null, readAt: at, attempt: { hash, count, at } },
      },
    };
  };

  it('is counted, waits longer each time, and ends in Stalled until the spec changes', () => {
    expect(passOf({ spec, server: [0, 0], stacks: missing }).status.stacks[POOL]?.attempt?.count).toBe(1);
    const now = '2026-11-23T08:59:50.000Z';
    expect(outcome({ stacks: missing, status: attempt(1, now) })).toBe('True StackBackoff');
    expect(outcome({ stacks: missing, status: attempt(1, '2026-11-23T08:59:44.000Z') })).toBe('CreateStack default');
    expect(outcome({ stacks: missing, status: attempt(2, '2026-11-23T08:59:44.000Z') })).toBe('True StackBackoff');
    expect(outcome({ stacks: missing, status: attempt(3, '2026-11-20T00:00:00.000Z') })).toBe('stalled StackFailed');
    const other = { pools: { default: { workers: 0, slots: 2 } } };
    expect(outcome({ spec: other, stacks: missing, status: attempt(3, now) })).toBe('CreateStack default');
  });

  it('carries the same token when the same decision is made again', () => {
    const tokens = () =>
      passOf({ spec, server: [0, 0], stacks: { [SERVER]: noStack, [POOL]: noStack } }).plan.actions.flatMap((a) =>
        'token' in a ? a.token : [],
      );
    expect(tokens()).toEqual(tokens());
    expect(new Set(tokens()).size).toBe(2);
    for (const token of tokens()) expect(token).toMatch(/^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/);
  });
});
