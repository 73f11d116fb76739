/** Rules, schedules and deliveries in virtual time: what reached which function, and when. */
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../kernel.ts';
import { createVirtualWorld } from '../virtual-world.ts';
import { createEvents } from './events.ts';
import type { DeliveryFate, EventsState, InvokeFunction } from './state.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const objectCreated = (key: string) => ({
  source: 'aws.s3',
  detailType: 'Object Created',
  resources: ['arn:aws:s3:::b'],
  detail: { bucket: { name: 'b' }, object: { key } },
});

function start(
  options: { delivery?: DeliveryFate; saved?: EventsState; refuse?: () => ServiceError | undefined } = {},
) {
  const world = createVirtualWorld();
  const began = world.now();
  const received: { seconds: number; payload: unknown; sourceArn: string }[] = [];
  const invokeFunction: InvokeFunction = ({ payload, sourceArn }) => {
    const refusal = options.refuse?.();
    if (refusal) throw refusal;
    received.push({ seconds: (world.now() - began) / 1_000, payload: JSON.parse(payload), sourceArn });
  };
  const events = createEvents({ world, invokeFunction, ...options });
  return { world, events, received };
}

function putObjectRule({ events }: ReturnType<typeof start>, target: Record<string, unknown> = {}) {
  const EventPattern = JSON.stringify({ source: ['aws.s3'], detail: { object: { key: [{ prefix: 'clusters/' }] } } });
  events.putRule({ Name: 'objects', EventPattern });
  events.putTargets({ Rule: 'objects', Targets: [{ Id: 'f', Arn: functionArn, ...target }] });
}

describe('delivery', () => {
  it('hands the envelope to the target of a matching rule', () => {
    const room = start();
    putObjectRule(room);
    room.events.emit(objectCreated('clusters/main/cluster.json'));
    room.events.emit(objectCreated('history/x'));
    room.world.advance(0);
    expect(room.received).toMatchObject([
      {
        sourceArn: 'arn:aws:events:us-east-1:000000000000:rule/objects',
        payload: {
          version: '0',
          'detail-type': 'Object Created',
          source: 'aws.s3',
          account: '000000000000',
          time: '2026-01-05T08:00:00Z',
          region: 'us-east-1',
          resources: ['arn:aws:s3:::b'],
          detail: { object: { key: 'clusters/main/cluster.json' } },
        },
      },
    ]);
  });

  it('does nothing for a disabled rule', () => {
    const room = start();
    putObjectRule(room);
    room.events.disableRule({ Name: 'objects' });
    room.events.emit(objectCreated('clusters/main/cluster.json'));
    room.world.advance(60_000);
    expect(room.received).toEqual([]);
  });

  const fates: [string, { copies: number; delayMs: number }, number[]][] = [
    ['loses', { copies: 0, delayMs: 0 }, []],
    ['delays', { copies: 1, delayMs: 5_000 }, [5]],
    ['doubles', { copies: 2, delayMs: 3_000 }, [3, 6]],
  ];
  it.each(fates)('%s events as the simulator says', (_, fate, seconds) => {
    const room = start({ delivery: () => fate });
    putObjectRule(room);
    room.events.emit(objectCreated('clusters/main/cluster.json'));
    room.world.advance(60_000);
    expect(room.received.map((one) => one.seconds)).toEqual(seconds);
    expect(room.events.state.drops.map(({ reason }) => reason)).toEqual(fate.copies === 0 ? ['EventLost'] : []);
  });

  it('tries again while the function is out of reach, within the age of the event', () => {
    let refusals = 3;
    const busy = () => (refusals-- > 0 ? new ServiceError('TooManyRequestsException', 'busy', 429) : undefined);
    const room = start({ refuse: busy });
    putObjectRule(room);
    room.events.emit(objectCreated('clusters/main/cluster.json'));
    room.world.advance(60_000);
    expect(room.received).toHaveLength(1);
    expect(room.received[0]!.seconds).toBeGreaterThan(3);
  });

  it('gives up at the limit of retries', () => {
    const room = start({ refuse: () => new ServiceError('ServiceException', 'down', 500) });
    putObjectRule(room, { RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 } });
    room.events.emit(objectCreated('clusters/main/cluster.json'));
    room.world.advance(3_600_000);
    expect(room.events.state).toMatchObject({ deliveries: {}, drops: [{ reason: 'ServiceException' }] });
  });

  it('does not retry what waiting cannot cure', () => {
    const room = start({ refuse: () => new ServiceError('AccessDeniedException', 'no permission', 403) });
    putObjectRule(room);
    room.events.emit(objectCreated('clusters/main/cluster.json'));
    room.world.advance(0);
    expect(room.events.state).toMatchObject({
      deliveries: {},
      drops: [{ rule: 'objects', reason: 'AccessDeniedException' }],
    });
  });

  it('goes on after a restart', () => {
    const before = start({ delivery: () => ({ copies: 1, delayMs: 5_000 }) });
    putObjectRule(before);
    before.events.emit(objectCreated('clusters/main/cluster.json'));
    const after = start({ saved: JSON.parse(JSON.stringify(before.events.state)) });
    after.events.resume();
    after.world.advance(10_000);
    expect(after.received.map(({ seconds }) => seconds)).toEqual([5]);
  });
});

