/** Whether an event matches a pattern, found out from what moto delivers: it has the matcher but not the operation TestEventPattern. */
import { CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import type { SdkClients } from './harness.ts';
import type { TestedEvent } from './target.ts';

const logGroupName = '/aws/events/matched';
const Arn = `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}`;

export async function matchesByDelivery({ events, logs }: SdkClients, pattern: object, event: TestedEvent) {
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await events.send(new PutRuleCommand({ Name: 'matching', EventPattern: JSON.stringify(pattern) }));
  await events.send(new PutTargetsCommand({ Rule: 'matching', Targets: [{ Id: 'log', Arn }] }));
  const { source: Source, 'detail-type': DetailType, resources: Resources, detail } = event;
  const Entries = [{ Source, DetailType, Resources, Detail: JSON.stringify(detail) }];
  await events.send(new PutEventsCommand({ Entries }));
  return (await logs.send(new FilterLogEventsCommand({ logGroupName }))).events?.length === 1;
}
