import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  conditionOf,
  type Facts,
  goodStacks,
  minutes,
  NOW,
  noStack,
  observation,
  POOL,
  passOf,
  SERVER,
  specOf,
  stack,
  worker,
} from './observation.fixture.ts';
import type { ServiceObservation } from './observation.ts';
import { STACK_CLASSES } from './stack-table.ts';

const spec = { pools: { default: { workers: 0 } } };
const stacks = goodStacks(specOf(spec));
const good = (stacks[POOL] as ReturnType<typeof stack>).value;
const goodHash = good.state === 'present' ? (good.hash ?? '') : '';
const withPool = (status: string, hash: string) => ({ ...stacks, [POOL]: stack(status, { hash }) });

function outcome(facts: Facts): string {
  const { lines, status } = passOf({ spec, server: [0, 0], ...facts });
  const acts = lines.filter((text) =>
    /^(Create|Update|Delete|Rollback)Stack|^CancelUpdate|^ContinueRollback/.test(text),
  );
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
    ['UPDATE_FAILED', 'RollbackStack default', 'RollbackStack default'],
    ['UPDATE_ROLLBACK_FAILED', 'ContinueRollback default', 'ContinueRollback default'],
    ['IMPORT_ROLLBACK_FAILED', 'stalled StackStuck', 'stalled StackStuck'],
    ['DELETE_COMPLETE', 'True ServiceLeftOver', 'True ServiceLeftOver'],
    ['CREATE_IN_PROGRESS', 'True StackBusy', 'True StackBusy'],
    ['DELETE_IN_PROGRESS', 'True StackBusy', 'True StackBusy'],
    ['UPDATE_IN_PROGRESS', 'True StackBusy', 'CancelUpdate default'],
    ['ROLLBACK_IN_PROGRESS', 'True RollingBack', 'True RollingBack'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'True RollingBack', 'True RollingBack'],
    ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'True RollingBack', 'True RollingBack'],
    ['IMPORT_IN_PROGRESS', 'True ForeignOperation', 'True ForeignOperation'],
    ['IMPORT_ROLLBACK_IN_PROGRESS', 'True ForeignOperation', 'True ForeignOperation'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'False Settled', 'True StackBusy'],
    ['FROBNICATE_COMPLETE', 'stalled UnknownStackStatus', 'stalled UnknownStackStatus'],
  ];
  it.each(rows)('%s', (status, same, other) => {
    expect(outcome({ pool: [0, 0], stacks: withPool(status, goodHash) })).toBe(same);
    expect(outcome({ pool: [0, 0], stacks: withPool(status, 'older') })).toBe(other);
  });

  it('a new stack gives up the count of its creation first, whatever else is wanted', () => {
    for (const hash of [`${goodHash}-created`, 'older-created'])
      expect(outcome({ pool: [0, 0], stacks: withPool('CREATE_COMPLETE', hash) })).toBe('UpdateStack default');
    expect(outcome({ pool: [0, 0], stacks: withPool('UPDATE_COMPLETE', `${goodHash}-released`) })).toBe(
      'False Settled',
    );
  });

  it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'])(
    '%s that somebody changed by hand is taken back, whatever its tag says; in a way that no roll-back brings a count of theirs back',
    (status) => {
      const changed = { ...stacks, [POOL]: stack(status, { hash: goodHash, byHand: true }) };
      const { plan } = passOf({ spec, server: [0, 0], pool: [0, 0], stacks: changed });
      const update = plan.actions.find((action) => action.type === 'UpdateStack');
      expect(update).toMatchObject({
        stack: POOL,
        reason: 'ChangedByHand',
        evidence: { from: goodHash, to: goodHash },
      });
      expect(update?.type === 'UpdateStack' && update.shape.tags['bbf:hash']).toBe(`${goodHash}-released`);
    },
  );

  it('a change by hand is taken back once nobody uses what the update would stop, and never while it is cleaned up after', () => {
    const changed = (status: string) => ({ ...stacks, [POOL]: stack(status, { hash: goodHash, byHand: true }) });
    const busy = { server: [1, 1], pool: [1, 1], leases: [1], activity: { workers: [worker('a', { running: 1 })] } };
    expect(outcome({ ...(busy as Facts), stacks: changed('UPDATE_COMPLETE') })).toBe('True UpdateWaits');
    expect(outcome({ pool: [0, 0], stacks: changed('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') })).toBe('True StackBusy');
  });

  it.each([
    ['CREATE_COMPLETE', 'created', false],
    ['UPDATE_ROLLBACK_COMPLETE', 'created', false],
    ['UPDATE_IN_PROGRESS', 'released', false],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'released', true],
    ['UPDATE_COMPLETE', 'released', true],
  ])('%s of a %s stack lets its pool grow: %s', (status, tag, grows) => {
    const stacks = withPool(status, `${goodHash}-${tag}`);
    const { lines } = passOf({ spec: { pools: { default: { workers: 2 } } }, server: [1, 1], pool: [0, 0], stacks });
    expect(lines.includes('default 0→2')).toBe(grows);
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

  it('nor are the tasks of its service counted, in this pass or in the next', () => {
    const facts: Facts = {
      spec: { pools: { default: { workers: 3 } } },
      server: [1, 1],
      pool: [5, 5],
      activity: {},
      stacks: { ...goodStacks(specOf({ pools: { default: { workers: 3 } } })) },
    };
    const own = facts.stacks?.[POOL] as ReturnType<typeof stack>;
    const value = { ...own.value, uid: 'u0' } as typeof own.value;
    const { lines, status } = passOf({
      ...facts,
      pool: [1, 1],
      stacks: { ...facts.stacks, [POOL]: { known: true, value } },
    });
    expect(lines).toEqual(['fast schedule on']);
    expect(status.stacks[POOL]?.hash).toBe(null);
  });

  it('a pool with workers is not updated before they have drained', () => {
    expect(outcome({ pool: [2, 2], stacks: withPool('CREATE_COMPLETE', 'older') })).not.toContain('UpdateStack');
  });
});

