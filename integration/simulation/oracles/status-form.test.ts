import { describe, expect, it } from 'vitest';
import type { Status } from '../../../config-schema/documents.ts';
import { AT, condition, goodStatus, history, minutes, sight, version, written } from './history.fixture.ts';
import {
  conditionsMakeSense,
  noIdleWrites,
  noSecrets,
  revisionsMoveForward,
  stalledSaysWhatToDo,
  statusHasAHeartbeat,
  statusIsValid,
  transitionTimes,
} from './status-form.ts';

const set =
  (type: Parameters<typeof condition>[1], status: 'True' | 'False', more: object = {}) =>
  (s: Status) =>
    void Object.assign(condition(s, type), { status, ...more });

describe('a status alone', () => {
  const rows: [string, { judge: typeof noSecrets.judge }, (status: Status) => void, string][] = [
    ['a field that the schema does not know', statusIsValid, (s) => void Object.assign(s, { phase: 'x' }), 'phase'],
    ['a condition that is missing', conditionsMakeSense, (s) => void s.conditions.pop(), 'WithinBudget is there 0'],
    ['Ready and Reconciling', conditionsMakeSense, set('Reconciling', 'True'), 'Ready and Reconciling'],
    ['Ready and Stalled', conditionsMakeSense, set('Stalled', 'True'), 'Ready and Stalled'],
    ['not Ready, without a word why', conditionsMakeSense, set('Ready', 'False'), 'neither Ready'],
    [
      'a budget that holds a pool back and is not told',
      conditionsMakeSense,
      (s) => void Object.assign(s.pools.default ?? {}, { limit: { by: 'budget', asked: 4, askedBySpec: 4 } }),
      'WithinBudget, but the budget limits pool default',
    ],
    ['a budget that holds nothing back', conditionsMakeSense, set('WithinBudget', 'False'), 'limits no pool'],
    [
      'Stalled with hardly a word',
      stalledSaysWhatToDo,
      set('Stalled', 'True', { reason: 'StackFailed', message: 'it failed' }),
      'only "it failed"',
    ],
    [
      'Stalled with a bare state of CloudFormation',
      stalledSaysWhatToDo,
      set('Stalled', 'True', { reason: 'StackFailed', message: 'UPDATE_ROLLBACK_FAILED' }),
      'only "UPDATE_ROLLBACK_FAILED"',
    ],
    [
      'Stalled for a reason that has no remedy',
      stalledSaysWhatToDo,
      set('Stalled', 'True', { reason: 'StackBusy', message: 'stack bbf--main--server is UPDATE_IN_PROGRESS' }),
      'what to do about Stalled StackBusy',
    ],
    [
      'Stalled for a reason that nobody knows',
      stalledSaysWhatToDo,
      set('Stalled', 'True', { reason: 'UPDATE_ROLLBACK_FAILED', message: 'stack bbf--main--server is stuck' }),
      'what to do about Stalled UPDATE_ROLLBACK_FAILED',
    ],
    ['a key of AWS', noSecrets, (s) => void Object.assign(s, { endpoint: 'AKIAABCDEFGH1234' }), 'AKIA'],
  ];
  it('a budget below what leases keep, which limits nobody', () => {
    const status = goodStatus((s) => {
      set('WithinBudget', 'False')(s);
      Object.assign(s.pools.default ?? {}, { because: 'budget, but kept by the lease of ann@laptop' });
    });
    expect(conditionsMakeSense.judge(sight(), history({ statuses: [written(status)] }))).toEqual([]);
  });
  it.each(rows)('%s', (_, oracle, spoil, message) => {
    expect(oracle.judge(sight(), history({ statuses: [written(goodStatus())] }))).toEqual([]);
    expect(oracle.judge(sight(), history({ statuses: [written(goodStatus(spoil))] })).join()).toContain(message);
  });
});

