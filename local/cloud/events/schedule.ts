/** Schedule expressions of rules: when one is due next. Syntax: EventBridge user guide, "Setting a schedule pattern". */
import { Cron } from 'croner';
import { ServiceError } from '../kernel.ts';

/** The first instant strictly after `after` (both milliseconds since the epoch), or undefined if there is none. */
type Schedule = (after: number) => number | undefined;

const unitMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * @param expression `rate(N unit)` or `cron(six fields)`, in UTC
 * @param startedAt when the rule was made or enabled: a rate counts from there
 */
export function compileSchedule(expression: string, startedAt: number): Schedule {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression);
  // One is singular, more are plural; AWS refuses the rest.
  if (rate && (rate[1] === '1') === (rate[3] === ''))
    return everyMs(Number(rate[1]) * (unitMs[rate[2] ?? ''] ?? 0), startedAt);
  const cron = /^cron\((.*)\)$/.exec(expression);
  const schedule = cron && atTimes((cron[1] ?? '').trim().split(/\s+/));
  if (!schedule) throw new ServiceError('ValidationException', 'Parameter ScheduleExpression is not valid.');
  return schedule;
}

function everyMs(period: number, startedAt: number): Schedule {
  return (after) => startedAt + (Math.floor(Math.max(0, after - startedAt) / period) + 1) * period;
}

/** Fields: minutes, hours, day of month, month, day of week (1 is Sunday), year. */
function atTimes(fields: string[]): Schedule | undefined {
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  // Exactly one of the two day fields must say that the other one decides.
  if (fields.length !== 6 || (dayOfMonth === '?') === (dayOfWeek === '?')) return undefined;
  const days = [dayOfMonth, month, dayOfWeek].map((field) => (field === '?' ? '*' : field));
  // A bare L is the week's last day, which is Saturday.
  const weekdays = days[2] === 'L' ? '7' : days[2];
  const pattern = ['0', minutes, hours, days[0], days[1], weekdays, year].join(' ');
  try {
    // `sloppyRanges` admits `1/10`, which AWS knows as "every tenth from the first on".
    const options = { mode: '7-part', alternativeWeekdays: true, sloppyRanges: true, timezone: 'UTC' } as const;
    const cron = new Cron(pattern, { ...options, paused: true });
    return (after) => cron.nextRun(new Date(after))?.getTime();
  } catch {
    return undefined;
  }
}
