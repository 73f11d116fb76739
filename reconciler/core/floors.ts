/** Schedule floors: how many workers the spec's schedules keep at a given instant. */
import { Cron } from 'croner';
import type { Spec } from '../../config-schema/documents.ts';
import { durationMs } from '../../config-schema/durations.ts';

export interface Floor {
  /** Workers by pool. */
  workers: Record<string, number>;
  /** Milliseconds since the epoch. */
  endsAt: number;
  cron: string;
}

/** The schedules whose window `[start, start + for)` contains `now`. */
export function activeFloors(spec: Spec, now: number): Floor[] {
  return spec.scaling.schedules.flatMap((schedule) => {
    const start = lastStart(schedule.cron, schedule.timezone, now, durationMs(schedule.for));
    if (start === null) return [];
    const workers = Object.fromEntries(Object.entries(schedule.pools).map(([pool, floor]) => [pool, floor.workers]));
    return [{ workers, endsAt: start + durationMs(schedule.for), cron: schedule.cron }];
  });
}

/** When the next schedule begins, milliseconds; null without schedules. */
export function nextFloorStart(spec: Spec, now: number): number | null {
  const starts = spec.scaling.schedules.flatMap(({ cron, timezone }) => {
    const next = new Cron(cron, { timezone }).nextRun(new Date(now));
    return next ? [next.getTime()] : [];
  });
  return starts.length > 0 ? Math.min(...starts) : null;
}

/** The latest start within the window that ends now. Asks forward from the window's beginning, so it needs no look back. */
function lastStart(cron: string, timezone: string, now: number, windowMs: number): number | null {
  const job = new Cron(cron, { timezone });
  let latest: number | null = null;
  // nextRun is exclusive, so one millisecond earlier lets a start right at the window's edge count as over, and one at `now` as begun.
  let next = job.nextRun(new Date(now - windowMs));
  while (next && next.getTime() <= now) {
    latest = next.getTime();
    next = job.nextRun(next);
  }
  return latest;
}
