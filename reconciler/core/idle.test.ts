import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  asleepStatus,
  type Facts,
  iso,
  minutes,
  NOW,
  observation,
  passOf,
  serviceOf,
  servicesOf,
  wordsOf,
  worker,
} from './observation.fixture.ts';
import { type Situation, situationOf } from './situation.ts';
import { decideSleep } from './sleep.ts';

const spec = { pools: { default: { workers: 2 } }, scaling: { idleAfter: '20m' } };
const two = [worker('a'), worker('b')];
const idle: Facts = {
  spec,
  server: [1, 1],
  pool: [2, 2],
  activity: { workers: two, idleSince: iso(NOW - minutes(90)) },
  modifiedAt: NOW - minutes(90),
};
const schedule = (workers: Record<string, number>) => ({
  ...spec,
  pools: { default: { workers: 2 }, other: {} },
  scaling: {
    idleAfter: '20m',
    schedules: [
      {
        cron: '0 8 * * *',
        for: '10h',
        pools: Object.fromEntries(Object.entries(workers).map(([pool, n]) => [pool, { workers: n }])),
      },
    ],
  },
});

describe('what keeps a cluster awake, in the words of Asleep', () => {
  const rows: [string, Facts, string][] = [
    ['nothing does, but not for long enough', {}, 'Awake: idle for less than 20m'],
    ['one lease', { leases: [1] }, 'Busy: 1 live lease'],
    ['two leases', { leases: [1, 2] }, 'Busy: 2 live leases'],
    ['leases that can not be read', { leases: null }, 'Busy: leases could not be read'],
    ['an action that waits', { activity: { queued: 1, workers: two } }, 'Busy: queued or running actions'],
    ['an action that runs', { activity: { running: 1, workers: two } }, 'Busy: queued or running actions'],
    [
      'a farm that is silent',
      { activityAge: minutes(2) },
      'Busy: the farm has not reported since 2026-11-23T08:58:00.000Z',
    ],
    ['a schedule', { spec: schedule({ default: 1 }) }, 'Busy: a schedule'],
    ['a schedule for one of two pools', { spec: schedule({ default: 0, other: 1 }) }, 'Busy: a schedule'],
    ['not a schedule of zero', { spec: schedule({ default: 0 }) }, 'Awake: idle for less than 20m'],
    [
      'all of these at once',
      { leases: [1], activity: { queued: 1, workers: two }, spec: schedule({ default: 1 }) },
      'Busy: 1 live lease, queued or running actions, a schedule',
    ],
    [
      'two doubts',
      { leases: null, activity: null },
      'Busy: leases could not be read, activity.json could not be read: AccessDenied',
    ],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => {
    expect(wordsOf(passOf({ ...idle, ...facts }).status, 'Asleep')).toBe(`False ${expected}`);
  });

  it('one that sleeps says since when', () => {
    const { status } = passOf({ ...idle, server: [0, 0], pool: [0, 0], status: asleepStatus({ spec }) });
    expect(wordsOf(status, 'Asleep')).toBe('True Idle: since 2026-11-23T08:00:00.000Z; a lease or an edit wakes it');
  });
});

