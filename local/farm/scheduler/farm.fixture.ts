/** A scheduler in virtual time, spoken to as workers and clients would. */
import type { Property } from '../wire/messages.ts';
import type { Job, WorkerReport } from './job.ts';
import { Scheduler } from './scheduler.ts';

export const POLL_TIMEOUT = 100;
export const GRACE = 20;
export const UNWANTED = 50;
export const REMEMBER = 500;
export const REST = 30;

/** One farm in virtual time: `at` moves the clock and ticks, everything else happens now. */
export function farm(maxLosses = 2) {
  let now = 0;
  const woken: string[] = [];
  const scheduler = new Scheduler<string, string>(
    {
      pollTimeoutMs: POLL_TIMEOUT,
      disconnectGraceMs: GRACE,
      unwantedMs: UNWANTED,
      rememberMs: REMEMBER,
      restMs: REST,
      maxLosses,
      givenUp: (_job, reason) => `given up: ${reason}`,
      unwanted: () => 'unwanted',
      onChange: () => {},
      onOrders: (worker) => woken.push(worker),
    },
    0,
  );
  const said = new Map<string, WorkerReport>();
  return {
    scheduler,
    /** Workers whose poll was to be answered since the last call. */
    woken: () => woken.splice(0),
    at(instant: number) {
      now = instant;
      scheduler.tick(now);
    },
    submit(name: string, platform: Property[] = [], mergeKey: string | null = null): Job<string, string> {
      const job = scheduler.submit({ name, mergeKey, platform, work: name }, now);
      scheduler.attach(job);
      return job;
    },
    /** A poll, with what is said added to what the worker said before. Answers names of jobs, or undefined: kept open. */
    poll(name: string, say: Partial<WorkerReport> = {}) {
      const before = said.get(name) ?? {
        name,
        incarnation: '1',
        pool: 'default',
        platform: { OSFamily: 'linux', Pool: 'default' },
        slots: 1,
        running: [],
        accepts: true,
        protected: false,
      };
      const report = { ...before, ...say };
      said.set(name, report);
      scheduler.synchronize(report, now);
      return this.orders(name);
    },
    orders(name: string) {
      const orders = scheduler.takeOrders(name, now);
      return orders && { start: orders.start.map((job) => job.name), cancel: orders.cancel, draining: orders.draining };
    },
    /** As `poll`, until the worker has heard all that there is. */
    settle(name: string, say: Partial<WorkerReport> = {}) {
      const start: string[] = [];
      const cancel: string[] = [];
      for (let orders = this.poll(name, say); orders; ) {
        start.push(...orders.start);
        cancel.push(...orders.cancel);
        orders = this.poll(name, { running: [...(said.get(name)?.running ?? []), ...orders.start] });
      }
      return { start, cancel };
    },
    finish: (worker: string, job: string, outcome = 'ok') => {
      const report = said.get(worker);
      if (report) said.set(worker, { ...report, running: report.running.filter((name) => name !== job) });
      return scheduler.finish(worker, job, outcome, now, 5);
    },
    disconnect: (worker: string) => scheduler.disconnected(worker, now),
    states: (...names: string[]) =>
      names.map((name) => {
        const job = scheduler.job(name);
        return job ? `${job.state}${job.worker && job.state === 'running' ? ` on ${job.worker}` : ''}` : 'unknown';
      }),
  };
}

export const gpu: Property[] = [{ name: 'Pool', value: 'gpu' }];
export const gpuWorker = { pool: 'gpu', platform: { OSFamily: 'linux', Pool: 'gpu' } };
