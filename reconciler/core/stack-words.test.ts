import { describe, expect, it } from 'vitest';
import { type Facts, iso, minutes, NOW, noStack, POOL, serviceOf, servicesOf } from './observation.fixture.ts';
import { goal, known, present, removed, step, tried } from './stack-case.fixture.ts';

type Row = [string, () => Facts, string];
const told = (rows: Row[]) => it.each(rows)('%s', (_rule, facts, expected) => expect(step(facts())).toBe(expected));

describe('a stack that is not there', () => {
  const stacks = { [POOL]: noStack };
  const left =
    'if nobody else is about to, delete it: aws ecs delete-service --force --cluster bbf --service bbf--main--pool--default';
  told([
    ['is made', () => ({ stacks, pool: undefined }), 'CreateStack StackAbsent (hash GOAL, attempt 1) 1-create'],
    [
      'once more',
      () => ({ stacks, pool: undefined, ...tried('create', 1) }),
      'CreateStack StackVanished (hash GOAL, attempt 2) 2-create',
    ],
    ...['delete', 'clear'].map(
      (operation): Row => [
        `as at first, if bbf itself has deleted it (${operation})`,
        () => ({ stacks, pool: undefined, ...tried(operation, 1) }),
        'CreateStack StackAbsent (hash GOAL, attempt 1) 1-create',
      ],
    ),
    [
      'once more, if somebody else has',
      () => ({ stacks, pool: undefined, ...known({ status: 'DELETE_IN_PROGRESS' }) }),
      'CreateStack StackVanished (hash GOAL, attempt 1) 1-create',
    ],
    [
      'as at first, if it never had an id',
      () => ({ stacks, pool: undefined, ...known({ id: '' }) }),
      'CreateStack StackAbsent (hash GOAL, attempt 1) 1-create',
    ],
    ['is done with, if nobody wants it', () => ({ spec: removed, stacks, services: servicesOf({}) }), 'done'],
    [
      'but not right after it was called for, as it may not be to be seen yet',
      () => ({ spec: removed, stacks, services: servicesOf({}), ...known({ id: '', askedAt: iso(NOW - 29_999) }) }),
      `waiting StackBusy: stack bbf--main--pool--default was asked for at ${iso(NOW - 29_999)} and is not to be seen yet`,
    ],
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
  const remedy = 'if it is not needed: aws cloudformation delete-stack --stack-name bbf--main--pool--default';
  const ours = 'if that is this one: bbf edit main, and set metadata.uid to u0';
  const foreign = (owner: string) =>
    `stalled ForeignStack: stack bbf--main--pool--default belongs to ${owner}; ${remedy}`;
  told([
    [
      'another cluster’s',
      () => ({ stacks: present('CREATE_COMPLETE', { uid: 'u0' }) }),
      foreign(`another cluster (uid u0, ours is u1); ${ours}`),
    ],
    [
      'nobody’s that is known',
      () => ({ stacks: present('CREATE_COMPLETE', { uid: null }) }),
      foreign('nobody that bbf knows'),
    ],
    [
      'one under review has no tags yet, and holds nothing',
      () => ({ stacks: present('REVIEW_IN_PROGRESS', { uid: null }) }),
      'DeleteStack StackUnderReview (status REVIEW_IN_PROGRESS, cause null, attempt 1) 1-clear',
    ],
    [
      'one under review for another cluster is not ours',
      () => ({ stacks: present('REVIEW_IN_PROGRESS', { uid: 'u0' }) }),
      foreign(`another cluster (uid u0, ours is u1); ${ours}`),
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
      'waiting StackBackoff: delete of stack bbf--main--pool--default was tried once for this revision; next try 2026-11-23T09:00:10.000Z',
    ],
  ]);
});

describe('a change that failed because its tasks did', () => {
  const tasks = 'its tasks fail: CannotPullContainerError: no such image';
  const breaker = "Service: Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.";
  told([
    [
      'says so while it is rolled back',
      () => ({
        stacks: present('UPDATE_ROLLBACK_IN_PROGRESS', { reason: breaker, hash: 'older' }),
        ...known({ trouble: tasks }),
      }),
      `waiting RollingBack: stack bbf--main--pool--default is UPDATE_ROLLBACK_IN_PROGRESS: ${breaker.slice(0, -1)}; ${tasks}`,
    ],
    [
      'and once it is given up',
      () => {
        const update = { goal: goal(), revision: 'r1', count: 3, at: iso(NOW), cause: breaker };
        const stacks = present('UPDATE_ROLLBACK_COMPLETE', { hash: 'older' });
        return { stacks, ...known({ trouble: tasks, attempts: { update } }) };
      },
      `stalled StackFailed: update of stack bbf--main--pool--default was tried 3 times for this revision and failed; the last failure: ${breaker.slice(0, -1)}; ${tasks}. Repair the cause or change the spec; a new revision is tried again`,
    ],
  ]);
});
