import { expect, it } from 'vitest';
import type { InvocationRecord } from '../history.ts';
import type { Story } from '../story.ts';
import { AT, calmSight, history, minutes, SPEC, story } from './history.fixture.ts';
import { buildsAreServed } from './served.ts';

const LEASE = AT - minutes(10);
const build = (what: 'lease' | 'gave-up', at: number) => ({
  ...{ at, cluster: 'main', build: 'build-0', what },
  ...{ pool: 'default', workers: 1, ttlSeconds: 90 },
});
const steps: Story['steps'] = [{ at: 0, do: 'edit', spec: SPEC, by: 'cli' }];

/** A build gives up before the calm, after invocations that Lambda ended at those times and that had begun a minute before. */
function judged(latencyMs: [number, number] | undefined, timedOut: number[]): string {
  const invocations = timedOut.map(
    (endedAt, number): InvocationRecord => ({
      ...{ number, startedAt: endedAt - minutes(1), endedAt },
      ...{ outcome: 'timed out', event: 'fast' },
    }),
  );
  const told = { ...history({ builds: [build('lease', LEASE), build('gave-up', AT)] }), invocations };
  const slow = latencyMs && { latencyMs };
  const sight = calmSight({ story: { ...story, steps, calmAt: AT + minutes(5), ...slow } });
  return buildsAreServed.judge(sight, told).join();
}

const SLOW: [number, number] = [10, 8_000];
const six = [1, 2.5, 4, 5.5, 7, 8.5].map((after) => LEASE + minutes(after));

it('a build of a story without faults does not give up', () => {
  expect(judged(undefined, [])).toBe('build build-0 waited 10 minutes: gave-up');
  expect(judged(SLOW, [])).toContain('gave-up');
});

it('it may where AWS is so slow that most of its wait went to invocations that ran out of time', () => {
  expect(judged(SLOW, six)).toBe('');
  expect(judged(SLOW, six.slice(1))).toContain('gave-up');
});

it('what went before its wait, or twice in one minute, does not count', () => {
  expect(judged(SLOW, [...six.slice(1), LEASE])).toContain('gave-up');
  expect(judged(SLOW, [...six.slice(1), ...six.slice(1)].sort())).toContain('gave-up');
});

it('an invocation that runs out of time although AWS is quick is no excuse', () => {
  expect(judged(undefined, six)).toContain('gave-up');
  expect(judged([10, 2_000], six)).toContain('gave-up');
});
