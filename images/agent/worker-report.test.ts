import { describe, expect, it } from 'vitest';
import { WorkerRegistry } from './worker-registry.ts';
import { reportIn, type WorkerReport } from './worker-report.ts';

const report: WorkerReport = {
  name: '0a1b2c',
  pool: 'default',
  slots: 4,
  running: 1,
  protected: true,
  actions: 7,
  busyMs: 1_500.5,
};
const read = (change: object) => reportIn(JSON.stringify({ ...report, ...change }));

describe('the report of a worker', () => {
  it('is read', () => {
    expect(read({})).toEqual(report);
    expect(read({ running: null })).toEqual({ ...report, running: null });
  });

  // Actions share the network of the worker's task, and may send anything: one report must not spoil the activity of all.
  it.each([
    ['half a slot', { slots: 1.5 }],
    ['half an action', { running: 0.5 }],
    ['a name that is no task id', { name: 'x'.repeat(3_000) }],
    ['a name with a newline', { name: 'a\nb' }],
    ['a pool that no document can have', { pool: '__proto__' }],
    ['more slots than a machine has', { slots: 1e9 }],
  ])('is none with %s', (_, change) => {
    expect(read(change)).toBeUndefined();
  });
});

it('no more workers are taken for workers than a cluster can have, in 20 pools of 1,000', () => {
  const registry = new WorkerRegistry();
  for (let n = 0; n < 20_200; n++) registry.report({ ...report, name: `t${n}` }, 0);
  expect(registry.workers(1)).toHaveLength(20_000);
  expect(registry.workers(60_000)).toEqual([]);
  registry.report(report, 60_000);
  expect(registry.workers(60_001)).toHaveLength(1);
});

it('a worker is told nothing until it is known who is to drain, and counts meanwhile', () => {
  const registry = new WorkerRegistry();
  expect(registry.report(report, 0)).toBeUndefined();
  expect(registry.workers(1)).toHaveLength(1);
  registry.setDraining(new Set([report.name]));
  expect(registry.report(report, 2)).toEqual({ draining: true });
  registry.setDraining(new Set());
  expect(registry.report(report, 3)).toEqual({ draining: false });
});
