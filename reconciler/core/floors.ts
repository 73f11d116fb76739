/** Schedule floors: how many workers the spec's schedules keep at a given instant. */
import { Cron } from 'croner';
import type { Spec } from '../../config-schema/documents.ts';
import { durationMs } from '../../config-schema/durations.ts';

interface Floor {
  /** Workers by pool. */
  workers: Record<string, number>;
  /** Milliseconds since the epoch. */
  endsAt: number;
  cron: string;
}

/** The schedules whose window `[start, start + for)` contains `now`. */
export function activeFloors(spec: Spec, now: number): Floor[] {
  return spec.scaling.schedules.flatMap((schedule) => {
    const { last } = outlookAt(schedule, now);
    if (last === null) return [];
    const workers = Object.fromEntries(Object.entries(schedule.pools).map(([pool, floor]) => [pool, floor.workers]));
    return [{ workers, endsAt: last + durationMs(schedule.for), cron: schedule.cron }];
  });
}

/** When the next schedule begins, milliseconds; null without schedules. */
export function nextFloorStart(spec: Spec, now: number): number | null {
  const starts = spec.scaling.schedules.flatMap((schedule) => outlookAt(schedule, now).next ?? []);
  return starts.length > 0 ? Math.min(...starts) : null;
}

type Schedule = Spec['scaling']['schedules'][number];

/** What a schedule says at `from`, and at any instant before `until`, when a window begins or ends. */
interface Outlook {
  from: number;
  until: number;
  /** Start of the window that contains the instant. */
  last: number | null;
  next: number | null;
}

/** To read a cron line and the rules of its time zone takes longer than all else that a pass decides. */
const outlooks = new WeakMap<Schedule, Outlook>();

function outlookAt(schedule: Schedule, now: number): Outlook {
  const known = outlooks.get(schedule);
  if (known && known.from <= now && now < known.until) return known;
  const job = new Cron(schedule.cron, { timezone: schedule.timezone });
  const windowMs = durationMs(schedule.for);
  const last = lastStart(job, now, windowMs);
  const next = job.nextRun(new Date(now))?.getTime() ?? null;
  const endsAt = last === null ? Number.POSITIVE_INFINITY : last + windowMs;
  const outlook = { from: now, until: Math.min(endsAt, next ?? Number.POSITIVE_INFINITY), last, next };
  outlooks.set(schedule, outlook);
  return outlook;
}

/** The latest start within the window that ends now, milliseconds. */
function lastStart(job: Cron, now: number, windowMs: number): number | null {
  // What croner asks back from is exclusive, and a start at `now` has begun.
  const start = job.previousRuns(1, new Date(now + 1))[0]?.getTime();
  return start !== undefined && now - start < windowMs ? start : null;
}
