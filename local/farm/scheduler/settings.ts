/** What the scheduler is told at its start: times, bounds and where its effects go. */
import type { Property } from '../wire/messages.ts';
import type { Job } from './job.ts';

export interface SchedulerSettings<Work, Outcome> {
  /** A worker that does not poll again within this time after an answer is lost. */
  pollTimeoutMs: number;
  /** The same after its connection broke; short, as it may come back at once. */
  disconnectGraceMs: number;
  /** A job that nobody waits for is cancelled after this time; Bazel needs some of it to reconnect. */
  unwantedMs: number;
  /** How long the outcome of a job can still be asked for. */
  rememberMs: number;
  /** So many workers may be lost with one job before it is given up. */
  maxLosses: number;
  /** A worker that failed at no fault of the action gets nothing for so long, or it would fail everything that is in line. */
  restMs: number;
  /** The outcome of a job that is given up. */
  givenUp(job: Job<Work, Outcome>, reason: string): Outcome;
  /** The outcome of a job that nobody waits for. */
  unwanted(job: Job<Work, Outcome>): Outcome;
  onChange(job: Job<Work, Outcome>): void;
  /** The worker's open poll should be answered by `takeOrders`. */
  onOrders(worker: string): void;
}

export interface NewJob<Work> {
  name: string;
  /** Equal keys may share one execution; null never shares. */
  mergeKey: string | null;
  platform: readonly Property[];
  work: Work;
  /** What it is, for people. */
  what?: string;
}
