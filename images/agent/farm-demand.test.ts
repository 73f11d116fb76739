import { describe, expect, it } from 'vitest';
import { FarmDemand, type ServerCounts } from './farm-demand.ts';
import { WorkerRegistry } from './worker-registry.ts';

const SECOND = 1_000;
const counts = (change: Partial<ServerCounts> = {}): ServerCounts => ({
  prequeued: 0,
  queues: new Map(),
  dispatched: 0,
  accepted: 0,
  ...change,
});
const worker = (pool: string, running: number) => ({
  name: `${pool}-worker`,
  pool,
  slots: 4,
  running,
  draining: false,
  drained: false,
  actions: 0,
  busyMs: 0,
});

describe('demand', () => {
  it('is that of each pool, whichever of its queues an action waits in', () => {
    const queues = new Map([
      ['default', 3],
      ['arm', 1],
      ['arm--arch', 2],
    ]);
    const found = new FarmDemand(0).of(counts({ queues, prequeued: 5, dispatched: 2 }), [worker('arm', 2)], 1);
    expect(found).toMatchObject({ queued: 11, running: 2, idleSince: null });
    expect(found.pools).toEqual({ default: { queued: 3, running: 0 }, arm: { queued: 3, running: 2 } });
  });

  it('believes the workers before the server, which counts every half minute', () => {
    expect(new FarmDemand(0).of(counts(), [worker('a', 3)], 1)).toMatchObject({ running: 3, idleSince: null });
    expect(new FarmDemand(0).of(counts({ dispatched: 3 }), [worker('a', 0)], 1)).toMatchObject({ running: 3 });
  });

  it('of an action that was accepted and is in no count yet is one', () => {
    const demand = new FarmDemand(0);
    expect(demand.of(counts(), [], 1 * SECOND)).toMatchObject({ queued: 0, idleSince: 0 });
    expect(demand.of(counts({ accepted: 1 }), [], 2 * SECOND)).toMatchObject({ queued: 1, idleSince: null });
    expect(demand.of(counts({ accepted: 1 }), [], 36 * SECOND)).toMatchObject({ queued: 1, idleSince: null });
    expect(demand.of(counts({ accepted: 1 }), [], 37 * SECOND)).toMatchObject({ queued: 0, idleSince: 36 * SECOND });
  });

  it('is idle since it was last seen busy', () => {
    const demand = new FarmDemand(0);
    demand.of(counts({ dispatched: 1 }), [], 50 * SECOND);
    demand.of(counts(), [], 60 * SECOND);
    expect(demand.of(counts(), [], 70 * SECOND)).toMatchObject({ idleSince: 50 * SECOND });
  });
});

describe('the registry of workers', () => {
  const report = (running: number | null, isProtected = true) => ({
    name: 'w',
    pool: 'a',
    slots: 4,
    running,
    protected: isProtected,
    actions: 0,
    busyMs: 0,
  });
  const started = () => {
    const registry = new WorkerRegistry();
    registry.report(report(0), 0);
    return registry;
  };

  it('knows no worker that has not spoken yet', () => {
    const registry = new WorkerRegistry();
    registry.setDraining(new Set());
    expect(registry.report(report(null), 0)).toEqual({ draining: false });
    expect(registry.workers(0)).toEqual([]);
    registry.report(report(0), 1);
    expect(registry.workers(1)).toMatchObject([{ name: 'w', running: 0 }]);
  });

  it('takes one that has fallen silent for busy', () => {
    const registry = started();
    registry.report(report(null), 1);
    expect(registry.workers(1)).toMatchObject([{ running: 4 }]);
  });

  it('forgets one whose agent is not heard for half a minute', () => {
    const registry = started();
    expect(registry.workers(30 * SECOND)).toHaveLength(1);
    expect(registry.workers(30 * SECOND + 1)).toHaveLength(0);
  });

  it('says of one whose agent is not heard for six seconds that it is lost, until it is heard again', () => {
    const registry = started();
    expect(registry.workers(6 * SECOND)[0]).not.toHaveProperty('lost');
    expect(registry.workers(6 * SECOND + 1)).toMatchObject([{ lost: true }]);
    registry.report(report(0), 7 * SECOND);
    expect(registry.workers(7 * SECOND)[0]).not.toHaveProperty('lost');
  });

  // what is reported, in this order, after the order to drain → drained
  it.each([
    [[report(0, false), report(0, false)], true],
    [[report(0, false)], false],
    [[report(0), report(0)], false],
    [[report(0, false), report(1, false)], false],
    [[report(0, false), report(null, false), report(0, false)], false],
    [[report(0, false), report(null, false)], false],
  ])('%j drains: %s', (reports, drained) => {
    const registry = started();
    registry.setDraining(new Set(['w']));
    for (const one of reports) expect(registry.report(one, 1)).toEqual({ draining: true });
    expect(registry.workers(1)).toMatchObject([{ draining: true, drained }]);
    registry.setDraining(new Set());
    expect(registry.workers(1)).toMatchObject([{ draining: false, drained: false }]);
  });
});
