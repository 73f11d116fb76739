/** A worker as the scheduler first sees it, and the choice among those that wait. */
import type { WorkerReport, WorkerState } from './job.ts';
import type { Properties } from './platform.ts';

export function newWorker<Work, Outcome>(report: WorkerReport): WorkerState<Work, Outcome> {
  return {
    report,
    jobs: new Map(),
    cancels: new Set(),
    cancelled: new Set(),
    waiting: false,
    expiresAt: 0,
    restsUntil: 0,
    draining: false,
    drainingTold: null,
    emptySightings: 0,
    lost: false,
    actions: 0,
    busyMs: 0,
  };
}

/** Whether it may be given anything, slots aside. */
export function mayStart(worker: WorkerState<unknown, unknown>, now: number): boolean {
  return worker.report.accepts && !worker.draining && worker.restsUntil <= now;
}

/** The waiting worker with the greatest share of free slots, so that work spreads before it piles up. */
export function leastLoaded<W extends WorkerState<unknown, unknown>>(
  workers: Iterable<W>,
  fits: (offered: Properties) => boolean,
  now: number,
): W | undefined {
  let best: W | undefined;
  let bestLoad = 1;
  for (const worker of workers) {
    const load = worker.jobs.size / worker.report.slots;
    const able = worker.waiting && mayStart(worker, now) && load < bestLoad;
    if (!able || !fits(worker.report.platform)) continue;
    best = worker;
    bestLoad = load;
  }
  return best;
}
