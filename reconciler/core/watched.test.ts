import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import {
  but,
  type Facts,
  longTold,
  noStack,
  POOL,
  passOf,
  serviceOf,
  servicesOf,
  specOf,
  stack,
  want,
} from './observation.fixture.ts';

describe('the fast schedule watches', () => {
  const none = serviceOf(0, 0);
  const two = { pools: { a: {}, b: {} } };
  const services = (server: typeof none, a = none, b = none) => ({ spec: two, services: servicesOf({ server, a, b }) });
  const rows: [string, () => Facts, boolean][] = [
    ['not over a cluster at zero', () => services(none), false],
    ['over a server that was asked for', () => services(serviceOf(1, 0)), true],
    ['over one that still runs', () => services(serviceOf(0, 1)), true],
    ['over a task of one pool that comes up', () => services(none, none, serviceOf(0, 0, { pending: 1 })), true],
    ['over a cluster that wants workers', () => ({ spec: want(1), server: [0, 0], pool: [0, 0] }), true],
    [
      'over services that can not be read',
      () => ({ spec: two, services: { known: false, error: 'Throttling' } }),
      true,
    ],
    ['over a stack that is made', () => ({ ...but(want(0), { [POOL]: noStack }), server: [0, 0] }), true],
    [
      'over a stack that is waited for',
      () => ({ ...but(want(0), { [POOL]: stack('CREATE_IN_PROGRESS') }), server: [0, 0] }),
      true,
    ],
    [
      'not over one that needs a person',
      () => ({ ...but(want(0), { [POOL]: stack('FROBNICATED') }), server: [0, 0], pool: [0, 0] }),
      false,
    ],
  ];
  const scheduled = (cron: string, more: object = {}): Facts => {
    const schedules = [{ cron, for: '10m', pools: { default: { workers: 1 } } }];
    return { spec: want(0, { scaling: { schedules }, ...more }), server: [0, 0], pool: [0, 0] };
  };
  rows.push(
    ['over one whose schedule begins before the slow schedule comes again', () => scheduled('16 9 * * *'), true],
    ['not over one whose schedule begins later', () => scheduled('17 9 * * *'), false],
    ['nor while it is suspended', () => scheduled('16 9 * * *', { suspend: true }), false],
  );
  /** A schedule asks for a worker, on a day that has cost 5 dollars. */
  const spent = (at: string, usdPerDay: number, more: object = {}): Facts => {
    const now = Date.parse(`2026-11-23T${at}Z`);
    const facts = { ...scheduled('0 20 * * *', { budget: { usdPerDay }, ...more }), now };
    const { schedules } = (facts.spec as { scaling: { schedules: { for: string }[] } }).scaling;
    for (const schedule of schedules) schedule.for = '10h';
    const status = longTold(passOf(facts).status);
    const cost = { usdPerHour: 0, usdToday: 5, day: '2026-11-23', accountedAt: new Date(now).toISOString() };
    return { ...facts, status: { ...status, awake: false, cost } };
  };
  rows.push(
    ['over one whose spent budget begins anew before the slow schedule comes again', () => spent('23:44:00', 5), true],
    ['not over one whose budget begins later', () => spent('23:43:59', 5), false],
    ['nor while it is suspended', () => spent('23:44:00', 5, { suspend: true }), false],
    ['over one whose budget is not spent at any time', () => spent('23:00:00', 6), true],
  );
  it.each(rows)('%s', (_rule, facts, awake) => {
    const { lines, status } = passOf(facts());
    expect([lines.includes('fast schedule on'), status.awake]).toEqual([awake, awake]);
  });

  it('is turned on once, and again by another version', () => {
    const facts: Facts = { spec: want(0), server: [1, 1], pool: [0, 0], activity: {} };
    const { status } = passOf(facts);
    expect(passOf({ ...facts, status }).lines).toEqual([]);
    expect(passOf({ ...facts, status: { ...status, version: 'older' } }).lines).toEqual(['fast schedule on']);
    expect(passOf({ ...facts, status: { ...status, awake: false } }).lines).toEqual(['fast schedule on']);
  });

  it('over one that nothing is done for only if it did before, so that it is turned on once something is', () => {
    const { status } = passOf({ spec: want(1), server: [1, 1], pool: [1, 1] });
    const suspended = (before: Partial<Status>, server: [number, number] = [1, 1]) =>
      passOf({ spec: want(1, { suspend: true }), server, pool: [0, 0], status: { ...status, ...before } }).status.awake;
    expect(suspended({ awake: true })).toBe(true);
    expect(suspended({ awake: false })).toBe(false);
    expect(suspended({ awake: true, version: 'older' })).toBe(false);
    expect(passOf({ spec: want(1, { suspend: true }), server: [0, 0], pool: [0, 0] }).status.awake).toBe(false);
    const unread: Facts = {
      document: { state: 'unreadable', error: 'SlowDown' },
      accepted: { revision: 'r1', uid: 'u1', spec: specOf(want(1)) },
      server: [1, 1],
      status: { ...status, awake: false },
    };
    expect(passOf(unread).status.awake).toBe(false);
  });
});
