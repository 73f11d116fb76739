import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { createdTag } from '../../templates/shape.ts';
import {
  type Facts,
  goodStacks,
  minutes,
  NOW,
  noStack,
  observation,
  POOL,
  passOf,
  serviceOf,
  servicesOf,
  specOf,
  stack,
  worker,
} from './observation.fixture.ts';
import type { Observation, StackObservation } from './observation.ts';
import { stackWishes } from './shapes.ts';
import { type Situation, situationOf } from './situation.ts';
import { stackStep } from './stack-step.ts';

const spec = { pools: { default: { workers: 0 } } };
const removed = { pools: {} };
const iso = (at: number) => new Date(at).toISOString();
type Present = Extract<StackObservation, { state: 'present' }>;

const goal = () => {
  const read = goodStacks(specOf(spec))[POOL];
  return read?.known && read.value.state === 'present' ? (read.value.hash ?? '') : '';
};
const present = (status: string, more: Partial<Present> = {}): Observation['stacks'] => {
  const { value } = stack(status, { hash: goal() });
  return { ...goodStacks(specOf(spec)), [POOL]: { known: true, value: { ...(value as Present), ...more } } };
};

/** The pool's step in a line: what is done with which evidence, or what is waited for in words. */
function step(facts: Facts): string {
  const o = observation({ spec, server: [0, 0], pool: [0, 0], inventory: [POOL], ...facts });
  const s = situationOf(o) as Situation;
  const wish = stackWishes(o, s, false).pools.default;
  const next = stackStep(o, s, wish as NonNullable<typeof wish>);
  if (next.state === 'done') return 'done';
  if (next.state !== 'act') return `${next.state} ${next.reason}: ${next.message}`;
  const { type, reason, evidence, token } = next.action;
  const told = Object.entries(evidence).map(([name, value]) => `${name} ${String(value).replace(goal(), 'GOAL')}`);
  return `${type} ${reason} (${told.join(', ')}) ${token.split('-').slice(1, 3).join('-')}`;
}

/** What the status before tells of the pool's stack. */
function known(fields: Partial<Status['stacks'][string]>): Pick<Facts, 'status'> {
  const { status } = passOf({ spec, server: [0, 0], pool: [0, 0], now: NOW - minutes(1) });
  const before = { id: 'x', status: 'X', hash: null, readAt: iso(NOW), ...fields };
  return { status: { ...status, stacks: { ...status.stacks, [POOL]: before } } };
}
const tried = (operation: string, count: number, ago = minutes(999), toward = goal()) =>
  known({ attempts: { [operation]: { goal: toward, revision: 'r1', count, at: iso(NOW - ago), cause: null } } });

type Row = [string, () => Facts, string];
const told = (rows: Row[]) => it.each(rows)('%s', (_rule, facts, expected) => expect(step(facts())).toBe(expected));

describe('a stack that is not there', () => {
  const stacks = { [POOL]: noStack };
  const left =
    'if nobody else is about to, delete it: aws ecs delete-service --force --service bbf--main--pool--default';
  told([
    ['is made', () => ({ stacks, pool: undefined }), 'CreateStack StackAbsent (hash GOAL, attempt 1) 1-create'],
    [
      'once more',
      () => ({ stacks, pool: undefined, ...tried('create', 1) }),
      'CreateStack StackVanished (hash GOAL, attempt 2) 2-create',
    ],
    [
      'as at first, if it never had an id',
      () => ({ stacks, pool: undefined, ...known({ id: '' }) }),
      'CreateStack StackAbsent (hash GOAL, attempt 1) 1-create',
    ],
    ['is done with, if nobody wants it', () => ({ spec: removed, stacks, services: servicesOf({}) }), 'done'],
    [
      'waits for the service of its name that ends',
      () => ({ stacks, services: servicesOf({ default: serviceOf(0, 0, { state: 'DRAINING' }) }) }),
      'waiting ServiceDraining: service bbf--main--pool--default is being deleted',
    ],
    [
      'and for one that does not',
      () => ({ stacks }),
      `waiting ServiceLeftOver: service bbf--main--pool--default (ACTIVE) exists without its stack; ${left}`,
    ],
  ]);
});

describe('a stack that was not read is as the last status says', () => {
  const unread = (more: Partial<Facts>) => ({ stacks: {}, ...more });
  const waits = 'waiting StackNotRead: stack bbf--main--pool--default was not read in this pass';
  told([
    ['as it shall be', () => unread(known({ hash: goal() })), 'done'],
    ['of another shape', () => unread(known({ hash: 'older' })), waits],
    ['never seen', () => unread({}), waits],
    ['never seen and not wanted', () => unread({ spec: removed }), 'done'],
    ['not wanted, but seen', () => unread({ spec: removed, ...known({}) }), waits],
  ]);

  it('one that could not be read is waited for', () => {
    expect(step({ stacks: { [POOL]: { known: false, error: 'Throttling' } } })).toBe(
      'waiting StackUnreadable: stack bbf--main--pool--default could not be read: Throttling',
    );
  });
});

