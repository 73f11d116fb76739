import { describe, expect, it } from 'vitest';
import {
  asleepStatus,
  type Facts,
  minutes,
  NOW,
  passOf,
  serviceOf,
  servicesOf,
  wordsOf,
  worker,
} from './observation.fixture.ts';

const one = { pools: { default: { workers: 1 } } };
const two = { pools: { a: { workers: 2 }, b: { workers: 1 } } };
const unreadable = { known: false as const, error: 'ThrottlingException' };
const pullFails = { troubles: ['CannotPullContainerError: no such image', 'an older one'] };

describe('ServerAvailable', () => {
  const rows: [string, Facts, string][] = [
    ['a server that reports serves', { server: [1, 1], activity: {} }, 'True Serving: at 127.0.0.9:8980'],
    ['one that has not reported yet does not', { server: [1, 1] }, 'False NotReported: the farm has not reported yet'],
    [
      'nor does one that is being stopped',
      { server: [0, 1], activity: {} },
      'False NotReported: the server is being stopped',
    ],
    ['a task that does not run yet is starting', { server: [1, 0] }, 'False Starting: the server is starting'],
    [
      'a task that can not start says why, the newest cause first',
      { services: servicesOf({ server: serviceOf(1, 0, pullFails) }) },
      'False TaskTrouble: CannotPullContainerError: no such image',
    ],
    [
      'nobody asks for a server',
      { spec: { pools: {} }, server: [0, 0] },
      'False NotWanted: no server runs: nothing is wanted',
    ],
    ['ECS can not be read', { services: unreadable }, 'Unknown ServicesUnreadable: ECS could not be read'],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => {
    expect(wordsOf(passOf({ spec: one, ...facts }).status, 'ServerAvailable')).toBe(expected);
  });

  it('one that fails again and again is told to fail, also while the next try runs', () => {
    const failing = passOf({ spec: one, services: servicesOf({ server: serviceOf(1, 0, pullFails) }) }).status;
    const running: Facts = { spec: one, server: [1, 1], status: failing, now: NOW + minutes(5) };
    expect(wordsOf(passOf(running).status, 'ServerAvailable')).toBe(
      'False TaskTrouble: CannotPullContainerError: no such image',
    );
    expect(wordsOf(passOf({ ...running, activity: {} }).status, 'ServerAvailable')).toMatch(/^True Serving/);
  });

  it('a cluster that sleeps has none', () => {
    const { status } = passOf({ spec: one, server: [0, 0], pool: [0, 0], status: asleepStatus({ spec: one }) });
    expect(wordsOf(status, 'ServerAvailable')).toBe('False Asleep: no server runs: asleep');
  });
});

