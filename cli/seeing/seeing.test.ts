import { describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { condition, statusDouble } from '../testing/status-double.ts';
import { logMessage } from './log-message.ts';
import { sourceOf, writerOf } from './log-source.ts';
import { eventsBetween } from './status-events.ts';

describe('events', () => {
  const before = statusDouble({ conditions: [condition('Ready', 'True', 'Converged')] });
  const words = (...statuses: Parameters<typeof eventsBetween>) =>
    eventsBetween(...statuses).map(({ type, what, reason }) => `${type} ${what} ${reason}`);

  it.each([
    ['nothing new', before, before, []],
    [
      'another state',
      before,
      { conditions: [condition('Ready', 'False', 'Starting')] },
      ['Condition Ready False Starting'],
    ],
    ['another reason', before, { conditions: [condition('Ready', 'True', 'Other')] }, ['Condition Ready True Other']],
    [
      'the first status',
      null,
      {},
      before.conditions.map(({ type, status, reason }) => `Condition ${type} ${status} ${reason}`),
    ],
  ])('%s', (_what, earlier, later, expected) => {
    const conditions = { conditions: before.conditions, ...later };
    expect(words(earlier, statusDouble(conditions))).toEqual(expected);
  });

  it('tell what a pass did before what came of it', () => {
    const actions = [
      {
        type: 'SetDesiredCount' as const,
        target: 'bbf--main--server',
        reason: 'ServerWanted',
        evidence: {},
        outcome: 'done' as const,
      },
      {
        type: 'CreateStack' as const,
        target: 'bbf--main--pool--a',
        reason: 'StackMissing',
        evidence: {},
        outcome: 'failed' as const,
        error: 'AccessDenied',
      },
    ];
    const after = statusDouble({ actions, conditions: [condition('Ready', 'False', 'Starting')] });
    expect(words(before, after)).toEqual([
      'Action SetDesiredCount bbf--main--server ServerWanted',
      'Action CreateStack bbf--main--pool--a (failed) StackMissing',
      'Condition Ready False Starting',
    ]);
  });
});

describe('logs', () => {
  const document = JSON.stringify({ spec: { pools: { default: {}, arm: {} } } });
  it.each([
    [undefined, 'bbf--main--', undefined],
    ['server', 'bbf--main--server', undefined],
    ['arm', 'bbf--main--pool--arm/', undefined],
    ['632e9e09', 'bbf--main--', '632e9e09'],
    ['reconciler', undefined, undefined],
  ])('of %s are in these streams', (named, prefix, task) => {
    expect(sourceOf('bbf', 'main', document, named)).toMatchObject({ prefix, task });
  });

  it('of what is not there are not looked for', () => {
    expect(() => sourceOf('bbf', 'main', document, 'amr')).toThrow(
      expect.objectContaining({ exitCode: exitCodes.notFound, message: expect.stringContaining('did you mean arm') }),
    );
  });

  it.each([
    ['bbf--main--pool--arm/worker/0123456789abcdef', { source: 'arm', task: '0123456789abcdef' }],
    ['bbf--main--server/server/0123456789abcdef', { source: 'server', task: '0123456789abcdef' }],
    ['2026/11/28/[$LATEST]c9e3e15f0123', { source: 'reconciler', task: '15f0123'.padStart(8, 'e') }],
  ])('name their writer by the stream: %s', (stream, expected) => {
    expect(writerOf('bbf', stream)).toEqual(expected);
  });

  it.each([
    [
      '{"time":"x","message":"listening","program":"farm-server","endpoint":"127.0.0.1:1","why":"a b"}',
      'listening endpoint=127.0.0.1:1 why="a b"',
    ],
    ['{"level":30,"msg":"action","reason":"ServerWanted"}\n', 'action reason=ServerWanted'],
    ['START RequestId: 1', 'START RequestId: 1'],
    ['{not json', '{not json'],
    ['{"a":1}', '{"a":1}'],
  ])('are read more easily: %s', (line, expected) => {
    expect(logMessage(line)).toBe(expected);
  });
});
