/** Schedule expressions as tables. */
import { describe, expect, it } from 'vitest';
import { compileSchedule } from './schedule.ts';

const started = Date.parse('2026-01-05T08:00:30Z');

function firstRuns(expression: string, count: number): string[] {
  const schedule = compileSchedule(expression, started);
  const runs: string[] = [];
  for (let at = schedule(started); at !== undefined && runs.length < count; at = schedule(at))
    runs.push(new Date(at).toISOString().slice(0, 19));
  return runs;
}

const rows: [string, string[]][] = [
  ['rate(1 minute)', ['2026-01-05T08:01:30', '2026-01-05T08:02:30']],
  ['rate(15 minutes)', ['2026-01-05T08:15:30', '2026-01-05T08:30:30']],
  ['rate(1 hour)', ['2026-01-05T09:00:30']],
  ['rate(2 days)', ['2026-01-07T08:00:30']],
  ['cron(0/5 * * * ? *)', ['2026-01-05T08:05:00', '2026-01-05T08:10:00']],
  ['cron(1/10 * * * ? *)', ['2026-01-05T08:01:00', '2026-01-05T08:11:00']],
  ['cron(15 12 * * ? *)', ['2026-01-05T12:15:00', '2026-01-06T12:15:00']],
  ['cron(0 18 ? * MON-FRI *)', ['2026-01-05T18:00:00', '2026-01-06T18:00:00']],
  ['cron(0 8 ? * 2 *)', ['2026-01-12T08:00:00']],
  ['cron(0 8 L * ? *)', ['2026-01-31T08:00:00', '2026-02-28T08:00:00']],
  ['cron(0 8 ? * L *)', ['2026-01-10T08:00:00']],
  ['cron(0 8 ? * 6L *)', ['2026-01-30T08:00:00']],
  ['cron(0 8 ? * 3#2 *)', ['2026-01-13T08:00:00']],
  ['cron(0 8 3W * ? *)', ['2026-02-03T08:00:00']],
  ['cron(0 8 1 1 ? 2030)', ['2030-01-01T08:00:00']],
];

const refused = [
  'rate(1 minutes)',
  'rate(5 minute)',
  'rate(0 minutes)',
  'rate(30 seconds)',
  'rate(5minutes)',
  'every minute',
  'cron(0 8 * * * *)',
  'cron(0 8 ? * ? *)',
  'cron(0 8 * * ?)',
  'cron(60 8 * * ? *)',
  'cron()',
];

describe('compileSchedule', () => {
  it.each(rows)('%s', (expression, expected) => expect(firstRuns(expression, expected.length)).toEqual(expected));
  it.each(refused)('refuses %s', (expression) => {
    expect(() => compileSchedule(expression, started)).toThrow('Parameter ScheduleExpression is not valid.');
  });
  it('has no more runs after the last year', () => expect(firstRuns('cron(0 8 1 1 ? 2020)', 1)).toEqual([]));
});
