import { describe, expect, it } from 'vitest';
import { goalsOf } from './goals.ts';
import {
  asleepStatus,
  type Facts,
  minutes,
  NOW,
  observation,
  passOf,
  serviceOf,
  servicesOf,
  want,
  worker,
} from './observation.fixture.ts';
import { type Situation, situationOf } from './situation.ts';
import { decideSleep } from './sleep.ts';

const tombstone = { delete: { uid: 'u1' } };
const sleeping = (facts: Facts): Facts => ({ ...facts, status: asleepStatus(facts) });
/** The intent to sleep is of this pass: no client can have seen it yet. */
const UNPUBLISHED = { since: '2026-11-23T09:00:00.000Z', revision: 'r1' };

interface Case {
  rolling?: string[];
  fallsAsleep?: boolean;
}

function goals(facts: Facts, { rolling = [], fallsAsleep = false }: Case = {}): string[] {
  const s = situationOf(observation(facts)) as Situation;
  const sleep = { ...decideSleep(s), ...(fallsAsleep && { asleep: UNPUBLISHED }) };
  const { server, pools } = goalsOf(s, sleep, true, new Set(rolling));
  return [
    `server ${server.wanted}: ${server.because}`,
    ...Object.entries(pools).map(
      ([name, p]) => `${name} ${p.wanted}/${p.unlimited}${p.rush ? ' at once' : ''}: ${p.because}`,
    ),
  ];
}

describe('what a pass drives toward', () => {
  // rule, facts, the server, the pool: wanted/unlimited, with or without waiting for scaleInAfter
  const rows: [string, () => Facts, string, string, Case?][] = [
    ['workers need a server', () => ({ spec: want(2) }), 'server 1: workers are wanted', 'default 2/2: spec.workers'],
    [
      'zero is nothing to hurry for where nothing is',
      () => ({ spec: want(0) }),
      'server 0: nothing is wanted',
      'default 0/0: spec.workers',
    ],
    [
      'a server that runs is kept while the cluster is awake',
      () => ({ spec: want(0), server: [1, 1] }),
      'server 1: kept for its cache until the cluster is idle',
      'default 0/0: spec.workers',
    ],
    [
      'a cluster that sleeps wants nothing',
      () => sleeping({ spec: want(2), server: [0, 0], pool: [0, 0] }),
      'server 0: asleep',
      'default 0/2 at once: asleep',
    ],
    [
      'the server outlives workers that were not told to stop yet',
      () => sleeping({ spec: want(2), server: [1, 1], pool: [2, 0] }),
      'server 1: workers are draining',
      'default 0/2 at once: asleep',
    ],
    [
      'and those that have not stopped',
      () => sleeping({ spec: want(2), server: [1, 1], pool: [0, 2] }),
      'server 1: workers are draining',
      'default 0/2 at once: asleep',
    ],
    [
      'then it stops',
      () => sleeping({ spec: want(2), server: [1, 1], pool: [0, 0] }),
      'server 0: asleep',
      'default 0/2 at once: asleep',
    ],
    [
      'but not in the pass that decides to sleep: a client must be able to see it first',
      () => ({ spec: want(2), server: [1, 1], pool: [0, 0] }),
      'server 1: workers are draining',
      'default 0/2 at once: asleep',
      { fallsAsleep: true },
    ],
    [
      'a server that is off is not started to sleep',
      () => ({ spec: want(2), server: [0, 0], pool: [2, 2] }),
      'server 0: asleep',
      'default 0/2 at once: asleep',
      { fallsAsleep: true },
    ],
    [
      'a pool whose shape changes is emptied',
      () => ({ spec: want(2), server: [1, 1], pool: [2, 2] }),
      'server 1: kept for its cache until the cluster is idle',
      'default 0/2 at once: its workers are replaced by a new shape',
      { rolling: ['default'] },
    ],
    [
      'another pool’s change is no concern of this one',
      () => ({ spec: want(2), server: [1, 1], pool: [2, 2] }),
      'server 1: workers are wanted',
      'default 2/2: spec.workers',
      { rolling: ['other'] },
    ],
  ];
  it.each(rows)('%s', (_rule, facts, server, pool, more) => expect(goals(facts(), more)).toEqual([server, pool]));
});

describe('workers that nobody wants any more', () => {
  const held = (facts: Facts): Facts => ({
    server: [1, 1],
    pool: [2, 2],
    activity: { workers: [worker('a'), worker('b')] },
    ...facts,
  });
  const following = (before: Facts, now: Facts) => held({ ...now, status: passOf(held(before)).status });
  const edited = { spec: want(0), revision: 'r2' };
  const unread: Facts = { services: { known: false, error: 'Throttling' } };
  const workersMax = (most: number) => ({ pools: { default: { workers: 0, workersMax: most } } });
  const rows: [string, () => Facts, boolean][] = [
    ['by an edit, go at once', () => following({ spec: want(2) }, edited), true],
    ['and go on going', () => following(following({ spec: want(2) }, edited), edited), true],
    [
      'also when nobody could count them meanwhile',
      () => following(following({ spec: want(2) }, { ...edited, ...unread }), edited),
      true,
    ],
    [
      'wait for the next build when a build has ended',
      () => following({ spec: want(0), leases: [2] }, { spec: want(0) }),
      false,
    ],
    ['or a schedule', () => following({ spec: scheduled, now: NOW - minutes(5) }, { spec: scheduled }), false],
    [
      'also when another edit comes later',
      () => following(following({ spec: want(0), leases: [2] }, { spec: want(0) }), edited),
      false,
    ],
    [
      'go at once from a pool that may have none',
      () => held({ spec: workersMax(0), status: passOf(held({ spec: workersMax(0), leases: [2] })).status }),
      true,
    ],
  ];
  const scheduled = {
    ...want(0),
    scaling: { schedules: [{ cron: '58 7 * * *', for: '1h', pools: { default: { workers: 2 } } }] },
  };
  it.each(rows)('%s', (_rule, facts, atOnce) => {
    const s = situationOf(observation(facts())) as Situation;
    const goal = goalsOf(s, decideSleep(s), true, new Set()).pools.default;
    expect([goal?.wanted, goal?.rush, goal?.atOnce]).toEqual([0, atOnce, atOnce || undefined]);
  });
});

