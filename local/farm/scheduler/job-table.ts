/** All jobs the scheduler remembers, and their three states: in line, running, done. */
import type { Job } from './job.ts';
import { platformKey } from './platform.ts';
import { createQueue, type JobQueue } from './queue.ts';
import type { NewJob } from './settings.ts';

export class JobTable<Work, Outcome> {
  readonly queue: JobQueue<Job<Work, Outcome>> = createQueue();
  readonly byName = new Map<string, Job<Work, Outcome>>();
  running = 0;
  /** Null while anything is in line or running. */
  idleSince: number | null;
  readonly #byMergeKey = new Map<string, Job<Work, Outcome>>();
  readonly #onChange: (job: Job<Work, Outcome>) => void;
  #order = 0;

  constructor(startedAt: number, onChange: (job: Job<Work, Outcome>) => void) {
    this.idleSince = startedAt;
    this.#onChange = onChange;
  }

  mergeable(key: string): Job<Work, Outcome> | undefined {
    return this.#byMergeKey.get(key);
  }

  /** In line as soon as `enqueue` is called with it. */
  create({ name, mergeKey, platform, work, what }: NewJob<Work>, now: number): Job<Work, Outcome> {
    this.#order += 1;
    const job: Job<Work, Outcome> = {
      name,
      mergeKey,
      platform,
      platformKey: platformKey(platform),
      work,
      what,
      queuedAt: now,
      order: this.#order,
      state: 'queued',
      worker: null,
      startedAt: null,
      losses: 0,
      waiters: 0,
      unwantedSince: now,
      doneAt: null,
      outcome: null,
    };
    this.byName.set(name, job);
    if (mergeKey !== null) this.#byMergeKey.set(mergeKey, job);
    return job;
  }

  enqueue(job: Job<Work, Outcome>, now: number): void {
    job.worker = null;
    job.startedAt = null;
    this.queue.add(job);
    this.#moved(job, 'queued', now);
  }

  run(job: Job<Work, Outcome>, worker: string, now: number): void {
    job.worker = worker;
    job.startedAt = now;
    this.#moved(job, 'running', now);
  }

  complete(job: Job<Work, Outcome>, outcome: Outcome, now: number): void {
    if (job.state === 'queued') this.queue.remove(job);
    if (job.mergeKey !== null && this.#byMergeKey.get(job.mergeKey) === job) this.#byMergeKey.delete(job.mergeKey);
    job.outcome = outcome;
    job.doneAt = now;
    this.#moved(job, 'done', now);
  }

  #moved(job: Job<Work, Outcome>, state: Job<Work, Outcome>['state'], now: number): void {
    if (job.state === 'running') this.running -= 1;
    if (state === 'running') this.running += 1;
    job.state = state;
    this.idleSince = this.queue.size + this.running > 0 ? null : (this.idleSince ?? now);
    this.#onChange(job);
  }
}
