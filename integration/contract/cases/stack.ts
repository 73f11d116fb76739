/** What the cases of CloudFormation begin with: stacks of log groups, made, changed, removed and looked at in any cloud. */
import {
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
  type UpdateStackCommandInput,
} from '@aws-sdk/client-cloudformation';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { refusalOf } from '../case.ts';
import { GOOD } from '../stacks.ts';
import type { Target } from '../target.ts';

export const stackOf = async ({ cfn }: Target, StackName = 's'): Promise<Stack | undefined> =>
  (await cfn.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];

/** The status once nothing is in progress any more, or the refusal to tell it. */
export const ended = (cloud: Target, StackName = 's'): Promise<string> =>
  cloud.settled(
    () => stackOf(cloud, StackName).then((stack) => stack?.StackStatus ?? 'none', refusalOf),
    (status) => !status.endsWith('_IN_PROGRESS'),
  );

export const create = ({ cfn }: Target, input: Partial<CreateStackCommandInput> = {}) =>
  cfn.send(new CreateStackCommand({ StackName: 's', TemplateBody: GOOD, ...input }));
export const update = ({ cfn }: Target, input: Partial<UpdateStackCommandInput> = {}) =>
  cfn.send(new UpdateStackCommand({ StackName: 's', ...input }));
export const remove = ({ cfn }: Target, StackName = 's') => cfn.send(new DeleteStackCommand({ StackName }));

/** Made and ended; its id. */
export async function made(cloud: Target, input: Partial<CreateStackCommandInput> = {}): Promise<string> {
  const { StackId = '' } = await create(cloud, input);
  await ended(cloud, StackId);
  return StackId;
}

/** Names and days of all log groups, sorted. */
export const groupsOf = async ({ logs }: Target) =>
  ((await logs.send(new DescribeLogGroupsCommand({}))).logGroups ?? [])
    .map(({ logGroupName, retentionInDays }) => `${logGroupName} ${retentionInDays ?? 'for ever'}`)
    .sort();

/** Names and schedules of all rules, sorted. */
export const rulesOf = async ({ events }: Target) =>
  ((await events.send(new ListRulesCommand({}))).Rules ?? [])
    .map(({ Name, ScheduleExpression }) => `${Name} ${ScheduleExpression}`)
    .sort();