describe('a cluster that is deleted', () => {
  const rows: [string, Facts, string, string][] = [
    ['wants nothing', {}, 'server 0: deletion', 'default 0/2 at once: the cluster is being deleted'],
    [
      'keeps its server while workers are on',
      { server: [1, 1], pool: [1, 0] },
      'server 1: workers are draining',
      'default 0/2 at once: the cluster is being deleted',
    ],
    [
      'and while they stop',
      { server: [1, 1], pool: [0, 1] },
      'server 1: workers are draining',
      'default 0/2 at once: the cluster is being deleted',
    ],
    [
      'then stops it',
      { server: [1, 1], pool: [0, 0] },
      'server 0: deletion',
      'default 0/2 at once: the cluster is being deleted',
    ],
    [
      'starts none for workers that are left',
      { server: [0, 0], pool: [1, 1] },
      'server 0: deletion',
      'default 0/2 at once: the cluster is being deleted',
    ],
    [
      'keeps what a lease claims and has, and no more',
      { server: [1, 1], pool: [1, 1], leases: [3] },
      'server 1: a lease outlives the deletion',
      'default 1/1: a lease outlives the deletion',
    ],
    [
      'nor less than the lease claims of many',
      { server: [1, 1], pool: [5, 5], leases: [3] },
      'server 1: a lease outlives the deletion',
      'default 3/3: a lease outlives the deletion',
    ],
    [
      'starts no server for a lease',
      { server: [0, 0], pool: [0, 0], leases: [3] },
      'server 0: deletion',
      'default 0/0: a lease outlives the deletion',
    ],
    [
      'takes leases that can not be read for leases',
      { server: [1, 1], pool: [1, 1], leases: null },
      'server 1: a lease outlives the deletion',
      'default 0/0: a lease outlives the deletion',
    ],
  ];
  it.each(rows)('%s', (_rule, facts, server, pool) => {
    expect(goals({ spec: want(2, tombstone), ...facts })).toEqual([server, pool]);
  });

  it('is not deleted by the tombstone of another one', () => {
    expect(goals({ spec: want(2, { delete: { uid: 'u0' } }) })).toEqual([
      'server 1: workers are wanted',
      'default 2/2: spec.workers',
    ]);
  });
});

describe('what a lease has is kept', () => {
  const tight = { budget: { usdPerHour: 0.13 } };
  const leased: Facts = { server: [1, 1], pool: [3, 3], activity: {} };
  const rows: [string, Facts, string][] = [
    [
      'above the budget',
      { spec: want(0, tight), leases: [3] },
      'default 3/3: budget, but kept by the lease of user0@host',
    ],
    [
      'above the budget, of which more is wanted',
      { spec: want(5, tight), leases: [3] },
      'default 3/5: budget, but kept by the lease of user0@host',
    ],
    [
      'above workersMax',
      { spec: { pools: { default: { workersMax: 1 } } }, leases: [2] },
      'default 2/2: workersMax, but kept by the lease of user0@host',
    ],
    [
      'as much as it has, not as it claims',
      { spec: { pools: { default: { workersMax: 1 } } }, leases: [9] },
      'default 3/9: workersMax, but kept by the lease of user0@host',
    ],
    ['no less than the spec wants', { spec: want(3), leases: [3] }, 'default 3/3: spec.workers'],
  ];
  it.each(rows)('%s', (_rule, facts, pool) => expect(goals({ ...leased, ...facts })[1]).toBe(pool));

  it('in a pool that the spec no longer names; without a lease that pool is emptied', () => {
    const services = servicesOf({ server: serviceOf(1, 1), default: serviceOf(2, 2) });
    const facts: Facts = { spec: { pools: { other: {} } }, services, inventory: ['bbf--main--pool--default'] };
    expect(goals({ ...facts, leases: [1] })).toContain('default 1/1: lease of user0@host');
    expect(goals(facts)).toContain('default 0/0 at once: the pool is not in the spec');
  });
});

it('one pool that wants workers is enough for a server, and one that is occupied keeps it', () => {
  const spec = { pools: { a: { workers: 1 }, b: { workers: 0 } } };
  const services = (a: number) => servicesOf({ server: serviceOf(1, 1), a: serviceOf(a, a), b: serviceOf(0, 0) });
  expect(goals({ spec, services: services(0) })[0]).toBe('server 1: workers are wanted');
  expect(goals({ spec: { ...spec, ...tombstone }, services: services(1) })[0]).toBe('server 1: workers are draining');
});
