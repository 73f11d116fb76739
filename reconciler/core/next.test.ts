import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { decide } from './decide.ts';
import {
  asleepStatus,
  type Facts,
  iso,
  minutes,
  NOW,
  observation,
  passOf,
  SERVER,
  stack,
  worker,
} from './observation.fixture.ts';

const want = (workers: number, scaling: object = {}) => ({ pools: { default: { workers } }, scaling });
const MINUTE = minutes(1);
const converged: Facts = {
  spec: want(1),
  server: [1, 1],
  pool: [1, 1],
  activity: { workers: [worker('a')], running: 1 },
};
/** What happens next by itself, in how many milliseconds, and when to look again. */
function coming(facts: Facts) {
  const { next } = passOf(facts).status;
  const { lookAgainAt } = passOf(facts).plan;
  const now = facts.now ?? NOW;
  return [next && `${(Date.parse(next.at) - now) / 1_000} s: ${next.what}`, lookAgainAt && lookAgainAt - now];
}
/** Of the pass before: the fast schedule is on, and since when it has been idle, or moving. */
const earlier = (facts: Facts, more: Partial<Status> = {}): Status => ({
  ...passOf(facts).status,
  awake: true,
  ...more,
});

/** The pool of `converged` has had more than it wants for a while. */
const leavingSince = (at: number): Status['pools'] =>
  Object.fromEntries(
    Object.entries(earlier(converged).pools).map(([name, pool]) => [name, { ...pool, lessSince: iso(at) }]),
  );

describe('what happens next by itself, and when to look for it', () => {
  const hour = (cron: string) => ({ schedules: [{ cron, for: '1h', pools: { default: { workers: 1 } } }] });
  const idle: Facts = { ...converged, activity: { workers: [worker('a')], idleSince: iso(NOW - minutes(60)) } };
  const rows: [string, () => Facts, string | null, number | null][] = [
    ['nothing, of a cluster that works', () => ({ ...converged, status: earlier(converged) }), null, null],
    [
      'sleep, once it has been idle for idleAfter',
      () => ({ ...idle, status: earlier(idle, { idleSince: iso(NOW - minutes(5)) }) }),
      '900 s: goes to sleep unless something wants it',
      900_000,
    ],
    ['nothing, of one that has no server to stop', () => ({ spec: want(0), server: [0, 0], pool: [0, 0] }), null, null],
    [
      'nothing, of one that sleeps',
      () => ({ spec: want(1), server: [0, 0], pool: [0, 0], status: asleepStatus({ spec: want(1) }) }),
      null,
      null,
    ],
    [
      'the end of a lease',
      () => ({ ...converged, leases: [1], status: earlier(converged) }),
      '60 s: a lease ends unless it is renewed',
      MINUTE,
    ],
    [
      'no sleep, of one that is being deleted',
      () => ({
        ...idle,
        spec: { ...want(1), delete: { uid: 'u1' } },
        status: earlier(idle, { idleSince: iso(NOW - minutes(5)) }),
      }),
      null,
      1_000,
    ],
    ...(['30 8 * * *', '0 10 * * *'] as const).map((cron): [string, () => Facts, null, number] => [
      `no schedule, of one that is being deleted (${cron})`,
      () => ({
        ...converged,
        spec: { ...want(1, hour(cron)), delete: { uid: 'u1' } },
        status: earlier(converged),
      }),
      null,
      1_000,
    ]),
    [
      'workers leave beside those of a lease that a deletion waits for',
      () => ({
        ...converged,
        spec: { ...want(1, hour('30 8 * * *')), delete: { uid: 'u1' } },
        leases: [1],
        pool: [2, 2],
        activity: { workers: [worker('a'), worker('b')], running: 1 },
        status: { ...earlier(converged), pools: leavingSince(NOW - minutes(4.5)) },
      }),
      '30 s: drains workers that nothing wants',
      1_000,
    ],
    [
      'nothing, of one that is suspended and idle',
      () => ({
        ...idle,
        spec: { ...want(1), suspend: true },
        status: earlier(idle, { idleSince: iso(NOW - minutes(5)) }),
      }),
      null,
      null,
    ],
    [
      'workers leave, after scaleInAfter',
      () => ({
        ...converged,
        pool: [2, 2],
        activity: { workers: [worker('a'), worker('b')], running: 1 },
        status: earlier(converged),
      }),
      '300 s: drains workers that nothing wants',
      300_000,
    ],
    [
      'the end of a schedule',
      () => ({ ...converged, spec: want(1, hour('30 8 * * *')), status: earlier(converged) }),
      '1800 s: schedule 30 8 * * * ends',
      1_800_000,
    ],
    [
      'the beginning of one',
      () => ({ ...converged, spec: want(1, hour('0 10 * * *')), status: earlier(converged) }),
      '3600 s: a schedule begins',
      3_600_000,
    ],
    [
      'the first of several',
      () => ({ ...converged, spec: want(1, hour('0 10 * * *')), leases: [1], status: earlier(converged) }),
      '60 s: a lease ends unless it is renewed',
      MINUTE,
    ],
    [
      'a schedule in its own time zone',
      () => ({
        ...converged,
        spec: want(1, {
          schedules: [{ cron: '30 10 * * *', timezone: 'Europe/Paris', for: '1m', pools: { default: { workers: 1 } } }],
        }),
        status: earlier(converged),
      }),
      '1800 s: a schedule begins',
      1_800_000,
    ],
  ];
  it.each(rows)('%s', (_rule, facts, next, lookAgain) => expect(coming(facts())).toEqual([next, lookAgain]));

  it('the first of several, in whatever order they are known', () => {
    const workers = [worker('a'), worker('b')];
    const facts: Facts = { ...converged, pool: [2, 2], leases: [1], activity: { workers, running: 1 } };
    expect(coming({ ...facts, status: earlier(facts) })[0]).toBe('60 s: a lease ends unless it is renewed');
  });

  it('the end of a claim that nobody renews, as bbf want --for writes it', () => {
    const o = observation({ ...converged, leases: [1], status: earlier(converged) });
    const claims = o.leases.known ? o.leases.value : [];
    for (const { lease } of claims) lease.id = 'want-0a1b2c3d4e5f';
    expect(decide(o).status.next).toEqual({ at: iso(NOW + MINUTE), what: 'a lease ends' });
  });

  it('a cluster that goes to sleep does so once, whatever the farm says of its idleness', () => {
    const facts: Facts = { ...converged, activity: { workers: [worker('a')], idleSince: iso(NOW - minutes(5)) } };
    const status = { ...earlier(facts), asleep: { since: iso(NOW - MINUTE), revision: 'r1' } };
    expect(coming({ ...facts, status })[0]).toBe(null);
  });

  it('the next budget of a day, where the spent one holds something back', () => {
    const status = earlier(converged);
    const cost = { ...status.cost, usdToday: 5, usdPerHour: 0 };
    const limited = (usdPerDay: number, workers: number, more: object = {}): Facts => ({
      ...converged,
      spec: { ...want(workers), budget: { usdPerDay, ...more } },
      status: { ...status, cost },
    });
    expect(coming(limited(5, 2))[0]).toBe('54000 s: the budget of a new day begins');
    expect(coming(limited(5, 1))[0]).toBe(null);
    expect(coming(limited(6, 2))[0]).toBe(null);
    expect(coming(limited(5, 9, { usdPerHour: 0.3 }))[0]).toBe('54000 s: the budget of a new day begins');
    expect(coming(limited(5, 9, { usdPerHour: 0.15 }))[0]).toBe(null);
  });

  it('of two schedules, the one that begins first', () => {
    const schedules = ['0 12 * * *', '0 10 * * *', '0 11 * * *'].map((cron) => ({
      cron,
      for: '1h',
      pools: { default: { workers: 1 } },
    }));
    expect(coming({ ...converged, spec: want(1, { schedules }), status: earlier(converged) })[0]).toBe(
      '3600 s: a schedule begins',
    );
  });

  it('what is due now is not to come', () => {
    const facts: Facts = {
      ...converged,
      pool: [2, 2],
      activity: { workers: [worker('a', { running: 1 }), worker('b', { running: 1 })], running: 2 },
    };
    const status = passOf({ ...facts, now: NOW - minutes(5) }).status;
    expect(coming({ ...facts, status })[0]).toBe(null);
  });
});

