import { describe, expect, it } from 'vitest';
import {
  asleepStatus,
  type Facts,
  goodStacks,
  minutes,
  NOW,
  noStack,
  POOL,
  passOf,
  SERVER,
  serviceOf,
  servicesOf,
  specOf,
  stack,
  want,
  wordsOf,
  worker,
} from './observation.fixture.ts';

const tombstone = { delete: { uid: 'u1' } };
const stacksOf = (spec: object, more: object = {}) => ({ ...goodStacks(specOf(spec)), ...more });
const idle = { workers: [worker('a')], idleSince: new Date(NOW - minutes(60)).toISOString() };

/** The three conditions that say whether anything happens, each in words. */
const told = (facts: Facts) => {
  const { status } = passOf(facts);
  return ['Ready', 'Reconciling', 'Stalled'].map((type) => wordsOf(status, type));
};
const calm = 'False Progressing: nothing needs a person';

describe('what a cluster waits for', () => {
  // rule, facts, Reconciling; Ready is False with the same words.
  const rows: [string, () => Facts, string][] = [
    [
      'the stack that this pass makes',
      () => ({ spec: want(1), stacks: { [SERVER]: noStack, [POOL]: noStack } }),
      'StackAbsent: stack bbf--main--server is being created',
    ],
    [
      'the stack that it updates',
      () => ({
        spec: want(0),
        server: [0, 0],
        pool: [0, 0],
        stacks: stacksOf(want(0), { [POOL]: stack('UPDATE_COMPLETE', { hash: 'older' }) }),
      }),
      'ShapeChanged: stack bbf--main--pool--default is being updated',
    ],
    [
      'the stack that it deletes',
      () => ({
        spec: want(0),
        server: [0, 0],
        pool: [0, 0],
        stacks: stacksOf(want(0), { [POOL]: stack('ROLLBACK_COMPLETE') }),
      }),
      'StackFailed: stack bbf--main--pool--default is being deleted',
    ],
    [
      'an update that it calls off',
      () => ({
        spec: want(0),
        server: [0, 0],
        pool: [0, 0],
        stacks: stacksOf(want(0), { [POOL]: stack('UPDATE_IN_PROGRESS') }),
      }),
      'UpdateSuperseded: stack bbf--main--pool--default is taken out of its update',
    ],
    [
      'a roll-back that it goes on with',
      () => ({
        spec: want(0),
        server: [0, 0],
        pool: [0, 0],
        stacks: stacksOf(want(0), { [POOL]: stack('UPDATE_ROLLBACK_FAILED') }),
      }),
      'StackHalfWay: stack bbf--main--pool--default is being rolled back',
    ],
    [
      'a roll-back that it begins',
      () => ({
        spec: want(0),
        server: [0, 0],
        pool: [0, 0],
        stacks: stacksOf(want(0), { [POOL]: stack('UPDATE_FAILED') }),
      }),
      'StackHalfWay: stack bbf--main--pool--default is being rolled back',
    ],
    [
      'the tasks that ECS is told to run',
      () => ({ spec: want(3), server: [1, 1], pool: [0, 0], activity: {} }),
      'WorkersWanted: ECS is told to run 3 instead of 0 tasks',
    ],
    [
      'the turn of a stack, while nobody knows whom a change would hit',
      () => ({
        spec: want(0),
        server: [0, 0],
        pool: [0, 0],
        leases: null,
        stacks: stacksOf(want(0), { [POOL]: stack('UPDATE_COMPLETE', { hash: 'older' }) }),
      }),
      'OneAtATime: stack bbf--main--pool--default waits for its turn, or for documents to be readable',
    ],
    [
      'an operation of CloudFormation',
      () => ({
        spec: want(0),
        server: [0, 0],
        pool: [0, 0],
        stacks: stacksOf(want(0), { [POOL]: stack('CREATE_IN_PROGRESS') }),
      }),
      'StackBusy: stack bbf--main--pool--default is CREATE_IN_PROGRESS',
    ],
    ['the server', () => ({ spec: want(1), server: [1, 0], pool: [1, 0] }), 'Starting: the server is starting'],
    [
      'workers',
      () => ({ spec: want(2), server: [1, 1], pool: [2, 2], activity: { workers: [worker('a')] } }),
      'Starting: default 1/2',
    ],
    [
      'ECS, which can not be read',
      () => ({ spec: want(1), services: { known: false, error: 'ThrottlingException' } }),
      'ServicesUnreadable: ECS could not be read; nothing is counted until it can',
    ],
    [
      'workers that finish, of a cluster that is deleted',
      () => ({
        spec: want(1, tombstone),
        server: [1, 1],
        pool: [1, 1],
        activity: { workers: [worker('a', { running: 1 })], running: 1 },
      }),
      'DrainsFirst: stack bbf--main--server is removed once its tasks are gone',
    ],
    [
      'workers that no lease holds, of one whose deletion a lease delays',
      () => {
        const facts: Facts = {
          spec: want(1, tombstone),
          server: [1, 1],
          pool: [2, 2],
          leases: [1],
          activity: { workers: [worker('a', { running: 1 }), worker('b')], running: 1 },
        };
        return { ...facts, status: passOf({ ...facts, now: NOW - minutes(6) }).status };
      },
      'LeaseHolds: the deletion waits for 1 lease: user0@host (test)',
    ],
    [
      'the server, which stops last when a cluster goes to sleep',
      () => ({ spec: want(1), server: [1, 1], pool: [0, 0], activity: idle, status: asleepStatus({ spec: want(1) }) }),
      'ServerUnwanted: ECS is told to run 0 instead of 1 tasks',
    ],
    [
      'workers that finish before it sleeps',
      () => ({
        spec: want(1),
        server: [1, 1],
        pool: [1, 1],
        activity: idle,
        status: asleepStatus({ spec: want(1), server: [1, 1] }),
      }),
      'GoingToSleep: workers finish, then the server stops',
    ],
    [
      'the server of a cluster that goes to sleep, while nobody knows the leases',
      () => ({
        spec: want(1),
        server: [1, 1],
        pool: [0, 0],
        leases: null,
        activity: idle,
        status: asleepStatus({ spec: want(1), server: [1, 1] }),
      }),
      'GoingToSleep: workers finish, then the server stops',
    ],
    [
      'the count of a pool that falls on the way to sleep',
      () => ({ spec: want(1), server: [1, 1], pool: [2, 0], activity: idle, status: asleepStatus({ spec: want(1) }) }),
      'WorkersDrained: ECS is told to run 0 instead of 2 tasks',
    ],
    [
      'and of one that is deleted',
      () => ({ spec: want(1, tombstone), server: [1, 1], pool: [2, 0], activity: {} }),
      'WorkersDrained: ECS is told to run 0 instead of 2 tasks',
    ],
    [
      'a second server that somebody asked for by hand',
      () => ({ spec: want(0), server: [2, 2], pool: [0, 0], activity: {} }),
      'ServerUnwanted: ECS is told to run 1 instead of 2 tasks',
    ],
    [
      'a worker of a cluster that goes to sleep, whose task is still coming up',
      () => ({
        spec: want(1),
        status: asleepStatus({ spec: want(1), server: [1, 1] }),
        services: servicesOf({ server: serviceOf(0, 0), default: serviceOf(0, 0, { pending: 1 }) }),
      }),
      'GoingToSleep: workers finish, then the server stops',
    ],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => {
    expect(told(facts())).toEqual([`False ${expected}`, `True ${expected}`, calm]);
  });
});

