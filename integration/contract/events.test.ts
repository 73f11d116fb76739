/** EventBridge as the SDK's own client meets it. */
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { createEvents } from '../../local/cloud/events/events.ts';
import { createEventsWire } from '../../local/cloud/events/wire.ts';
import { createVirtualWorld } from '../../local/cloud/virtual-world.ts';
import { inProcess } from './in-process.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:f';

function bus() {
  const world = createVirtualWorld();
  const received: { detail: unknown; source: string; time: string }[] = [];
  const invokeFunction = ({ payload }: { payload: string }) => void received.push(JSON.parse(payload));
  const events = createEvents({ world, invokeFunction });
  const client = new EventBridgeClient(inProcess(createEventsWire(events)));
  return { world, received, client };
}
const rule = { Name: 'r', EventPattern: '{"source":["app"]}' };

describe('rules', () => {
  it('are put, described, switched, listed and deleted', async () => {
    const { client } = bus();
    const arn = 'arn:aws:events:us-east-1:000000000000:rule/r';
    expect(await client.send(new PutRuleCommand({ ...rule, Description: 'd' }))).toMatchObject({ RuleArn: arn });
    expect(await client.send(new DescribeRuleCommand({ Name: 'r' }))).toMatchObject({
      Arn: arn,
      EventPattern: rule.EventPattern,
      State: 'ENABLED',
      Description: 'd',
      EventBusName: 'default',
    });
    await client.send(new DisableRuleCommand({ Name: 'r' }));
    await client.send(new PutRuleCommand({ Name: 's', ScheduleExpression: 'rate(5 minutes)' }));
    const { Rules = [] } = await client.send(new ListRulesCommand({}));
    expect(Rules.map(({ Name, State }) => [Name, State])).toEqual([
      ['r', 'DISABLED'],
      ['s', 'ENABLED'],
    ]);
    await client.send(new EnableRuleCommand({ Name: 'r' }));
    // What a new call leaves out is forgotten.
    await client.send(new PutRuleCommand(rule));
    expect((await client.send(new DescribeRuleCommand({ Name: 'r' }))).Description).toBeUndefined();
    await client.send(new DeleteRuleCommand({ Name: 'r' }));
    await client.send(new DeleteRuleCommand({ Name: 'r' }));
    await expect(client.send(new DescribeRuleCommand({ Name: 'r' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Rule r does not exist on EventBus default.',
    });
  });

  it('come in pages', async () => {
    const { client } = bus();
    for (const Name of ['a1', 'a2', 'b1']) await client.send(new PutRuleCommand({ ...rule, Name }));
    const first = await client.send(new ListRulesCommand({ Limit: 1, NamePrefix: 'a' }));
    const second = await client.send(new ListRulesCommand({ Limit: 1, NamePrefix: 'a', NextToken: first.NextToken }));
    expect([first.Rules?.[0]?.Name, second.Rules?.[0]?.Name, second.NextToken]).toEqual(['a1', 'a2', undefined]);
  });

  const refused: [string, ConstructorParameters<typeof PutRuleCommand>[0], string][] = [
    ['neither pattern nor schedule', { Name: 'r' }, 'ValidationException'],
    ['a wrong pattern', { Name: 'r', EventPattern: '{"source":"app"}' }, 'InvalidEventPatternException'],
    ['a wrong schedule', { Name: 'r', ScheduleExpression: 'rate(1 minutes)' }, 'ValidationException'],
    ['a wrong name', { ...rule, Name: 'a b' }, 'ValidationException'],
    ['another bus', { ...rule, EventBusName: 'other' }, 'ResourceNotFoundException'],
  ];
  it.each(refused)('refuse %s', async (_, input, name) => {
    await expect(bus().client.send(new PutRuleCommand(input))).rejects.toMatchObject({ name });
  });
});

describe('targets', () => {
  const target = { Id: 'f', Arn: functionArn };
  it('are put, listed and removed, and keep their rule alive', async () => {
    const { client } = bus();
    await client.send(new PutRuleCommand(rule));
    expect(await client.send(new PutTargetsCommand({ Rule: 'r', Targets: [target] }))).toMatchObject({
      FailedEntryCount: 0,
    });
    await client.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ ...target, Input: '{}' }] }));
    expect((await client.send(new ListTargetsByRuleCommand({ Rule: 'r' }))).Targets).toEqual([
      { ...target, Input: '{}' },
    ]);
    expect((await client.send(new ListRuleNamesByTargetCommand({ TargetArn: functionArn }))).RuleNames).toEqual(['r']);
    await expect(client.send(new DeleteRuleCommand({ Name: 'r' }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: "Rule can't be deleted since it has targets.",
    });
    await client.send(new RemoveTargetsCommand({ Rule: 'r', Ids: ['f', 'unknown'] }));
    await client.send(new DeleteRuleCommand({ Name: 'r' }));
  });
  it('are five at most', async () => {
    const { client } = bus();
    await client.send(new PutRuleCommand(rule));
    const Targets = [...'abcdef'].map((Id) => ({ Id, Arn: functionArn }));
    await expect(client.send(new PutTargetsCommand({ Rule: 'r', Targets }))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
  });
});

describe('PutEvents', () => {
  const entry = { Source: 'app', DetailType: 'Done', Detail: '{"n":1}' };
  it('reaches matching targets with the time that the sender gave', async () => {
    const { client, world, received } = bus();
    await client.send(new PutRuleCommand(rule));
    await client.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 'f', Arn: functionArn }] }));
    const Time = new Date('2026-01-02T03:04:05Z');
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [{ ...entry, Time }] }));
    world.advance(0);
    expect(received).toMatchObject([
      { id: Entries[0]?.EventId, source: 'app', 'detail-type': 'Done', time: '2026-01-02T03:04:05Z', detail: { n: 1 } },
    ]);
  });
  it('answers for each entry', async () => {
    const { client } = bus();
    const answer = await client.send(
      new PutEventsCommand({
        Entries: [entry, { ...entry, Source: 'aws.s3' }, { ...entry, Detail: '[1' }, { ...entry, Detail: undefined }],
      }),
    );
    expect(answer.FailedEntryCount).toBe(3);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'NotAuthorizedForSourceException',
      'MalformedDetail',
      'InvalidArgument',
    ]);
  });
});

describe('TestEventPattern', () => {
  const event = { id: '1', account: '0', source: 'app', time: 't', region: 'r', resources: [], 'detail-type': 'd' };
  it('says whether it matches', async () => {
    const { client } = bus();
    const ask = (EventPattern: string) =>
      client.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(event) }));
    expect((await ask('{"source":["app"]}')).Result).toBe(true);
    expect((await ask('{"source":[{"anything-but":"app"}]}')).Result).toBe(false);
    await expect(ask('{"source":[]}')).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
  });
});
