import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { createdTag } from '../../templates/shape.ts';
import { type Facts, iso, minutes, NOW, POOL, serviceOf, servicesOf, worker } from './observation.fixture.ts';
import { goal, known, present, removed, step, tried } from './stack-case.fixture.ts';

type Row = [string, () => Facts, string];
const told = (rows: Row[]) => it.each(rows)('%s', (_rule, facts, expected) => expect(step(facts())).toBe(expected));

describe('a creation that goes on', () => {
  const creating = (hash: string, more: Facts = {}): Facts => ({
    stacks: present('CREATE_IN_PROGRESS', { hash }),
    ...more,
  });
  const busy = 'waiting StackBusy: stack bbf--main--pool--default is CREATE_IN_PROGRESS';
  const clear = 'DeleteStack CreationSuperseded (status CREATE_IN_PROGRESS, cause null, attempt 1) 1-clear';
  told([
    ['may last, if it is of the wanted shape', () => creating(createdTag(goal()), tried('create', 1)), busy],
    ['of another shape gets five minutes', () => creating('older', tried('create', 1, minutes(5) - 1)), busy],
    ['then it is cleared away', () => creating('older', tried('create', 1, minutes(5))), clear],
    ['whose beginning nobody noted is waited for', () => creating('older'), busy],
    ['also if other things were', () => creating('older', tried('update', 1)), busy],
    [
      'that nobody wants any more is removed',
      () => creating('older', { spec: removed, ...tried('create', 1) }),
      'DeleteStack StackUnwanted (status CREATE_IN_PROGRESS, cause null, attempt 1) 1-delete',
    ],
  ]);
});

describe('a stack that must be made anew', () => {
  const failed = (more: Facts = {}): Facts => ({
    stacks: present('ROLLBACK_COMPLETE', { reason: 'no such image' }),
    ...more,
  });
  const name = 'stack bbf--main--pool--default';
  const finally3 = 'making it anew failed 3 times. Repair the cause or change the spec; a new revision is tried again';
  const working: Facts = { server: [1, 1], pool: [1, 1], activity: { workers: [worker('a')] } };
  told([
    [
      'is deleted first',
      () => failed(),
      'DeleteStack StackFailed (status ROLLBACK_COMPLETE, cause no such image, attempt 1) 1-clear',
    ],
    [
      'once its tasks are gone',
      () => failed(working),
      `waiting DrainsFirst: ${name} is ROLLBACK_COMPLETE: no such image; it is made anew once its tasks are gone`,
    ],
    [
      'not while its creation pauses',
      () => failed(tried('create', 1, 5_000)),
      `waiting StackBackoff: create of ${name} was tried once for this revision; next try 2026-11-23T09:00:10.000Z`,
    ],
    [
      'nor while its deletion does',
      () => failed(tried('clear', 1, 5_000)),
      `waiting StackBackoff: clear of ${name} was tried once for this revision; next try 2026-11-23T09:00:10.000Z`,
    ],
    [
      'three deletions are enough',
      () => failed(tried('clear', 3)),
      `stalled StackFailed: ${name} is ROLLBACK_COMPLETE: no such image; ${finally3}`,
    ],
    [
      'three creations too: the failed one stays as evidence',
      () => failed(tried('create', 3)),
      `stalled StackFailed: ${name} is ROLLBACK_COMPLETE: no such image; ${finally3}`,
    ],
    [
      'when its repair has failed for good',
      () => ({ stacks: present('UPDATE_FAILED'), ...tried('rollback', 3) }),
      'DeleteStack RollbackFailed (status UPDATE_FAILED, cause null, attempt 1) 1-clear',
    ],
    [
      'when its service is missed for a minute',
      () => ({
        stacks: present('CREATE_COMPLETE'),
        pool: undefined,
        ...known({ missingSince: iso(NOW - minutes(1)) }),
      }),
      'DeleteStack ServiceMissing (status CREATE_COMPLETE, cause null, attempt 1) 1-clear',
    ],
    [
      'not a millisecond sooner',
      () => ({
        stacks: present('CREATE_COMPLETE'),
        pool: undefined,
        ...known({ missingSince: iso(NOW - minutes(1) + 1) }),
      }),
      `waiting ServiceMissing: ${name} is CREATE_COMPLETE, but has no service`,
    ],
    [
      'and what is missing for good is left to a person',
      () => {
        const { status } = tried('clear', 3);
        const before = { ...(status?.stacks[POOL] as Status['stacks'][string]), missingSince: iso(NOW - minutes(9)) };
        return {
          stacks: present('CREATE_COMPLETE'),
          pool: undefined,
          status: status && { ...status, stacks: { [POOL]: before } },
        };
      },
      `stalled RepairFailed: ${name} is CREATE_COMPLETE; ${finally3}`,
    ],
  ]);
});