describe('whose stack it is', () => {
  const remedy = 'delete it if it is not needed: aws cloudformation delete-stack --stack-name bbf--main--pool--default';
  const foreign = (owner: string) =>
    `stalled ForeignStack: stack bbf--main--pool--default belongs to ${owner}; ${remedy}`;
  told([
    [
      'another cluster’s',
      () => ({ stacks: present('CREATE_COMPLETE', { uid: 'u0' }) }),
      foreign('another cluster (uid u0, ours is u1)'),
    ],
    [
      'nobody’s that is known',
      () => ({ stacks: present('CREATE_COMPLETE', { uid: null }) }),
      foreign('nobody that bbf knows'),
    ],
    [
      'one under review has no tags yet, and holds nothing',
      () => ({ stacks: present('REVIEW_IN_PROGRESS', { uid: null }) }),
      'DeleteStack StackFailed (status REVIEW_IN_PROGRESS, cause null, attempt 1) 1-clear',
    ],
    [
      'one under review for another cluster is not ours',
      () => ({ stacks: present('REVIEW_IN_PROGRESS', { uid: 'u0' }) }),
      foreign('another cluster (uid u0, ours is u1)'),
    ],
    [
      'whoever deletes it, it goes',
      () => ({ stacks: present('DELETE_IN_PROGRESS', { uid: 'u0' }) }),
      'waiting StackBusy: stack bbf--main--pool--default is DELETE_IN_PROGRESS',
    ],
    [
      'whoever deleted it, it is gone',
      () => ({ pool: undefined, stacks: present('DELETE_COMPLETE', { uid: 'u0' }) }),
      'CreateStack StackAbsent (hash GOAL, attempt 1) 1-create',
    ],
  ]);
});

describe('a stack that is not wanted', () => {
  const unwanted = (status: string, more: Facts = {}): Facts => ({ spec: removed, stacks: present(status), ...more });
  const remove = (status: string) => `DeleteStack StackUnwanted (status ${status}, cause null, attempt 1) 1-delete`;
  const states = ['CREATE_COMPLETE', 'CREATE_FAILED', 'DELETE_FAILED', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_FAILED'];
  it.each(states)('%s: is removed', (status) => expect(step(unwanted(status))).toBe(remove(status)));

  told([
    [
      'its tasks go first',
      () => unwanted('CREATE_COMPLETE', { pool: [0, 1] }),
      'waiting DrainsFirst: stack bbf--main--pool--default is removed once its tasks are gone',
    ],
    [
      'an update of it is called off',
      () => unwanted('UPDATE_IN_PROGRESS'),
      'CancelUpdate UpdateSuperseded (status UPDATE_IN_PROGRESS, cause null, attempt 1) 1-cancel',
    ],
    [
      'what can not be removed is left to a person',
      () => unwanted('DELETE_FAILED', tried('delete', 3, minutes(999), 'none')),
      'stalled DeleteFailed: stack bbf--main--pool--default is DELETE_FAILED; deleting it failed 3 times. Remove what is named, then delete the stack by hand or write the document again',
    ],
    [
      'between two tries there is a pause',
      () => unwanted('DELETE_FAILED', tried('delete', 1, 5_000, 'none')),
      'waiting StackBackoff: delete of stack bbf--main--pool--default was tried 1 times for this revision; next try 2026-11-23T09:00:10.000Z',
    ],
  ]);
});

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
      `waiting StackBackoff: create of ${name} was tried 1 times for this revision; next try 2026-11-23T09:00:10.000Z`,
    ],
    [
      'nor while its deletion does',
      () => failed(tried('clear', 1, 5_000)),
      `waiting StackBackoff: clear of ${name} was tried 1 times for this revision; next try 2026-11-23T09:00:10.000Z`,
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
      `waiting StackBackoff: update of ${name} was tried 1 times for this revision; next try 2026-11-23T09:00:10.000Z`,
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
    [
      'is rolled back when an update stopped half-way',
      () => ({ stacks: present('UPDATE_FAILED', { reason: 'quota' }) }),
      'RollbackStack StackHalfWay (status UPDATE_FAILED, cause quota, attempt 1) 1-rollback',
    ],
  ]);
});
