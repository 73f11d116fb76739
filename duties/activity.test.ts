import { describe, expect, it } from 'vitest';
import type { Activity } from '../config-schema/documents.ts';
import { activityOf, type Demand, isNews } from './activity.ts';

const SECOND = 1_000;
const worker = { name: 't1', pool: 'default', slots: 4, running: 2, draining: false, drained: false };
const demand: Demand = {
  queued: 10,
  running: 2,
  idleSince: null,
  pools: { default: { queued: 10, running: 2 } },
  workers: [{ ...worker, actions: 7, busyMs: 900 }],
};
const report = (change: Partial<Demand> = {}, endpoint = 'h:1', at = 0): Activity =>
  activityOf({ taskId: 's', endpoint, startedAt: 0 }, { ...demand, ...change }, undefined, at);
const afterSeconds = (seconds: number, change: Partial<Demand> = {}) =>
  isNews(report(change, 'h:1', seconds * SECOND), report(), seconds * SECOND);

describe('a report is told', () => {
  it('after half a minute whatever it says, so that silence means trouble', () => {
    expect([afterSeconds(29), afterSeconds(30)]).toEqual([false, true]);
  });

  it.each<[string, Partial<Demand>]>([
    ['a worker comes', { workers: [...demand.workers, { ...worker, name: 't2', actions: 0, busyMs: 0 }] }],
    ['a worker is drained', { workers: [{ ...worker, drained: true, actions: 7, busyMs: 900 }] }],
    ['a worker is not heard of', { workers: [{ ...worker, lost: true, actions: 7, busyMs: 900 }] }],
    ['nothing waits any more', { queued: 0, pools: { default: { queued: 0, running: 2 } } }],
    ['the farm is idle', { queued: 0, running: 0, idleSince: 5, pools: {} }],
    ['twice as much is asked of a pool', { queued: 22, pools: { default: { queued: 22, running: 2 } } }],
    ['a pool is asked for that was not', { pools: { ...demand.pools, arm: { queued: 1, running: 0 } } }],
  ])('at once when %s', (_, change) => {
    expect(afterSeconds(1, change)).toBe(true);
  });

  it('at once when the server has moved', () => {
    expect(isNews(report({}, 'h:2'), report(), SECOND)).toBe(true);
  });

  it.each<[string, Partial<Demand>]>([
    ['a worker has done more', { workers: [{ ...worker, actions: 9, busyMs: 2_000 }] }],
    ['a little more is asked for', { queued: 11, pools: { default: { queued: 11, running: 2 } } }],
  ])('after five seconds when %s', (_, change) => {
    expect([afterSeconds(4, change), afterSeconds(5, change)]).toEqual([false, true]);
  });
});
