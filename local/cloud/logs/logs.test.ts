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

describe('retention', () => {
  const DAY_MS = 86_400_000;
  const streamsOf = (logs: ReturnType<typeof createLogs>) =>
    logs.describeLogStreams({ logGroupName: '/bbf' }).logStreams.map(({ logStreamName }) => logStreamName);
  function twoTasks(retentionInDays?: number) {
    const { world, logs } = lines();
    logs.createLogGroup({ logGroupName: '/bbf', ...(retentionInDays && { retentionInDays }) });
    logs.resume();
    logs.append('/bbf', 'ended', 'a');
    logs.append('/bbf', 'runs', 'b');
    world.advance(DAY_MS);
    logs.append('/bbf', 'runs', 'c');
    return { world, logs };
  }
  it('ends lines that are older than the days of their group at midnight UTC, and streams that have none left', () => {
    const { world, logs } = twoTasks(3);
    expect(streamsOf(logs)).toEqual(['ended', 'runs']);
    world.advance(3 * DAY_MS);
    expect(streamsOf(logs)).toEqual(['runs']);
    expect(messages(logs.getLogEvents({ logGroupName: '/bbf', logStreamName: 'runs' }))).toEqual(['c']);
  });
  it('is made up for after the cloud was off', () => {
    const saved = structuredClone(twoTasks(3).logs.state);
    const logs = createLogs({ world: createVirtualWorld({ startsAt: Date.UTC(2026, 5, 1, 8) }), saved });
    logs.resume();
    expect(streamsOf(logs)).toEqual([]);
  });
  it('is for ever where a group names none', () => {
    const { world, logs } = twoTasks();
    world.advance(1000 * DAY_MS);
    expect(streamsOf(logs)).toEqual(['ended', 'runs']);
  });
});
