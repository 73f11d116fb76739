/** When a spec's schedules ask for workers, minute by minute from the cron lines themselves: nothing of the reconciler is asked. */
import { Cron } from 'croner';
import type { Spec } from '../../../config-schema/documents.ts';
import { durationMs } from '../../../config-schema/durations.ts';

type Schedule = Spec['scaling']['schedules'][number];

const MINUTE_MS = 60_000;
/** Windows are looked for this far ahead at a time. */
const SPAN_MS = 6 * 60 * MINUTE_MS;

interface Starts {
  from: number;
  until: number;
  at: number[];
}

const known = new WeakMap<Schedule, Starts>();

/** Every minute from there on of which the cron line speaks. */
function startsOf(schedule: Schedule, from: number, until: number): number[] {
  const before = known.get(schedule);
  if (before && before.from <= from && before.until >= until) return before.at;
  const job = new Cron(schedule.cron, { timezone: schedule.timezone });
  const first = Math.floor(from / MINUTE_MS) * MINUTE_MS;
  const starts: Starts = { from: first, until: until + SPAN_MS, at: [] };
  for (let at = first; at < starts.until; at += MINUTE_MS) if (job.match(new Date(at))) starts.at.push(at);
  known.set(schedule, starts);
  return starts.at;
}

/** Workers of a pool that schedules ask for during the whole of that time; zero where it is not asked for all along. */
export function floorDuring(spec: Spec, pool: string, from: number, until: number): number {
  const floors = spec.scaling.schedules.map((schedule) => {
    const lasts = durationMs(schedule.for);
    const isOn = startsOf(schedule, from - lasts, until).some((start) => start <= from && until < start + lasts);
    return isOn ? (schedule.pools[pool]?.workers ?? 0) : 0;
  });
  return Math.max(0, ...floors);
}

/** The most that schedules asked for of a pool at any moment of that time. */
export function mostAskedFor(spec: Spec, pool: string, from: number, until: number): number {
  const floors = spec.scaling.schedules.map((schedule) => {
    const lasts = durationMs(schedule.for);
    const wasOn = startsOf(schedule, from - lasts, until).some((start) => start <= until && from < start + lasts);
    return wasOn ? (schedule.pools[pool]?.workers ?? 0) : 0;
  });
  return Math.max(0, ...floors);
}
