import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { decide } from './decide.ts';
import {
  type Facts,
  goodStacks,
  minutes,
  NOW,
  observation,
  POOL,
  passOf,
  SERVER,
  serviceOf,
  servicesOf,
  specOf,
  stack,
  wordsOf,
  worker,
} from './observation.fixture.ts';

const spec = { pools: { default: { workers: 2 } } };
const calm = 'False Progressing: nothing needs a person';
const activity = { workers: [worker('a')] };
const stalled = (facts: Facts) => wordsOf(passOf({ spec, activity, ...facts }).status, 'Stalled');

describe('a roll-out that failed', () => {
  const failed = { rollout: 'FAILED', rolloutReason: 'tasks failed to start' };
  const rows: [string, Parameters<typeof servicesOf>[0], string | null][] = [
    ['of a pool', { server: serviceOf(1, 1), default: serviceOf(2, 1, failed) }, 'default: tasks failed to start'],
    ['of the server', { server: serviceOf(1, 0, failed), default: serviceOf(2, 1) }, 'server: tasks failed to start'],
    [
      'of which ECS gives no reason',
      { server: serviceOf(1, 1), default: serviceOf(2, 1, { ...failed, rolloutReason: null }) },
      'default: its tasks fail to start',
    ],
    ['whose tasks run all the same', { server: serviceOf(1, 1), default: serviceOf(2, 2, failed) }, null],
    ['one that did not fail', { server: serviceOf(1, 1), default: serviceOf(2, 1, { rollout: 'IN_PROGRESS' }) }, null],
  ];
  it.each(rows)('%s', (_rule, services, expected) => {
    const log = `bbf logs ${expected?.split(':')[0]} --cluster=main`;
    expect(stalled({ services: servicesOf(services) })).toBe(
      expected === null ? calm : `True RolloutFailed: ${expected}; its log: ${log}; then change the spec`,
    );
  });

  it('is no news once its stack is on the way to another shape', () => {
    const services = servicesOf({ server: serviceOf(1, 1), default: serviceOf(2, 1, failed) });
    const stacks = { ...goodStacks(specOf(spec)), [POOL]: stack('UPDATE_IN_PROGRESS') };
    expect(stalled({ services, stacks })).toBe(calm);
  });
});

describe('a wait without progress', () => {
  const starting: Facts = { spec, server: [1, 1], pool: [2, 1], activity };
  const later = (facts: Facts, now: number, first: Facts = facts) =>
    wordsOf(passOf({ ...facts, now, status: passOf({ ...first, now: NOW }).status }).status, 'Stalled');

  it('is said with what it waits for, since when, and where to look', () => {
    expect(later(starting, NOW + minutes(15))).toMatch(
      /^True ProgressDeadlineExceeded: nothing has moved since 2026-11-23T09:00:00\.000Z \(Starting: default 1\/2\); bbf keeps trying\. Its log: bbf logs --cluster=main$/,
    );
    expect(later(starting, NOW + minutes(15) - 1)).toBe(calm);
  });

  /** Its shape changes while its worker is in use. */
  const updating = (more: Facts): Facts => {
    const busy = { pools: { default: { workers: 1, slots: 2 } } };
    const stacks = goodStacks(specOf({ pools: { default: { workers: 1 } } }));
    return { spec: busy, server: [1, 1], pool: [1, 1], activity, stacks, ...more };
  };
  const running = { workers: [worker('a', { running: 1 })], running: 1 };
  const queued = { workers: [worker('a')], queued: 1 };
  const buried = (more: Facts): Facts => ({
    spec: { pools: { default: { workers: 1 } }, delete: { uid: 'u1' } },
    server: [1, 1],
    pool: [1, 1],
    activity,
    ...more,
  });
  const rows: [string, () => Facts, boolean][] = [
    ['an action that runs may take as long as it takes', () => updating({ activity: running }), false],
    ['so may one that waits', () => updating({ activity: queued }), false],
    ['and a lease', () => updating({ leases: [1] }), false],
    [
      'also one that a deletion waits for',
      () => ({
        ...updating({ activity: running }),
        spec: { pools: { default: { workers: 1 } }, delete: { uid: 'u1' } },
      }),
      false,
    ],
    ['a deletion waits for a lease that ends in hours', () => buried({ leases: [1] }), false],
    ['also while the farm is silent', () => buried({ leases: [1], activity: undefined }), false],
    ['not for leases that can’t be read', () => buried({ leases: null }), true],
    ['not a wait that nobody’s build explains', () => updating({}), true],
    ['nor one that leases may explain which can not be read', () => updating({ leases: null }), true],
    ['nor one for workers, whoever holds a lease', () => ({ ...starting, leases: [2] }), true],
    ['nor one for a server that is silent', () => ({ ...starting, leases: [2], activity: undefined }), true],
  ];
  it.each(rows)('%s', (_rule, facts, said) => {
    expect(later(facts(), NOW + minutes(15))).toMatch(said ? /^True ProgressDeadlineExceeded/ : /^False Progressing/);
  });
});

