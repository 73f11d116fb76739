/** What the scheduler knows of a job and of a worker. */
import type { Property } from '../wire/messages.ts';
import type { Properties } from './platform.ts';

/** One execution of an action, for one or more clients that wait for it. Instants are milliseconds. */
export interface Job<Work, Outcome> {
  readonly name: string;
  /** Equal keys may share one execution; null never shares. */
  readonly mergeKey: string | null;
  readonly platform: readonly Property[];
  readonly platformKey: string;
  readonly work: Work;
  /** What it is, for people; undefined: nobody said. */
  readonly what: string | undefined;
  readonly queuedAt: number;
  /** Position in line; a job that is queued again keeps it. */
  readonly order: number;
  state: 'queued' | 'running' | 'done';
  /** Where it runs. */
  worker: string | null;
  /** When that worker was given it; null while none has it. */
  startedAt: number | null;
  /** How many workers went away with it. */
  losses: number;
  waiters: number;
  /** Since when nobody waits for it. */
  unwantedSince: number | null;
  doneAt: number | null;
  outcome: Outcome | null;
}

/** What a worker says of itself each time. */
export interface WorkerReport {
  name: string;
  incarnation: string;
  pool: string;
  platform: Properties;
  slots: number;
  /** Names of jobs. */
  running: readonly string[];
  accepts: boolean;
  protected: boolean;
}

export interface WorkerState<Work, Outcome> {
  report: WorkerReport;
  /** What was given to it and not yet reported back; takes one slot each, also when cancelled meanwhile. */
  jobs: Map<string, Job<Work, Outcome>>;
  /** Names of jobs it is still to be told to stop. */
  cancels: Set<string>;
  /** What it was told to stop, so that it is not told again on every poll. */
  cancelled: Set<string>;
  /** Its poll is open and unanswered. */
  waiting: boolean;
  /** When it counts as lost, unless it is heard of before. */
  expiresAt: number;
  /** Until when it gets nothing, as it has just failed. */
  restsUntil: number;
  draining: boolean;
  /** Null: not known whether it heard. */
  drainingTold: boolean | null;
  /** How often it was seen with nothing to do since it was told to drain. */
  emptySightings: number;
  /** Its connection broke, and it has not come back yet. */
  lost: boolean;
  actions: number;
  busyMs: number;
}

/** The answer to a worker's poll. */
export interface Orders<Work, Outcome> {
  start: Job<Work, Outcome>[];
  cancel: string[];
  draining: boolean;
}

export function isDrained(worker: WorkerState<unknown, unknown>): boolean {
  return worker.draining && worker.emptySightings >= 2 && worker.jobs.size === 0 && !worker.report.protected;
}
