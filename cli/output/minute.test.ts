import { expect, it } from 'vitest';
import { clockTime, second } from './minute.ts';

const NOON = Date.parse('2026-11-30T12:00:00Z');

it.each([
  ['of the same day', '2026-11-30T00:00:09.500Z', '00:00:09Z'],
  ['of the day before', '2026-11-29T23:59:59.000Z', '2026-11-29 23:59:59Z'],
])('an instant %s is told from those of other days, in UTC', (_which, instant, expected) => {
  expect(clockTime(Date.parse(instant), NOON)).toBe(expected);
});

it('an instant of a list has its day', () => {
  expect(second('2026-11-30T16:54:35.123Z')).toBe('2026-11-30 16:54:35Z');
});
