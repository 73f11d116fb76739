import { describe, expect, it } from 'vitest';
import { condition, statusDouble } from '../testing/status-double.ts';
import { usualSpan } from './usual-time.ts';

const at = (seconds: number, ready: boolean) =>
  statusDouble({
    heartbeatAt: new Date(seconds * 1000).toISOString(),
    conditions: [condition('Ready', ready ? 'True' : 'False', 'X')],
  });

describe('how long a cluster usually takes', () => {
  it.each([
    ['nobody knows', [], undefined],
    ['it never was ready', [at(0, true), at(1, false), at(5, false)], undefined],
    ['one wait', [at(0, true), at(10, false), at(20, false), at(70, true)], 60_000],
    ['a wait that had begun before is not counted', [at(0, false), at(50, true), at(60, false), at(70, true)], 10_000],
    [
      'the median of several',
      [at(0, true), at(10, false), at(20, true), at(30, false), at(130, true), at(140, false), at(170, true)],
      30_000,
    ],
  ])('%s', (_what, statuses, expected) => {
    expect(usualSpan(statuses)).toBe(expected);
  });
});