describe('target input', () => {
  const transform = (
    InputTemplate: string,
    InputPathsMap: Record<string, string> = { key: '$.detail.object.key' },
  ) => ({
    InputTransformer: { InputTemplate, InputPathsMap },
  });
  const rows: [string, Record<string, unknown>, unknown][] = [
    ['Input', { Input: '{"a":1}' }, { a: 1 }],
    ['InputPath', { InputPath: '$.detail.bucket' }, { name: 'b' }],
    ['InputPath of a list', { InputPath: '$.resources[0]' }, 'arn:aws:s3:::b'],
    ['a template that is text', transform('"key <key>"'), 'key clusters/"x'],
    [
      'a template that is an object',
      transform('{"key": <key>, "text": "of <key>"}'),
      { key: 'clusters/"x', text: 'of clusters/"x' },
    ],
    ['a placeholder for an object', transform('{"bucket": <b>}', { b: '$.detail.bucket' }), { bucket: { name: 'b' } }],
    ['reserved names', transform('{"rule": "<aws.events.rule-name>"}'), { rule: 'objects' }],
    ['an absent value', transform('{"x": <x>}', { x: '$.detail.absent' }), { x: '' }],
  ];
  it.each(rows)('%s', (_, target, expected) => {
    const room = start();
    putObjectRule(room, target);
    room.events.emit(objectCreated('clusters/"x'));
    room.world.advance(0);
    expect(room.received.map(({ payload }) => payload)).toEqual([expected]);
  });
});

describe('schedules', () => {
  const scheduled = (room: ReturnType<typeof start>, State: 'ENABLED' | 'DISABLED' = 'ENABLED') => {
    room.events.putRule({ Name: 'tick', ScheduleExpression: 'rate(1 minute)', State });
    room.events.putTargets({ Rule: 'tick', Targets: [{ Id: 'f', Arn: functionArn }] });
  };
  it('fire at their rate', () => {
    const room = start();
    scheduled(room);
    room.world.advance(180_000);
    expect(room.received.map(({ seconds }) => seconds)).toEqual([60, 120, 180]);
    expect(room.received[0]!.payload).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      resources: ['arn:aws:events:us-east-1:000000000000:rule/tick'],
      detail: {},
    });
  });
  it('count from when they are enabled, and stop when disabled', () => {
    const room = start();
    scheduled(room, 'DISABLED');
    room.world.advance(90_000);
    room.events.enableRule({ Name: 'tick' });
    room.events.enableRule({ Name: 'tick' });
    room.world.advance(60_000);
    room.events.disableRule({ Name: 'tick' });
    room.world.advance(600_000);
    expect(room.received.map(({ seconds }) => seconds)).toEqual([150]);
  });
  it('fire once after a restart for all that was missed', () => {
    const before = start();
    scheduled(before);
    const saved: EventsState = JSON.parse(JSON.stringify(before.events.state));
    const after = start({ saved });
    after.world.advance(600_000);
    after.events.resume();
    after.world.advance(60_000);
    expect(after.received.map(({ seconds }) => seconds)).toEqual([600, 660]);
  });
  it('end with their rule', () => {
    const room = start();
    scheduled(room);
    room.events.removeTargets({ Rule: 'tick', Ids: ['f'] });
    room.events.deleteRule({ Name: 'tick' });
    expect(room.world.nextTimerAt()).toBeUndefined();
  });
});

describe('AWS::Events::Rule', () => {
  const context = {
    stackName: 's',
    stackId: 'id',
    logicalId: 'Rule',
    tags: { 'bbf:installation': 'bbf' },
    generatedName: () => 's-Rule-X',
  };
  it('follows its properties', () => {
    const room = start();
    const provider = room.events.providers[0]!;
    const before = { EventPattern: { source: ['aws.s3'] }, Targets: [{ Id: 'a', Arn: functionArn }] };
    const made = provider.create(before, context);
    expect(made).toEqual({
      physicalId: 's-Rule-X',
      attributes: { Arn: 'arn:aws:events:us-east-1:000000000000:rule/s-Rule-X' },
    });
    const after = {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'DISABLED',
      Targets: [{ Id: 'b', Arn: functionArn }],
    };
    provider.update(made.physicalId, before, after, context);
    expect(room.events.state.rules['s-Rule-X']).toMatchObject({ enabled: false, targets: [{ Id: 'b' }] });
    expect(provider.update(made.physicalId, after, { ...after, Name: 'other' }, context)).toBe('replace');
    provider.delete(made.physicalId, after, context);
    provider.delete(made.physicalId, after, context);
    expect(room.events.state.rules).toEqual({});
  });
});
