import { expect, it } from 'vitest';
import { createColors } from '../output/colors.ts';
import { lease, statusDouble } from '../testing/status-double.ts';
import { statusText } from './status-text.ts';

const AT = Date.parse('2026-01-01T00:00:00.000Z');
const lineOf = (word: string, change: Parameters<typeof statusDouble>[0], now = AT) =>
  statusText(statusDouble(change), null, now, createColors(false))
    .split('\n')
    .find((line) => line.trimStart().startsWith(word));

it.each([
  ['still holds', -90_000, 'ends in 1m 30s unless renewed'],
  ['has ended, and is still listed', 15_000, 'ended 15s ago'],
])('a lease that %s', (_what, passedMs, expected) => {
  expect(lineOf('lease', { leases: [lease('a')] }, AT + passedMs)).toBe(
    `  lease         a@b: build (default 1), ${expected}`,
  );
});

it('costs are told to a hundredth of a cent', () => {
  const cost = { usdPerHour: 0.189518, usdToday: 12, day: '2026-01-01', accountedAt: '2026-01-01T00:00:00Z' };
  expect(lineOf('cost', { cost })).toBe('  cost          0.1895 USD/h now, 12 USD today');
});