describe('a shape that keeps failing', () => {
  const missing = { ...stacks, [POOL]: noStack };
  /** The status after an operation was tried so often, the last time at `at`. */
  const tried = (operation: string, count: number, at: string, revision = 'r1'): Status => {
    const { status } = passOf({ spec, server: [0, 0] });
    const attempts = { [operation]: { goal: goodHash, revision, count, at, cause: 'no such image' } };
    return {
      ...status,
      stacks: { ...status.stacks, [POOL]: { id: 'x', status: 'X', hash: null, readAt: at, attempts } },
    };
  };
  const now = '2026-11-23T08:59:50.000Z';
  const longAgo = '2026-11-20T00:00:00.000Z';

  it('is counted, waits longer each time, and ends in Stalled until there is a new revision', () => {
    expect(passOf({ spec, server: [0, 0], stacks: missing }).status.stacks[POOL]?.attempts?.create?.count).toBe(1);
    expect(outcome({ stacks: missing, status: tried('create', 1, now) })).toBe('True StackBackoff');
    const earlier = '2026-11-23T08:59:44.000Z';
    expect(outcome({ stacks: missing, status: tried('create', 1, earlier) })).toBe('CreateStack default');
    expect(outcome({ stacks: missing, status: tried('create', 2, earlier) })).toBe('True StackBackoff');
    expect(outcome({ stacks: missing, status: tried('create', 3, longAgo) })).toBe('stalled StackFailed');
    expect(outcome({ stacks: missing, status: tried('create', 3, now), revision: 'r2' })).toBe('CreateStack default');
    const other = { pools: { default: { workers: 0, slots: 2 } } };
    expect(outcome({ spec: other, stacks: missing, status: tried('create', 3, now) })).toBe('CreateStack default');
  });

  it('says what failed last', () => {
    const { status } = passOf({ spec, server: [0, 0], stacks: missing, status: tried('create', 3, longAgo) });
    expect(status.conditions.find(({ type }) => type === 'Stalled')?.message).toContain('no such image');
  });

  it('is left as it failed once it may not be tried again', () => {
    const failed = withPool('ROLLBACK_COMPLETE', goodHash);
    expect(outcome({ stacks: failed, status: tried('create', 2, longAgo) })).toBe('DeleteStack default');
    expect(outcome({ stacks: failed, status: tried('create', 3, longAgo) })).toBe('stalled StackFailed');
  });

  it.each([
    ['UPDATE_FAILED', 'rollback', 'RollbackStack'],
    ['UPDATE_ROLLBACK_FAILED', 'continue', 'ContinueRollback'],
  ])(
    '%s is repaired a few times, then made anew when nothing runs, else a person is asked',
    (status, operation, action) => {
      const half = withPool(status, goodHash);
      const tries = (count: number, at: string) => tried(operation, count, at);
      expect(outcome({ pool: [0, 0], stacks: half, status: tries(1, now) })).toBe('True StackBackoff');
      expect(outcome({ pool: [0, 0], stacks: half, status: tries(2, longAgo) })).toBe(`${action} default`);
      expect(outcome({ pool: [0, 0], stacks: half, status: tries(3, longAgo) })).toBe('DeleteStack default');
      const busy = { activity: { workers: [worker('a'), worker('b')] }, leases: [2] };
      expect(outcome({ server: [1, 1], pool: [2, 2], ...busy, stacks: half, status: tries(3, longAgo) })).toBe(
        'True DrainsFirst',
      );
    },
  );

  it('carries the same token when the same decision is made again, and another one for another stack', () => {
    const tokens = () =>
      passOf({ spec, stacks: { [SERVER]: noStack, [POOL]: noStack } }).plan.actions.flatMap((a) =>
        'token' in a ? a.token : [],
      );
    expect(tokens()).toEqual(tokens());
    expect(new Set(tokens()).size).toBe(2);
    for (const token of tokens()) expect(token).toMatch(/^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/);
  });
});

describe('a service that is not as its stack left it', () => {
  const facts: Facts = { spec, server: [0, 0] };
  const missing = (minutesAgo: number): Facts => {
    const { status } = passOf({ ...facts, now: NOW - minutes(minutesAgo) });
    return { ...facts, status };
  };
  const inState = (state: string) => {
    const o = observation({ spec, server: [0, 0], pool: [0, 0] });
    const known = o.services.known ? o.services.value : {};
    return { known: true as const, value: { ...known, [POOL]: { ...known[POOL], state } as ServiceObservation } };
  };

  it('is missed for a minute, then its stack is made anew', () => {
    expect(outcome(facts)).toBe('True ServiceMissing');
    expect(outcome(missing(0.5))).toBe('True ServiceMissing');
    expect(outcome(missing(2))).toBe('DeleteStack default');
  });

  it.each([
    ['DRAINING', 'True ServiceDraining'],
    ['INACTIVE', 'True ServiceMissing'],
    ['FROBNICATED', 'stalled UnknownServiceStatus'],
  ])('%s', (state, expected) => expect(outcome({ spec, services: inState(state) })).toBe(expected));
});