describe('a status after another', () => {
  const pair = (spoil: (status: Status) => void) =>
    history({
      documents: [version(), version({ revision: 'r2', at: 1 })],
      statuses: [
        written(
          goodStatus((s) => void Object.assign(s, { observedRevision: 'r2' })),
          AT - minutes(1),
        ),
        written(
          goodStatus((s) => {
            s.observedRevision = 'r2';
            s.heartbeatAt = new Date(Date.parse(s.heartbeatAt) + minutes(1)).toISOString();
            spoil(s);
          }),
          AT,
        ),
      ],
    });
  const later = '2026-12-01T00:00:00.000Z';

  it('that changes only the time of a condition', () => {
    const moved = pair(set('Ready', 'True', { lastTransitionTime: later }));
    expect(transitionTimes.judge(sight(), moved)).toEqual(['Ready did not change but its time did']);
  });

  it('that changes a condition and not its time', () => {
    expect(transitionTimes.judge(sight(), pair(set('Ready', 'False')))).toEqual(['Ready changed but its time did not']);
    expect(transitionTimes.judge(sight(), pair(set('Ready', 'False', { lastTransitionTime: later })))).toEqual([]);
  });

  it('that answers an older revision', () => {
    const back = pair((s) => void Object.assign(s, { observedRevision: 'r1' }));
    expect(revisionsMoveForward.judge(sight(), back)).toEqual([
      'observedRevision went back from version 2 to version 1',
    ]);
    expect(
      revisionsMoveForward.judge(
        sight(),
        pair(() => {}),
      ),
    ).toEqual([]);
  });

  it('that says nothing new before the heartbeat is due', () => {
    expect(
      noIdleWrites.judge(
        sight(),
        pair(() => {}),
      ),
    ).toHaveLength(1);
    expect(noIdleWrites.judge(sight(), pair(set('WorkersAvailable', 'True', { message: 'default 7/7' })))).toHaveLength(
      1,
    );
    expect(
      noIdleWrites.judge(
        sight(),
        pair((s) => void Object.assign(s, { heartbeatAt: later })),
      ),
    ).toEqual([]);
    expect(
      noIdleWrites.judge(
        sight(),
        pair((s) => void Object.assign(s, { endpoint: 'elsewhere:1' })),
      ),
    ).toEqual([]);
  });
});

it('another deployment that failed is something new', () => {
  const failed = (id: number) =>
    goodStatus(set('WorkersAvailable', 'True', { message: `default 1/2; (deployment ecs-svc/${id}) failed` }));
  const statuses = (first: number, second: number) =>
    history({ statuses: [written(failed(first), AT - 1_000), written(failed(second), AT)] });
  expect(noIdleWrites.judge(sight(), statuses(123, 123))).toHaveLength(1);
  expect(noIdleWrites.judge(sight(), statuses(123, 124))).toEqual([]);
});

it('another number of workers that the budget does not allow is something new', () => {
  const wants = (count: number) =>
    goodStatus(
      set('WithinBudget', 'False', { reason: 'BudgetReached', message: `pool default wants ${count} workers` }),
    );
  const statuses = history({ statuses: [written(wants(5), AT - 1_000), written(wants(4), AT)] });
  expect(noIdleWrites.judge(sight(), statuses)).toEqual([]);
});

it('a status is written every half an hour at least, where nothing goes wrong', () => {
  const statuses = (gapMs: number) =>
    history({ statuses: [written(goodStatus(), AT - gapMs), written(goodStatus(), AT)] });
  expect(statusHasAHeartbeat.judge(sight(), statuses(minutes(31)))).toEqual([]);
  expect(statusHasAHeartbeat.judge(sight(), statuses(minutes(40))).join()).toContain('40 minutes old');
  const slow = statuses(minutes(40));
  slow.invocations.push({
    number: 1,
    startedAt: AT - minutes(10),
    endedAt: AT - minutes(9),
    outcome: 'timed out',
    event: 'slow',
  });
  expect(statusHasAHeartbeat.judge(sight(), slow)).toEqual([]);
});
