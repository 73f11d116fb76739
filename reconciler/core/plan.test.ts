import { expect, it } from 'vitest';
import { inWords } from './plan.ts';

const explained = { reason: 'ClusterAwake', evidence: {} } as const;

it.each([
  ['on', true, 'the fast schedule is turned on'],
  ['off', false, 'the fast schedule is turned off'],
])('the fast schedule, %s', (_what, enabled, words) => {
  expect(inWords({ type: 'SetFastSchedule', enabled, ...explained })).toBe(words);
});