describe('a stack that is there', () => {
  const name = 'stack bbf--main--pool--default';
  const working: Facts = { server: [1, 1], pool: [1, 1], activity: { workers: [worker('a')] } };
  const rollingOut: Facts = { leases: [1], stacks: present('UPDATE_IN_PROGRESS', { hash: 'older' }) };
  const kept = `waiting UpdateWaits: ${name} is UPDATE_IN_PROGRESS; it is called off once no build uses its workers`;
  const calledOff = 'CancelUpdate UpdateSuperseded (status UPDATE_IN_PROGRESS, cause null, attempt 1) 1-cancel';
  const atWork = { running: 1, workers: [worker('a', { running: 1 })] };
  const serviceIs = (state: string): Facts => ({
    stacks: present('CREATE_COMPLETE'),
    services: servicesOf({ default: serviceOf(0, 0, { state }) }),
  });
  told([
    ['and as it shall be', () => ({ stacks: present('CREATE_COMPLETE') }), 'done'],
    [
      'is not judged by services that can not be read',
      () => ({ stacks: present('CREATE_COMPLETE'), services: { known: false, error: 'Throttling' } }),
      'done',
    ],
    [
      'of another shape is updated',
      () => ({ stacks: present('CREATE_COMPLETE', { hash: 'older' }) }),
      'UpdateStack ShapeChanged (from older, to GOAL, attempt 1) 1-update',
    ],
    [
      'once nobody uses it',
      () => ({ stacks: present('CREATE_COMPLETE', { hash: 'older' }), ...working }),
      `waiting UpdateWaits: ${name} is updated once its workers are free and drained`,
    ],
    [
      'after a pause, if that failed',
      () => ({ stacks: present('UPDATE_ROLLBACK_COMPLETE', { hash: 'older' }), ...tried('update', 1, 5_000) }),
      `waiting StackBackoff: update of ${name} was tried once for this revision; next try 2026-11-23T09:00:10.000Z`,
    ],
    [
      'gives up its first count',
      () => ({ stacks: present('CREATE_COMPLETE', { hash: createdTag(goal()) }) }),
      `UpdateStack CountReleased (from GOAL-created, to GOAL, attempt 1) 1-update`,
    ],
    [
      'waits for a service that ends',
      () => serviceIs('DRAINING'),
      'waiting ServiceDraining: service bbf--main--pool--default is being deleted; bbf waits for it',
    ],
    [
      'and does not touch one in a state that is new to it',
      () => serviceIs('FROBNICATED'),
      'stalled UnknownServiceStatus: service bbf--main--pool--default is FROBNICATED, which this version of bbf does not know',
    ],
    [
      'in the middle of its clean-up is as good as ready',
      () => ({ stacks: present('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') }),
      'done',
    ],
    [
      'lets another’s import end',
      () => ({ stacks: present('IMPORT_IN_PROGRESS') }),
      `waiting ForeignOperation: ${name} is IMPORT_IN_PROGRESS; bbf imports nothing: it waits for whoever does`,
    ],
    [
      'can be in a state that nothing helps',
      () => ({ stacks: present('IMPORT_ROLLBACK_FAILED') }),
      `stalled StackStuck: ${name} is IMPORT_ROLLBACK_FAILED; bbf has no way out of this state: repair or delete the stack`,
    ],
    [
      'or in one that is new to bbf',
      () => ({ stacks: present('FROBNICATED') }),
      `stalled UnknownStackStatus: ${name} is FROBNICATED, which this version of bbf does not know; upgrade bbf`,
    ],
    [
      'is not asked twice to call an update off',
      () => ({ stacks: present('UPDATE_IN_PROGRESS', { hash: 'older' }), ...tried('cancel', 1, 5_000) }),
      `waiting StackBusy: ${name} is UPDATE_IN_PROGRESS`,
    ],
    [
      'and is given its time when that did not help',
      () => ({ stacks: present('UPDATE_IN_PROGRESS', { hash: 'older' }), ...tried('cancel', 3) }),
      `waiting StackBusy: ${name} is UPDATE_IN_PROGRESS`,
    ],
    ['has no update called off under workers that a build claims', () => ({ ...working, ...rollingOut }), kept],
    [
      'nor under what an ended lease left running',
      () => ({ ...working, ...rollingOut, leases: [], activity: atWork }),
      kept,
    ],
    ['nor while the farm is silent', () => ({ ...working, ...rollingOut, activityAge: minutes(2) }), kept],
    [
      'nor while ECS can not be read',
      () => ({ ...working, ...rollingOut, services: { known: false, error: 'Throttling' } }),
      kept,
    ],
    [
      'but under tasks that never became workers, whoever waits for them',
      () => ({ ...working, ...rollingOut, pool: [2, 1], activity: {} }),
      calledOff,
    ],
    ['and of a server that was never heard of', () => ({ ...working, ...rollingOut, activity: undefined }), calledOff],
    ['and under workers that nobody claims', () => ({ ...working, ...rollingOut, leases: [] }), calledOff],
    [
      'is rolled back when an update stopped half-way',
      () => ({ stacks: present('UPDATE_FAILED', { reason: 'quota' }) }),
      'RollbackStack StackHalfWay (status UPDATE_FAILED, cause quota, attempt 1) 1-rollback',
    ],
  ]);
});