describe('WorkersAvailable', () => {
  const named = (pool: string, ...names: string[]) => names.map((name) => worker(name, { pool }));
  const services = (a: [number, number], b: [number, number], trouble = {}) =>
    servicesOf({ server: serviceOf(1, 1), a: serviceOf(...a), b: serviceOf(...b, trouble) });
  const rows: [string, Facts, string][] = [
    [
      'no pool wants any',
      { spec: { pools: { a: { workers: 0 } } }, activity: {} },
      'True NoneWanted: no workers are wanted',
    ],
    [
      'all that are wanted have registered',
      { activity: { workers: [...named('a', 'x', 'y'), ...named('b', 'z')] }, services: services([2, 2], [1, 1]) },
      'True AllRegistered: a 2/2, b 1/1',
    ],
    [
      'more than are wanted count as all',
      { activity: { workers: [...named('a', 'x', 'y', 'w'), ...named('b', 'z')] }, services: services([3, 3], [1, 1]) },
      'True AllRegistered: a 2/2, b 1/1',
    ],
    [
      'one pool is short of one',
      { activity: { workers: [...named('a', 'x'), ...named('b', 'z')] }, services: services([2, 2], [1, 1]) },
      'False Starting: a 1/2, b 1/1',
    ],
    [
      'a worker whose task has stopped does not count, although the farm has not noticed yet',
      { activity: { workers: [...named('a', 'x', 'y'), ...named('b', 'z')] }, services: services([2, 1], [1, 1]) },
      'False Starting: a 1/2, b 1/1',
    ],
    [
      'a worker that the farm does not hear of does not count, although another task runs in its place',
      {
        activity: { workers: [...named('a', 'x'), worker('y', { pool: 'a', lost: true }), ...named('b', 'z')] },
        services: services([2, 2], [1, 1]),
      },
      'False Starting: a 1/2, b 1/1',
    ],
    [
      'the pool that is short says what keeps its tasks from starting',
      { activity: { workers: named('a', 'x', 'y') }, services: services([2, 2], [1, 0], pullFails) },
      'False TaskTrouble: a 2/2, b 0/1; CannotPullContainerError: no such image',
    ],
    [
      'what troubled a pool that has all its workers is no news',
      {
        activity: { workers: [...named('a', 'x'), ...named('b', 'z')] },
        services: services([2, 1], [1, 1], pullFails),
      },
      'False Starting: a 1/2, b 1/1',
    ],
    [
      'while the farm is silent nobody is known to be registered',
      { services: services([2, 2], [1, 1]) },
      'False Starting: a 0/2, b 0/1',
    ],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => {
    const { status } = passOf({ spec: two, services: services([0, 0], [0, 0]), ...facts });
    expect(wordsOf(status, 'WorkersAvailable')).toBe(expected);
  });

  it('a pool whose tasks fail again and again says why, also while the next one runs', () => {
    const others = { workers: named('a', 'x', 'y') };
    const failing = passOf({ spec: two, activity: others, services: services([2, 2], [1, 0], pullFails) }).status;
    const next = (workers: typeof others.workers, status = failing) =>
      passOf({ spec: two, activity: { workers }, services: services([2, 2], [1, 1]), status }).status;
    const again = next(others.workers);
    expect(wordsOf(again, 'WorkersAvailable')).toBe(
      'False TaskTrouble: a 2/2, b 0/1; CannotPullContainerError: no such image',
    );
    const there = next([...others.workers, ...named('b', 'z')], again);
    expect(there.pools.b?.trouble).toBe(undefined);
    expect(wordsOf(next(others.workers, there), 'WorkersAvailable')).toBe('False Starting: a 2/2, b 0/1');
  });

  it('those told to drain take no work, so they do not count', () => {
    const spec = { pools: { default: { workers: 0 } }, scaling: { queue: false } };
    const workers = [worker('a'), worker('b')];
    const facts: Facts = { spec, server: [1, 1], pool: [2, 2], activity: { workers } };
    const draining = passOf(facts).status;
    expect(draining.pools.default?.draining).toEqual(['a', 'b']);
    const asked = { ...facts, spec: { pools: { default: { workers: 1 } }, scaling: { queue: false } } };
    const back = passOf({ ...asked, status: draining }).status;
    expect(back.pools.default?.draining).toEqual(['a']);
    expect(wordsOf(back, 'WorkersAvailable')).toBe('True AllRegistered: default 1/1');
  });
});

describe('ActivityKnown', () => {
  const rows: [string, Facts, string][] = [
    ['a report that is fresh', { server: [1, 1], activity: {} }, 'True Reported: the farm reports'],
    ['no server, so nothing to report', { server: [0, 0] }, 'Unknown NoServer: no server runs'],
    [
      'ECS can not be read, so nobody knows whether there is a server',
      { services: unreadable },
      'False NotReported: ECS could not be read: ThrottlingException',
    ],
    ['a server that does not run yet', { server: [1, 0] }, 'False ServerStarting: the server does not run yet'],
    ['one that is being stopped', { server: [0, 1], activity: {} }, 'False NotReported: the server is being stopped'],
    [
      'a report that can not be read',
      { server: [1, 1], activity: null },
      'False NotReported: activity.json could not be read: AccessDenied',
    ],
    [
      'a report of exactly 90 s ago',
      { server: [1, 1], activity: {}, activityAge: 90_000 },
      'True Reported: the farm reports',
    ],
    [
      'one of a millisecond more',
      { server: [1, 1], activity: {}, activityAge: 90_001 },
      'False NotReported: the farm has not reported since 2026-11-23T08:58:29.999Z',
    ],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => {
    expect(wordsOf(passOf({ spec: one, ...facts }).status, 'ActivityKnown')).toBe(expected);
  });
});
