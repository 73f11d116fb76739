/** Decides which worker runs which action. Pure but for its own state: every instant is an argument, every effect a callback. */
import { demandOf, type FarmDemand } from './demand.ts';
import type { Job, Orders, WorkerReport, WorkerState } from './job.ts';
import { JobTable } from './job-table.ts';
import { matches, type Properties } from './platform.ts';
import type { NewJob, SchedulerSettings } from './settings.ts';
import { leastLoaded, mayStart, newWorker } from './worker-state.ts';

/** Instants are milliseconds and never go back. */
export class Scheduler<Work, Outcome> {
  readonly #settings: SchedulerSettings<Work, Outcome>;
  readonly #jobs: JobTable<Work, Outcome>;
  readonly #workers = new Map<string, WorkerState<Work, Outcome>>();
  /** Properties by pool, also of pools whose workers are all gone. */
  readonly #pools = new Map<string, Properties>();
  /** The same of the document's pools; empty until the document is known. */
  #promised: ReadonlyMap<string, Properties> = new Map();
  #drainingNames: ReadonlySet<string> = new Set();
  #requeued = 0;

  constructor(settings: SchedulerSettings<Work, Outcome>, startedAt: number) {
    this.#settings = settings;
    this.#jobs = new JobTable(startedAt, settings.onChange);
  }

  job(name: string): Job<Work, Outcome> | undefined {
    return this.#jobs.byName.get(name);
  }

  /** The unfinished job with this key. */
  mergeable(key: string): Job<Work, Outcome> | undefined {
    return this.#jobs.mergeable(key);
  }

  submit(request: NewJob<Work>, now: number): Job<Work, Outcome> {
    const job = this.#jobs.create(request, now);
    this.#enqueue(job, now);
    return job;
  }

  /** One client more waits for the job. */
  attach(job: Job<Work, Outcome>): void {
    job.waiters += 1;
    job.unwantedSince = null;
  }

  detach(job: Job<Work, Outcome>, now: number): void {
    job.waiters -= 1;
    if (job.waiters === 0) job.unwantedSince = now;
  }

  /** A worker's poll came; `takeOrders` answers it. */
  synchronize(report: WorkerReport, now: number): void {
    const known = this.#workers.get(report.name);
    if (known && known.report.incarnation !== report.incarnation) this.#lose(known, 'its worker started anew', now);
    const worker = this.#workers.get(report.name) ?? newWorker(report);
    this.#workers.set(report.name, worker);
    this.#pools.set(report.pool, report.platform);
    worker.report = report;
    worker.waiting = false;
    worker.lost = false;
    worker.expiresAt = now + this.#settings.pollTimeoutMs;
    this.#drain(worker);
    this.#reconcile(worker, now);
    const empty = worker.drainingTold && report.running.length === 0 && worker.jobs.size === 0;
    worker.emptySightings = worker.draining && empty ? worker.emptySightings + 1 : 0;
  }

