/** What the tests of CloudFormation share: templates with one log group, and stacks looked at through the AWS SDK. */
import {
  CreateStackCommand,
  type CreateStackCommandInput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  type UpdateStackCommandInput,
} from '@aws-sdk/client-cloudformation';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { TestCloud } from './harness.ts';

/** Longer than any operation of these tests takes. */
export const LONG = 60_000;

export const group = (days: number, name?: string, more: object = {}) => ({
  Type: 'AWS::Logs::LogGroup',
  Properties: { RetentionInDays: days, ...(name && { LogGroupName: name }) },
  ...more,
});
export const body = (Resources: object, more: object = {}) => JSON.stringify({ Resources, ...more });
export const GOOD = body({ Group: group(1, '/a') });
/** Fails after `Group` was made. */
export const BAD = body({
  Group: group(7, '/a'),
  Net: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: 'nonsense' }, DependsOn: 'Group' },
});

export async function create(cloud: TestCloud, input: Partial<CreateStackCommandInput> = {}) {
  const answer = await cloud.cfn.send(new CreateStackCommand({ StackName: 's', TemplateBody: GOOD, ...input }));
  await cloud.advance(LONG);
  return answer;
}
export async function update(cloud: TestCloud, input: Partial<UpdateStackCommandInput>) {
  const answer = await cloud.cfn.send(new UpdateStackCommand({ StackName: 's', ...input }));
  await cloud.advance(LONG);
  return answer;
}
export const stackOf = async (cloud: TestCloud, name = 's') =>
  (await cloud.cfn.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0];
export const statusOf = async (cloud: TestCloud, name = 's') => (await stackOf(cloud, name))?.StackStatus;
export const groupsOf = async (cloud: TestCloud) =>
  (await cloud.logs.send(new DescribeLogGroupsCommand({}))).logGroups?.map((one) => [
    one.logGroupName,
    one.retentionInDays,
  ]);
export const eventsOf = async (cloud: TestCloud, name = 's') =>
  (await cloud.cfn.send(new DescribeStackEventsCommand({ StackName: name }))).StackEvents ?? [];
