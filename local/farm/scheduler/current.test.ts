import { expect, it } from 'vitest';
import { parseActivity } from '../../../config-schema/parse.ts';
import { activityOf } from '../../../duties/activity.ts';
import { currentWithin } from './current.ts';
import { demandOf } from './demand.ts';
import type { Job, WorkerState } from './job.ts';
import { newWorker } from './worker-state.ts';

const report = (name: string, slots: number) => ({
  name,
  incarnation: '1',
  pool: 'default',
  platform: {},
  slots,
  running: [],
  accepts: true,
  protected: false,
});

/** A worker that was given one action each second, the first at 0. */
function busyWorker(name: string, ...whats: (string | undefined)[]): WorkerState<unknown, unknown> {
  const worker = newWorker<unknown, unknown>(report(name, whats.length));
  whats.forEach((what, at) => {
    const job = { name: `job${at}`, what, startedAt: at * 1000, worker: name, state: 'running' };
    worker.jobs.set(job.name, job as unknown as Job<unknown, unknown>);
  });
  return worker;
}

it('is what runs longest, of those of which somebody knows what they are, in bounded words', () => {
  const current = currentWithin()(busyWorker('w', 'a', undefined, `b${'x'.repeat(500)}`, 'c', 'd', 'e'));
  expect(current?.map(({ what, since }) => [what.length, what[0], since])).toEqual([
    [1, 'a', '1970-01-01T00:00:00.000Z'],
    [120, 'b', '1970-01-01T00:00:02.000Z'],
    [1, 'c', '1970-01-01T00:00:03.000Z'],
    [1, 'd', '1970-01-01T00:00:04.000Z'],
  ]);
  expect(currentWithin()(busyWorker('w', undefined))).toBeUndefined();
});

it('leaves what another worker has by now, and what is over, to others', () => {
  const worker = busyWorker('w', 'a', 'b');
  Object.assign(worker.jobs.get('job0') ?? {}, { worker: 'other' });
  Object.assign(worker.jobs.get('job1') ?? {}, { state: 'done' });
  expect(currentWithin()(worker)).toBeUndefined();
});

it('leaves a report of as many workers as there can be one that is read', () => {
  const names = Array.from({ length: 20_000 }, (_, at) => String(at).padStart(32, '0'));
  const workers = new Map(names.map((name) => [name, busyWorker(name, `Genrule //${'x'.repeat(200)}`)]));
  const jobs = { queue: { jobs: () => [], size: 0 }, running: names.length, idleSince: null };
  const demand = demandOf({ jobs, workers, pools: new Map(), promised: new Map(), requeued: 0 });
  const activity = activityOf({ taskId: 's', endpoint: 'h:1', startedAt: 0 }, demand, undefined, 0);
  expect(parseActivity(JSON.stringify(activity))).toMatchObject({ ok: true });
  const told = activity.workers.filter(({ current }) => current !== undefined).length;
  expect(told).toBeGreaterThan(5_000);
  expect(told).toBeLessThan(20_000);
});
