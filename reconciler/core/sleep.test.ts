import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { conditionOf, type Facts, minutes, NOW, passOf, worker } from './observation.fixture.ts';

describe('sleep and wake', () => {
  const spec = { pools: { default: { workers: 2 } }, scaling: { idleAfter: '20m' } };
  const idle: Facts = {
    spec,
    server: [1, 1],
    pool: [2, 2],
    activity: { workers: [worker('a'), worker('b')], idleSince: new Date(NOW - minutes(60)).toISOString() },
  };
  const seen = () => passOf(idle).status;
  const at = (after: number, facts: Facts = {}, status = seen()) =>
    passOf({ ...idle, ...facts, modifiedAt: NOW - minutes(60), now: NOW + after, status });

  it('notes idleness on the first look and sleeps only after idleAfter from there', () => {
    expect(seen()).toMatchObject({ idleSince: '2026-11-23T09:00:00.000Z', asleep: null });
    expect(at(minutes(19)).status.asleep).toBe(null);
    expect(at(minutes(20)).status.asleep).toEqual({ since: '2026-11-23T09:20:00.000Z', revision: 'r1' });
  });

  const restless: [string, Facts][] = [
    ['a live lease', { leases: [1] }],
    ['leases that can not be read', { leases: null }],
    ['queued actions', { activity: { queued: 1, idleSince: null, workers: [worker('a'), worker('b')] } }],
    [
      'running actions',
      { activity: { running: 1, idleSince: null, workers: [worker('a', { running: 1 }), worker('b')] } },
    ],
    ['activity that can not be read', { activity: null }],
    ['activity that is too old', { activityAge: minutes(2) }],
    ['a fresh edit', { revision: 'r2' }],
    [
      'a report of recent work',
      { activity: { idleSince: new Date(NOW + minutes(19)).toISOString(), workers: [worker('a'), worker('b')] } },
    ],
    [
      'a schedule floor',
      {
        spec: {
          ...spec,
          scaling: {
            idleAfter: '20m',
            schedules: [{ cron: '0 8 * * *', for: '10h', pools: { default: { workers: 1 } } }],
          },
        },
      },
    ],
  ];
  it.each(restless)('%s keeps it awake', (_what, facts) => expect(at(minutes(20), facts).status.asleep).toBe(null));

  describe('what is queued, and nobody will run', () => {
    const queued = { activity: { queued: 500, idleSince: null, workers: [] } };
    const none = (scaling: object, pool: object = {}): Facts => ({
      ...queued,
      spec: { pools: { default: { workers: 0, ...pool } }, scaling: { idleAfter: '20m', ...scaling } },
      pool: [0, 0],
    });
    const ofPools = (pools: Record<string, number>): Facts => ({
      ...none({ queue: true }),
      activity: {
        ...queued.activity,
        pools: Object.fromEntries(Object.entries(pools).map(([name, count]) => [name, { queued: count, running: 0 }])),
      },
    });
    const later = (facts: Facts, more: Facts = {}) => {
      const { status } = passOf({ ...idle, ...facts });
      return at(minutes(20), { ...facts, ...more }, status).status.asleep;
    };

    it.each([
      ['as the queue brings no workers', none({ queue: false })],
      ['as the pool may have none', none({ queue: true }, { workersMax: 0 })],
      ['as its pool is gone', ofPools({ arm: 500 })],
    ])('keeps nothing awake: %s', (_why, facts) => expect(later(facts)).not.toBe(null));

    it.each<[string, Facts, Facts?]>([
      ['the queue brings workers', none({ queue: true })],
      ['some of it is for a pool that is there', ofPools({ arm: 499, default: 1 })],
      ['nobody knows of some of it for which pool it is', ofPools({ arm: 499 })],
      ['a worker is there', { ...none({ queue: false }), pool: [0, 1] }],
      ['a lease asks for it', none({ queue: false }), { leases: [1] }],
      ['leases can not be read', none({ queue: false }), { leases: null }],
      ['something runs', { ...none({ queue: false }), activity: { ...queued.activity, running: 1 } }],
    ])('keeps it awake where %s', (_why, facts, more) => expect(later(facts, more)).toBe(null));
  });

  it('goes down in order: marks, then workers, then the server', () => {
    const intent = at(minutes(20));
    expect(intent.lines).toEqual([]);
    expect(intent.status.pools.default?.draining).toEqual(['a', 'b']);
    const drained = { workers: [worker('a', { drained: true }), worker('b', { drained: true })] };
    const second = at(minutes(21), { activity: drained }, intent.status);
    expect(second.lines).toEqual(['default 2→0']);
    const third = at(minutes(22), { pool: [0, 1], activity: drained }, second.status);
    expect(third.lines).toEqual([]);
    const fourth = at(minutes(23), { pool: [0, 0], activity: {} }, third.status);
    expect(fourth.lines).toEqual(['server 1→0']);
    const asleep = at(minutes(24), { server: [0, 0], pool: [0, 0], activity: {} }, fourth.status);
    expect(asleep.lines).toEqual([]);
    expect(conditionOf(asleep.status, 'Ready')).toBe('True Asleep');
    expect(asleep.status.awake).toBe(false);
    expect(at(minutes(90), { server: [0, 0], pool: [0, 0], activity: {} }, asleep.status).lines).toEqual([]);
  });

  it('a server that runs and was never heard of keeps it awake no longer than one that does not run', () => {
    const unheard: Facts = { spec, server: [1, 1], pool: [2, 2] };
    const look = (after: number, status: Status, facts: Facts = {}) =>
      passOf({ ...unheard, ...facts, modifiedAt: NOW - minutes(60), now: NOW + after, status });
    const overdue = look(minutes(15), look(minutes(14), passOf(unheard).status).status);
    expect(overdue.status.asleep).toBe(null);
    const asleep = look(minutes(35), overdue.status);
    expect(asleep.lines).toEqual(['default 2→0']);
    expect(look(minutes(36), asleep.status, { pool: [0, 0] }).lines).toEqual(['server 1→0']);
    // Whoever waits for it is not given up.
    expect(look(minutes(35), overdue.status, { leases: [1] }).lines).toEqual([]);
    // What the next pass finds undone is done without another quarter of an hour.
    expect(look(minutes(36), asleep.status).lines).toEqual(['default 2→0']);
  });

  it('the same text under another revision, as a copy from git writes it, neither keeps it awake nor wakes it', () => {
    const copy = (revision: string): Facts => ({ revision, etag: 'etag-r1' });
    const second = passOf({
      ...idle,
      ...copy('r2'),
      modifiedAt: NOW + minutes(19),
      now: NOW + minutes(20),
      status: seen(),
    });
    expect(second.status.asleep).toEqual({ since: '2026-11-23T09:20:00.000Z', revision: 'r2' });
    const zero: Facts = { server: [0, 0], pool: [0, 0], activity: {} };
    const third = at(minutes(30), { ...zero, ...copy('r3') }, second.status);
    expect(third.lines).toEqual([]);
    expect(third.status.asleep).toEqual({ since: '2026-11-23T09:20:00.000Z', revision: 'r3' });
    expect(at(minutes(40), { ...zero, revision: 'r4' }, third.status).lines).toContain('server 0→1');
  });

  it('while it is suspended it does not sleep, and nobody looks at it again and again', () => {
    const suspended = { spec: { ...spec, suspend: true } };
    const { plan, status } = at(minutes(30), suspended, passOf({ ...idle, ...suspended }).status);
    expect(conditionOf(status, 'Asleep')).toMatch(/^False /);
    expect(plan.lookAgainAt).toBe(null);
  });

  it('a lease or an edit wakes it; a failed read of leases does not', () => {
    const asleep = at(minutes(24), { server: [0, 0], pool: [0, 0] }, at(minutes(20)).status).status;
    const zero: Facts = { server: [0, 0], pool: [0, 0], activity: {} };
    expect(at(minutes(30), { ...zero, leases: [1] }, asleep).lines).toEqual([
      'fast schedule on',
      'server 0→1',
      'default 0→2',
    ]);
    expect(at(minutes(30), { ...zero, revision: 'r2' }, asleep).lines).toEqual([
      'fast schedule on',
      'server 0→1',
      'default 0→2',
    ]);
    expect(at(minutes(30), { ...zero, leases: null }, asleep).lines).toEqual([]);
  });

  it('a report of the server before the sleep does not count for the one after it', () => {
    const status = { ...seen(), server: { ...seen().server, since: new Date(NOW).toISOString() } };
    expect(conditionOf(at(1_000, {}, status).status, 'ServerAvailable')).toBe('False NotReported');
  });
});
