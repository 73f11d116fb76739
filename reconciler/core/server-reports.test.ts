import { describe, expect, it } from 'vitest';
import type { Status } from '../../config-schema/documents.ts';
import { conditionOf, type Facts, iso, minutes, NOW, passOf, worker } from './observation.fixture.ts';

const SECOND = 1_000;
const one = { pools: { default: { workers: 1 } } };
const reportOf = (startedAt: number) => ({
  workers: [worker('a')],
  server: { taskId: 't', endpoint: '127.0.0.9:8980', startedAt: iso(startedAt) },
});
const running: Facts = { spec: one, server: [1, 1], pool: [1, 1], activity: reportOf(NOW - minutes(5)) };
const next = (facts: Facts, status: Status) => passOf({ ...facts, status }).status;
const told = (at: number): Status => {
  const { status } = passOf({ ...running, now: at });
  return { ...status, server: { ...status.server, since: iso(at) } };
};

describe('a report of the farm', () => {
  it('is not believed when it may be of the server before this one', () => {
    const status = next(running, told(NOW - 60 * SECOND));
    expect(conditionOf(status, 'ActivityKnown')).toBe('False NotReported');
    expect(status.endpoint).toBe(null);
  });

  it('is believed once an earlier server would have been stopped, whenever it says it began', () => {
    expect(conditionOf(next(running, told(NOW - 160 * SECOND)), 'ActivityKnown')).toBe('True Reported');
  });

  it('is believed at once of a server that began after it was told to', () => {
    const fresh = { ...running, activity: reportOf(NOW - 50 * SECOND) };
    expect(conditionOf(next(fresh, told(NOW - 60 * SECOND)), 'ActivityKnown')).toBe('True Reported');
  });

  it('from before its server ended is not believed of the one that ECS runs in its place', () => {
    const gone = next({ ...running, server: [1, 0] }, told(NOW - minutes(40)));
    const later = { ...running, now: NOW + 50 * SECOND, activityAge: 55 * SECOND };
    const replaced = next(later, gone);
    expect(conditionOf(replaced, 'ActivityKnown')).toBe('False ServerStarting');
    expect(replaced.endpoint).toBe(null);
    // Nobody knows that it is not at work: what the farm runs may be its own.
    expect(replaced.pools.default).toMatchObject({ desired: 1, draining: [] });
    const still = next({ ...later, now: NOW + 55 * SECOND, activityAge: 60 * SECOND }, replaced);
    expect(still.endpoint).toBe(null);
    // The bucket's clock may be five seconds ahead of the reconciler's.
    const ahead = { ...running, now: NOW + 55 * SECOND, activityAge: 50 * SECOND };
    expect(next(ahead, replaced).endpoint).toBe(null);
    const itself = { ...running, now: NOW + 60 * SECOND, activity: reportOf(NOW + 45 * SECOND) };
    expect(conditionOf(next(itself, still), 'ActivityKnown')).toBe('True Reported');
  });

  it('that is newer than a look of ECS without the server is of a server that ran on', () => {
    const missed = next({ ...running, server: [1, 0] }, told(NOW - minutes(40)));
    const again = { ...running, now: NOW + 40 * SECOND, activityAge: 30 * SECOND };
    expect(conditionOf(next(again, missed), 'ActivityKnown')).toBe('True Reported');
  });

  it('of a server that ECS does not run, or is stopping, gives builds no endpoint', () => {
    for (const server of [
      [1, 0],
      [0, 1],
    ] as [number, number][]) {
      const { status } = passOf({ ...running, server });
      expect(status.endpoint).toBe(null);
      expect(conditionOf(status, 'Ready')).toMatch(/^False/);
    }
  });
});

describe('when the server was told to run', () => {
  it('is noted when this pass tells it', () => {
    expect(passOf({ ...running, server: [0, 0], activity: undefined }).status.server.since).toBe(iso(NOW));
  });

  it('is known although whoever told it crashed before noting it down', () => {
    const asleep = passOf({ spec: one, now: NOW - minutes(3), server: [0, 0], pool: [0, 0] }).status;
    const before = { ...asleep, server: { ...asleep.server, desired: 0, since: null } };
    expect(next(running, before).server.since).toBe(before.heartbeatAt);
  });

  it('does not move when ECS could not be read, and neither do the counts', () => {
    const before = told(NOW - minutes(4));
    const unread = next({ ...running, services: { known: false, error: 'TimeoutError' } }, before);
    expect(unread.server).toEqual(before.server);
    expect(unread.pools.default).toMatchObject({ desired: 1, running: 1 });
    expect(next(running, unread).server.since).toBe(before.server.since);
  });
});