describe('since when a cluster is idle: the latest of', () => {
  const statusBefore = (fields: Partial<Status>): Status => ({
    ...passOf({ ...idle, now: NOW - minutes(5) }).status,
    ...fields,
  });
  const since = (facts: Facts) => {
    const { idleSince } = decideSleep(situationOf(observation({ ...idle, ...facts })) as Situation);
    return idleSince === null ? null : (NOW - idleSince) / minutes(1);
  };
  const farm = (at: number | null): Facts => ({ activity: { workers: two, idleSince: at === null ? null : iso(at) } });
  const seen = (ago: number): Facts => ({ status: statusBefore({ idleSince: iso(NOW - minutes(ago)) }) });
  // what is known, minutes
  const rows: [string, () => Facts, number | null][] = [
    ['the first look that found it so', () => seen(30), 30],
    ['this look, if it is the first', () => ({}), 0],
    ['what the farm says', () => ({ ...seen(30), ...farm(NOW - minutes(12)) }), 12],
    ['this moment, when the farm runs nothing and names no time', () => ({ ...seen(30), ...farm(null) }), 0],
    ['the last edit', () => ({ ...seen(30), revision: 'r2', modifiedAt: NOW - minutes(7) }), 7],
    ['not of the same text again', () => ({ ...seen(30), revision: 'r2', etag: 'etag-r1', modifiedAt: NOW }), 30],
    ['but never later than now', () => ({ ...seen(30), ...farm(NOW + minutes(3)) }), 0],
    ['while no server runs, the looks alone', () => ({ ...seen(30), ...farm(NOW), server: [0, 0] }), 30],
    ['no time at all while something wants it', () => ({ ...seen(30), leases: [1] }), null],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => expect(since(facts())).toBe(expected));

  const asleep = (facts: Facts, fields: Partial<Status> = {}) =>
    passOf({ ...idle, ...facts, status: statusBefore({ idleSince: iso(NOW - minutes(20)), ...fields }) }).status.asleep;
  const SLEEPS = { since: iso(NOW), revision: 'r1' };

  it('after idleAfter it sleeps, to the millisecond', () => {
    expect(asleep({})).toEqual(SLEEPS);
    expect(asleep({}, { idleSince: iso(NOW - minutes(20) + 1) })).toBe(null);
  });

  it('unless the look before was of another revision, or found it busy', () => {
    expect(asleep({}, { acceptedRevision: 'r0', acceptedEtag: 'etag-r0' })).toBe(null);
    expect(asleep({}, { idleSince: null })).toBe(null);
  });

  it('or nothing is there to put to sleep', () => {
    const none = { ...spec, pools: { default: { workers: 0 }, other: {} } };
    expect(asleep({ spec: none, server: [0, 0], pool: [0, 0] })).toBe(null);
    expect(asleep({ spec: none, server: [1, 1], pool: [0, 0] })).toEqual(SLEEPS);
    expect(asleep({ spec: { ...none, pools: { ...none.pools, other: { workers: 1 } } }, server: [0, 0] })).toEqual(
      SLEEPS,
    );
  });

  it('a sleep lasts while doubts are all there is, and ends with the revision or a wish', () => {
    const slept = { asleep: { since: iso(NOW - minutes(9)), revision: 'r1' } };
    expect(asleep({ leases: null }, slept)).toEqual(slept.asleep);
    expect(asleep({ leases: [1] }, slept)).toBe(null);
    expect(asleep({ revision: 'r2' }, slept)).toBe(null);
  });
});

describe('a server that does not come up', () => {
  const starting = (age: number, server = serviceOf(1, 0), more: Facts = {}): Situation => {
    const before = { ...passOf({ ...idle, server: [1, 0] }).status, progressAt: age < 0 ? null : iso(NOW - age) };
    const services = servicesOf({ server, default: serviceOf(2, 2) });
    return situationOf(observation({ ...idle, services, status: before, ...more })) as Situation;
  };
  // rule, the situation, why it may not sleep
  const rows: [string, () => Situation, string[]][] = [
    ['may be working for 15 minutes', () => starting(minutes(15) - 1), ['the server does not run yet']],
    ['then it is given up: a broken image would keep workers running for ever', () => starting(minutes(15)), []],
    ['one that nobody has waited for yet', () => starting(-1), ['the server does not run yet']],
    [
      'one that runs and is silent may work for as long as it takes',
      () => starting(minutes(99), serviceOf(1, 1), { activityAge: minutes(2) }),
      ['the farm has not reported since 2026-11-23T08:58:00.000Z'],
    ],
    [
      'ECS that can not be read tells nothing of it',
      () => starting(minutes(99), serviceOf(1, 0), { services: { known: false, error: 'ThrottlingException' } }),
      ['ECS could not be read: ThrottlingException'],
    ],
  ];
  it.each(rows)('%s', (_rule, s, busy) => expect(decideSleep(s()).busy).toEqual(busy));
});