  /** The answer to the worker's poll, or undefined: keep it open. */
  takeOrders(name: string, now: number): Orders<Work, Outcome> | undefined {
    const worker = this.#workers.get(name);
    if (!worker) return undefined;
    const orders = { start: this.#start(worker, now), cancel: [...worker.cancels], draining: worker.draining };
    if (orders.start.length + orders.cancel.length === 0 && worker.draining === worker.drainingTold) {
      worker.waiting = true;
      worker.expiresAt = Number.POSITIVE_INFINITY;
      return undefined;
    }
    for (const cancelled of orders.cancel) worker.cancelled.add(cancelled);
    worker.cancels.clear();
    this.answered(name, now);
    return orders;
  }

  /** The worker's poll was answered, with orders or without. */
  answered(name: string, now: number): void {
    const worker = this.#workers.get(name);
    if (!worker) return;
    worker.waiting = false;
    worker.drainingTold = worker.draining;
    worker.expiresAt = now + this.#settings.pollTimeoutMs;
  }

  /** The connection broke while the worker's poll was open. */
  disconnected(name: string, now: number): void {
    const worker = this.#workers.get(name);
    if (!worker) return;
    worker.waiting = false;
    worker.lost = true;
    worker.expiresAt = now + this.#settings.disconnectGraceMs;
    // What was told may not have arrived.
    worker.cancelled.clear();
    worker.drainingTold = null;
  }

  /** More work for a worker that has just reported results, beside its open poll. */
  takeWork(name: string, now: number): Job<Work, Outcome>[] {
    const worker = this.#workers.get(name);
    return worker ? this.#start(worker, now) : [];
  }

  /**
   * `takeWork` is to follow, as a slot has become free.
   * @returns false when the job is unknown or done already
   */
  finish(reporter: string, name: string, outcome: Outcome, now: number, busyMs: number): boolean {
    const worker = this.#workers.get(reporter);
    worker?.jobs.delete(name);
    if (worker) worker.actions += 1;
    if (worker) worker.busyMs += busyMs;
    const job = this.job(name);
    if (!job || job.state === 'done') return false;
    const other = job.worker !== null && job.worker !== reporter ? this.#workers.get(job.worker) : undefined;
    if (other) this.#cancelOn(other, name);
    this.#jobs.complete(job, outcome, now);
    return true;
  }

  /** The worker could not do the job. `counts`: as if the worker had been lost with it. `takeWork` is to follow. */
  giveBack(reporter: string, name: string, reason: string, counts: boolean, now: number): void {
    const worker = this.#workers.get(reporter);
    const job = worker?.jobs.get(name);
    worker?.jobs.delete(name);
    if (worker && counts) worker.restsUntil = now + this.#settings.restMs;
    if (worker && job && runsOn(job, worker)) this.#requeue(job, reason, counts, now);
  }

  isDraining(worker: string): boolean {
    return this.#workers.get(worker)?.draining ?? false;
  }

  /** The workers that shall take nothing new, and no others. */
  setDraining(names: ReadonlySet<string>): void {
    this.#drainingNames = names;
    for (const worker of this.#workers.values()) this.#drain(worker);
  }

  /** What each pool of the document would offer, in the order in which they take what several can. */
  setPools(promised: ReadonlyMap<string, Properties>): void {
    this.#promised = promised;
  }

  /** To be called about twice a second. */
  tick(now: number): void {
    for (const worker of this.#workers.values()) {
      if (worker.expiresAt <= now) this.#lose(worker, `worker ${worker.report.name} was lost`, now);
      // One that has rested may find work in line, and nothing else would tell it.
      else if (worker.waiting && this.#jobs.queue.size > 0) this.#settings.onOrders(worker.report.name);
    }
    const { rememberMs, unwantedMs } = this.#settings;
    for (const job of this.#jobs.byName.values()) {
      const unwanted = job.unwantedSince !== null && job.unwantedSince + unwantedMs <= now;
      if (job.doneAt !== null && job.doneAt + rememberMs <= now) this.#jobs.byName.delete(job.name);
      else if (job.doneAt === null && unwanted) this.#dropUnwanted(job, now);
    }
  }

  demand(): FarmDemand {
    return demandOf({
      jobs: this.#jobs,
      workers: this.#workers,
      pools: this.#offers(),
      promised: this.#promised,
      requeued: this.#requeued,
    });
  }

  /** Of pools that have had a worker: what it says, or the document once it is gone; none of pools that have left that. */
  #offers(): ReadonlyMap<string, Properties> {
    if (this.#promised.size === 0) return this.#pools;
    const staffed = new Set([...this.#workers.values()].map(({ report }) => report.pool));
    const offers = [...this.#pools].flatMap(([pool, said]): [string, Properties][] => {
      const offered = staffed.has(pool) ? said : this.#promised.get(pool);
      return offered === undefined ? [] : [[pool, offered]];
    });
    return new Map(offers);
  }

  #enqueue(job: Job<Work, Outcome>, now: number): void {
    this.#jobs.enqueue(job, now);
    const worker = leastLoaded(this.#workers.values(), (offered) => matches(offered, job.platform), now);
    if (worker) this.#settings.onOrders(worker.report.name);
  }

  #requeue(job: Job<Work, Outcome>, reason: string, counts: boolean, now: number): void {
    this.#requeued += 1;
    if (counts) job.losses += 1;
    const { maxLosses, givenUp } = this.#settings;
    if (job.losses > maxLosses) this.#jobs.complete(job, givenUp(job, reason), now);
    else this.#enqueue(job, now);
  }

  #lose(worker: WorkerState<Work, Outcome>, reason: string, now: number): void {
    this.#workers.delete(worker.report.name);
    for (const job of worker.jobs.values()) if (runsOn(job, worker)) this.#requeue(job, reason, true, now);
  }

  #cancelOn(worker: WorkerState<Work, Outcome>, name: string): void {
    if (worker.cancelled.has(name) || worker.cancels.has(name)) return;
    worker.cancels.add(name);
    this.#settings.onOrders(worker.report.name);
  }

  /** What one side knows and the other does not: given but never arrived is queued again, unknown here is cancelled there. */
  #reconcile(worker: WorkerState<Work, Outcome>, now: number): void {
    const there = new Set(worker.report.running);
    for (const [name, job] of worker.jobs) {
      if (there.has(name)) continue;
      worker.jobs.delete(name);
      if (runsOn(job, worker)) this.#requeue(job, `worker ${worker.report.name} does not know it`, true, now);
    }
    for (const name of worker.cancelled) if (!there.has(name)) worker.cancelled.delete(name);
    for (const name of worker.cancels) if (!there.has(name)) worker.cancels.delete(name);
    for (const name of there) this.#reconcileRunning(worker, name, now);
  }

  /** What runs there is either given here, or in line and then best left where it runs, or just reported, or of no use. */
  #reconcileRunning(worker: WorkerState<Work, Outcome>, name: string, now: number): void {
    const given = worker.jobs.get(name);
    const job = given ?? this.job(name);
    if (job?.state === 'queued') {
      this.#jobs.queue.remove(job);
      worker.jobs.set(name, job);
      this.#jobs.run(job, worker.report.name, now);
    } else if (given ? !runsOn(given, worker) : job?.state !== 'done') this.#cancelOn(worker, name);
  }

  #start(worker: WorkerState<Work, Outcome>, now: number): Job<Work, Outcome>[] {
    const started: Job<Work, Outcome>[] = [];
    const { slots, platform, name } = worker.report;
    while (mayStart(worker, now) && worker.jobs.size < slots) {
      const job = this.#jobs.queue.take(platform);
      if (!job) break;
      worker.jobs.set(job.name, job);
      started.push(job);
      this.#jobs.run(job, name, now);
    }
    return started;
  }

  #dropUnwanted(job: Job<Work, Outcome>, now: number): void {
    const worker = job.worker !== null ? this.#workers.get(job.worker) : undefined;
    this.#jobs.complete(job, this.#settings.unwanted(job), now);
    this.#jobs.byName.delete(job.name);
    if (worker?.jobs.has(job.name)) this.#cancelOn(worker, job.name);
  }

  #drain(worker: WorkerState<Work, Outcome>): void {
    const draining = this.#drainingNames.has(worker.report.name);
    if (draining === worker.draining) return;
    worker.draining = draining;
    worker.emptySightings = 0;
    this.#settings.onOrders(worker.report.name);
  }
}

function runsOn(job: Job<unknown, unknown>, worker: WorkerState<unknown, unknown>): boolean {
  return job.state === 'running' && job.worker === worker.report.name;
}