describe('what a cluster at rest says', () => {
  const rows: [string, () => Facts, string, string][] = [
    [
      'everything runs',
      () => ({ spec: want(1), server: [1, 1], pool: [1, 1], activity: { workers: [worker('a')] } }),
      'True Converged: everything that is wanted is running',
      'False Settled: nothing to do',
    ],
    [
      'it sleeps',
      () => ({ spec: want(1), server: [0, 0], pool: [0, 0], status: asleepStatus({ spec: want(1) }) }),
      'True Asleep: at zero; a lease or an edit wakes it',
      'False Settled: nothing to do',
    ],
    [
      'it is suspended, whatever is missing',
      () => ({ spec: want(3, { suspend: true }), server: [0, 0], pool: [0, 0] }),
      'False Suspended: spec.suspend is true: nothing is changed',
      'False Suspended: spec.suspend is true: nothing is changed',
    ],
    [
      'a lease outlives its deletion',
      () => ({ spec: want(1, tombstone), leases: [1, 0], server: [1, 1], pool: [1, 1], activity: {} }),
      'False LeaseHolds: the deletion waits for 2 leases: user0@host (test), user1@host (test)',
      'True LeaseHolds: the deletion waits for 2 leases: user0@host (test), user1@host (test)',
    ],
    [
      'many leases outlive its deletion',
      () => ({ spec: want(1, tombstone), leases: [1, 1, 1, 1, 1], server: [1, 1], pool: [1, 1], activity: {} }),
      'False LeaseHolds: the deletion waits for 5 leases: user0@host (test), user1@host (test), user2@host (test), 2 more',
      'True LeaseHolds: the deletion waits for 5 leases: user0@host (test), user1@host (test), user2@host (test), 2 more',
    ],
    [
      'it is deleted',
      () => ({ spec: want(1, tombstone), stacks: { [SERVER]: noStack, [POOL]: noStack } }),
      'False Deleted: the cluster is deleted',
      'False Settled: nothing to do',
    ],
    [
      'workers that nothing wants leave: builds need not wait for that',
      () => ({
        spec: want(0, { scaling: { queue: false } }),
        server: [1, 1],
        pool: [1, 1],
        activity: { workers: [worker('a', { running: 1 })], running: 1 },
      }),
      'True Converged: everything that is wanted is running',
      'False Draining: workers that nothing wants finish what they run, then stop',
    ],
    [
      'tasks that are no workers leave',
      () => ({ spec: want(0), server: [1, 1], pool: [2, 2], activity: {} }),
      'True Converged: everything that is wanted is running',
      'False Draining: workers that nothing wants finish what they run, then stop',
    ],
    [
      'a task that ECS was told to stop still runs',
      () => ({ spec: want(0), server: [1, 1], pool: [0, 1], activity: {} }),
      'True Converged: everything that is wanted is running',
      'False Draining: workers that nothing wants finish what they run, then stop',
    ],
  ];
  it.each(rows)('%s', (_rule, facts, ready, reconciling) => {
    expect(told(facts())).toEqual([ready, reconciling, calm]);
  });
});
