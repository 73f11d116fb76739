/** What EventBridge does with an event that is sent in: only here can a function be looked at that received it. */
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
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
});
