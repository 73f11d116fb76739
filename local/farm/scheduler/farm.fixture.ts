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
export const farm = (maxLosses = 2) => new TestFarm(maxLosses);

class TestFarm {
  readonly scheduler: Scheduler<string, string>;
  readonly #woken: string[] = [];
  /** What each worker said last. */
  readonly #said = new Map<string, WorkerReport>();
  #now = 0;

  constructor(maxLosses: number) {
    this.scheduler = new Scheduler<string, string>(
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
        onOrders: (worker) => this.#woken.push(worker),
      },
      0,
    );
  }

  /** Workers whose poll was to be answered since the last call. */
  woken(): string[] {
    return this.#woken.splice(0);
  }

  at(instant: number): void {
    this.#now = instant;
    this.scheduler.tick(instant);
  }

  submit(name: string, platform: Property[] = [], mergeKey: string | null = null): Job<string, string> {
    const job = this.scheduler.submit({ name, mergeKey, platform, work: name }, this.#now);
    this.scheduler.attach(job);
    return job;
  }

  /** A poll, with what is said added to what the worker said before. Answers names of jobs, or undefined: kept open. */
  poll(name: string, say: Partial<WorkerReport> = {}) {
    const report = { ...(this.#said.get(name) ?? firstReport(name)), ...say };
    this.#said.set(name, report);
    this.scheduler.synchronize(report, this.#now);
    return this.orders(name);
  }

  orders(name: string) {
    const orders = this.scheduler.takeOrders(name, this.#now);
    return orders && { start: orders.start.map((job) => job.name), cancel: orders.cancel, draining: orders.draining };
  }

  /** As `poll`, until the worker has heard all that there is. */
  settle(name: string, say: Partial<WorkerReport> = {}) {
    const start: string[] = [];
    const cancel: string[] = [];
    for (let orders = this.poll(name, say); orders; ) {
      start.push(...orders.start);
      cancel.push(...orders.cancel);
      orders = this.poll(name, { running: [...(this.#said.get(name)?.running ?? []), ...orders.start] });
    }
    return { start, cancel };
  }

  finish(worker: string, job: string, outcome = 'ok') {
    const report = this.#said.get(worker);
    if (report) this.#said.set(worker, { ...report, running: report.running.filter((name) => name !== job) });
    return this.scheduler.finish(worker, job, outcome, this.#now, 5);
  }

  disconnect(worker: string): void {
    this.scheduler.disconnected(worker, this.#now);
  }

  states(...names: string[]): string[] {
    return names.map((name) => {
      const job = this.scheduler.job(name);
      return job ? `${job.state}${job.worker && job.state === 'running' ? ` on ${job.worker}` : ''}` : 'unknown';
    });
  }
}

const firstReport = (name: string): WorkerReport => ({
  name,
  incarnation: '1',
  pool: 'default',
  platform: { OSFamily: 'linux', Pool: 'default' },
  slots: 1,
  running: [],
  accepts: true,
  protected: false,
});

export const gpu: Property[] = [{ name: 'Pool', value: 'gpu' }];
export const gpuWorker = { pool: 'gpu', platform: { OSFamily: 'linux', Pool: 'gpu' } };