describe('how soon to look again at what converges: after a twentieth of the time that it has taken', () => {
  const starting: Facts = { spec: want(1), server: [1, 1], pool: [1, 0], activity: { running: 1 } };
  const since = (elapsed: number, status: 'True' | 'False' = 'True'): Status => {
    const before = earlier({ ...starting, now: NOW - 1_000 });
    const conditions = before.conditions.map((c) =>
      c.type === 'Reconciling' ? { ...c, status, lastTransitionTime: iso(NOW - elapsed) } : c,
    );
    return { ...before, conditions };
  };
  const rows: [string, () => Facts, number][] = [
    ['at first after a second', () => starting, 1_000],
    ['after 20 s still', () => ({ ...starting, status: since(20_000) }), 1_000],
    ['after 40 s every other second', () => ({ ...starting, status: since(40_000) }), 2_000],
    ['after 10 minutes every half minute', () => ({ ...starting, status: since(minutes(10)) }), 30_000],
    ['never later than a minute', () => ({ ...starting, status: since(minutes(60)) }), 60_000],
    ['what only begins to move has taken no time', () => ({ ...starting, status: since(minutes(60), 'False') }), 1_000],
    [
      'what needs a person, every minute',
      () => ({ ...starting, stacks: { ...passOf(starting).o.stacks, [SERVER]: stack('IMPORT_ROLLBACK_FAILED') } }),
      60_000,
    ],
    [
      'what was just told to shrink, at once',
      () => {
        const idle: Facts = { spec: want(0, { queue: false }), server: [1, 1], pool: [2, 2], activity: { running: 1 } };
        return { ...idle, status: earlier(idle) };
      },
      1_000,
    ],
    [
      'workers that finish, every ten seconds',
      () => {
        const leaving: Facts = {
          spec: want(0, { queue: false }),
          server: [1, 1],
          pool: [1, 1],
          activity: { workers: [worker('a', { running: 1 })], running: 1 },
        };
        return { ...leaving, status: earlier(leaving) };
      },
      10_000,
    ],
  ];
  it.each(rows)('%s', (_rule, facts, expected) => expect(coming(facts())[1]).toBe(expected));
});