describe('a stack that needs a person', () => {
  it('is named before others, that of the server first, and the cluster is not Ready', () => {
    const stacks = {
      ...goodStacks(specOf(spec)),
      [SERVER]: stack('IMPORT_ROLLBACK_FAILED'),
      [POOL]: stack('FROBNICATED'),
    };
    const workers = [worker('a'), worker('b')];
    const { status } = passOf({ spec, server: [1, 1], pool: [2, 2], activity: { workers }, stacks });
    const stuck = 'StackStuck: stack bbf--main--server is IMPORT_ROLLBACK_FAILED; bbf has no way out of this state';
    expect(wordsOf(status, 'Stalled')).toContain(`True ${stuck}`);
    expect(wordsOf(status, 'Ready')).toContain(`False ${stuck}`);
    expect(wordsOf(status, 'Reconciling')).toContain(`False ${stuck}`);
    expect(status.observedRevision).toBe('r1');
  });
});

it('what has come to rest is not late, whenever it last moved', () => {
  const facts: Facts = { spec, server: [1, 1], pool: [2, 2], activity: { workers: [worker('a'), worker('b')] } };
  const status = { ...passOf(facts).status, progressAt: new Date(NOW - minutes(60)).toISOString() };
  expect(stalled({ ...facts, status })).toBe(calm);
});

describe('leases that can not be read', () => {
  const converged: Facts = { server: [1, 1], pool: [2, 2], activity: { workers: [worker('a'), worker('b')] } };
  const unread = (first: number, facts: Facts = {}) => {
    const { status } = passOf({ spec, ...converged, leases: null, now: NOW - first });
    return passOf({ spec, ...converged, leases: null, status, ...facts }).status;
  };
  const words = (status: Status) => wordsOf(status, 'Stalled');

  it('are no trouble for a quarter of an hour, and then a person is asked', () => {
    expect(words(unread(minutes(15) - 1))).toBe(calm);
    expect(words(unread(minutes(15)))).toMatch(
      /^True LeasesUnreadable: the leases could not be read since 2026-11-23T08:45:00.000Z: SlowDown; until they can, nothing shrinks/,
    );
  });

  it('are none of a suspended cluster, and no more once they were read', () => {
    expect(words(unread(minutes(15), { spec: { ...spec, suspend: true } }))).toBe(calm);
    const { leasesUnreadSince, ...read } = unread(minutes(15), { leases: [] });
    expect([words(read as Status), leasesUnreadSince]).toEqual([calm, undefined]);
  });
});

it('a deletion whose stacks can not be listed is not over, and says why', () => {
  const gone: Facts = {
    spec: { ...spec, delete: { uid: 'u1' } },
    server: undefined,
    pool: undefined,
    stacks: {
      [SERVER]: { known: true, value: { state: 'absent' } },
      [POOL]: { known: true, value: { state: 'absent' } },
    },
  };
  const o = (now: number, status?: Status) =>
    decide({ ...observation({ ...gone, now, status }), inventory: { known: false, error: 'AccessDenied' } }).status;
  const first = o(NOW - minutes(15));
  expect(wordsOf(first, 'Ready')).toBe(
    'False InventoryUnreadable: its stacks could not be listed: AccessDenied; the deletion ends once a listing finds none',
  );
  expect(wordsOf(o(NOW, first), 'Stalled')).toMatch(/^True ProgressDeadlineExceeded: .*AccessDenied/);
});
