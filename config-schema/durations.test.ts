import { describe, expect, it } from 'vitest';
import { durationMs, formatDuration, parseDuration } from './durations.ts';

describe('durations', () => {
  it.each([
    ['0s', 0],
    ['1ms', 1],
    ['5s', 5_000],
    ['20m', 1_200_000],
    ['12h', 43_200_000],
    ['2d', 172_800_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['90m', 5_400_000],
    ['1m1ms', 60_001],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(durationMs(text)).toBe(ms);
  });

  it.each([
    [''],
    ['0'],
    ['5'],
    ['s'],
    ['0m'],
    ['05m'],
    ['5 m'],
    ['5M'],
    ['-5m'],
    ['1.5h'],
    ['30m1h'],
    ['1m1m'],
    ['1h '],
    [' 1h'],
    ['1h\n'],
    ['0s1m'],
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(() => durationMs(text)).toThrow(`${JSON.stringify(text)} is no duration; write one like 20m or 1h30m`);
  });

  it.each([
    [0, '0s'],
    [-5, '0s'],
    [0.4, '0s'],
    [0.5, '1ms'],
    [999, '999ms'],
    [1_000, '1s'],
    [59_999, '59s999ms'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [93_784_005, '1d2h3m4s5ms'],
  ])('%d ms is written %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('what is written reads back', () => {
    for (let ms = 0; ms < 200_000_000; ms += 1_234_567) expect(durationMs(formatDuration(ms))).toBe(ms);
  });
});
