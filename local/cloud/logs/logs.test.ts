/** CloudWatch Logs: lines in, pages and searches out. */
import { describe, expect, it } from 'vitest';
import { createVirtualWorld } from '../virtual-world.ts';
import { createLogs } from './logs.ts';
import { EVENTS_KEPT_PER_STREAM } from './state.ts';

function lines(...messages: string[]) {
  const world = createVirtualWorld();
  const logs = createLogs({ world });
  for (const message of messages) {
    world.advance(1000);
    logs.append('/bbf', 'worker/main/1', message);
  }
  return { world, logs };
}
const STREAM = { logGroupName: '/bbf', logStreamName: 'worker/main/1' };
const messages = (answer: { events: { message: string }[] }) => answer.events.map((event) => event.message);

describe('GetLogEvents', () => {
  it('pages forward from the head until nothing new comes', () => {
    const { logs } = lines('a', 'b', 'c');
    const first = logs.getLogEvents({ ...STREAM, startFromHead: true, limit: 2 });
    const second = logs.getLogEvents({ ...STREAM, nextToken: first.nextForwardToken });
    const third = logs.getLogEvents({ ...STREAM, nextToken: second.nextForwardToken });
    expect([messages(first), messages(second), messages(third)]).toEqual([['a', 'b'], ['c'], []]);
    expect(third.nextForwardToken).toBe(second.nextForwardToken);
    logs.append('/bbf', STREAM.logStreamName, 'd');
    expect(messages(logs.getLogEvents({ ...STREAM, nextToken: third.nextForwardToken }))).toEqual(['d']);
  });
  it('gives the newest without startFromHead, and what came before', () => {
    const { logs } = lines('a', 'b', 'c');
    const last = logs.getLogEvents({ ...STREAM, limit: 2 });
    expect(messages(last)).toEqual(['b', 'c']);
    expect(messages(logs.getLogEvents({ ...STREAM, nextToken: last.nextBackwardToken }))).toEqual(['a']);
  });
  it('refuses groups and streams that are not there', () => {
    const { logs } = lines('a');
    expect(() => logs.getLogEvents({ ...STREAM, logGroupName: 'x' })).toThrow(
      'The specified log group does not exist.',
    );
    expect(() => logs.getLogEvents({ ...STREAM, logStreamName: 'x' })).toThrow(
      'The specified log stream does not exist.',
    );
  });
});

describe('FilterLogEvents', () => {
  it.each([
    ['', ['error one', 'warning two', 'error three']],
    ['error', ['error one', 'error three']],
    ['error three', ['error three']],
    ['?warning ?three', ['warning two', 'error three']],
    ['error -one', ['error three']],
    ['"or three"', ['error three']],
  ])('finds %j', (filterPattern, expected) => {
    const { logs } = lines('error one', 'warning two', 'error three');
    expect(messages(logs.filterLogEvents({ logGroupName: '/bbf', filterPattern }))).toEqual(expected);
  });
  it('respects time and pages', () => {
    const { logs, world } = lines('a', 'b', 'c');
    expect(messages(logs.filterLogEvents({ logGroupName: '/bbf', startTime: world.now() }))).toEqual(['c']);
    const first = logs.filterLogEvents({ logGroupName: '/bbf', limit: 2 });
    expect(messages(logs.filterLogEvents({ logGroupName: '/bbf', nextToken: first.nextToken ?? '' }))).toEqual(['c']);
  });
  it('refuses patterns that it does not implement', () => {
    expect(() => lines('a').logs.filterLogEvents({ logGroupName: '/bbf', filterPattern: '{ $.a = 1 }' })).toThrow(
      /does not implement/,
    );
  });
});

it('keeps the newest lines of a stream only', () => {
  const { logs } = lines(...Array.from({ length: EVENTS_KEPT_PER_STREAM + 1 }, (_, index) => String(index)));
  const { events } = logs.getLogEvents({ ...STREAM, startFromHead: true });
  expect([events.length, events[0]?.message]).toEqual([EVENTS_KEPT_PER_STREAM, '1']);
});
