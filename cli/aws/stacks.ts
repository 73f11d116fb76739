/** CloudFormation stacks through the AWS SDK, which is loaded only by the commands that need it. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  type Stack,
  type StackEvent,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { AwsAccess } from './access.ts';
import { sdkConfig } from './sdk.ts';

export interface StackWish {
  name: string;
  template: string;
  /** A value of undefined keeps the stack's own. */
  parameters: Record<string, string | undefined>;
  tags: Record<string, string>;
  /** Marks the events of this operation. */
  token: string;
}

export interface Stacks {
  /** undefined: there is none of this name. */
  describe(name: string): Promise<Stack | undefined>;
  create(wish: StackWish): Promise<void>;
  /** false: nothing to update. */
  update(wish: StackWish): Promise<boolean>;
  remove(name: string, token: string): Promise<void>;
  /** Of one operation, oldest first; by id, so that a deleted stack still answers. */
  events(stackId: string, token: string): Promise<StackEvent[]>;
  /** Names of all stacks that begin with the prefix. */
  names(prefix: string): Promise<string[]>;
  /** All stacks whose names begin with the prefix, by name. */
  withPrefix(prefix: string): Promise<Stack[]>;
  /** Physical ids of a stack's resources, by their names in its template. */
  resources(name: string): Promise<Record<string, string>>;
}

export function openStacks(access: AwsAccess): Stacks {
  // It warns in seven lines about Node versions of a year that its pinned version will not see.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const client = new CloudFormationClient(sdkConfig(access));
  return {
    describe: (name) => describe(client, name),
    create: async (wish) => {
      await client.send(new CreateStackCommand({ ...requestOf(wish), OnFailure: 'ROLLBACK' }));
    },
    update: async (wish) => {
      try {
        await client.send(new UpdateStackCommand(requestOf(wish)));
        return true;
      } catch (error) {
        if (/No updates are to be performed/i.test((error as Error).message)) return false;
        throw error;
      }
    },
    remove: async (name, token) => {
      await client.send(new DeleteStackCommand({ StackName: name, ClientRequestToken: token }));
    },
    events: (stackId, token) => events(client, stackId, token),
    names: async (prefix) => (await withPrefix(client, prefix)).map(({ StackName = '' }) => StackName),
    withPrefix: (prefix) => withPrefix(client, prefix),
    resources: (name) => resources(client, name),
  };
}

function requestOf(wish: StackWish) {
  return {
    StackName: wish.name,
    TemplateBody: wish.template,
    Parameters: Object.entries(wish.parameters).map(([ParameterKey, value]) =>
      value === undefined ? { ParameterKey, UsePreviousValue: true } : { ParameterKey, ParameterValue: value },
    ),
    Tags: Object.entries(wish.tags).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
    ClientRequestToken: wish.token,
  };
}

async function describe(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return stack?.StackStatus === 'DELETE_COMPLETE' && !name.startsWith('arn:') ? undefined : stack;
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw error;
  }
}

async function events(client: CloudFormationClient, stackId: string, token: string): Promise<StackEvent[]> {
  const found: StackEvent[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeStackEventsCommand({ StackName: stackId, NextToken }));
    const mine = (page.StackEvents ?? []).filter((event) => event.ClientRequestToken === token);
    found.push(...mine);
    // Newest first: a page without any of ours lies before the operation.
    NextToken = mine.length > 0 ? page.NextToken : undefined;
  } while (NextToken !== undefined);
  return found.reverse();
}

async function withPrefix(client: CloudFormationClient, prefix: string): Promise<Stack[]> {
  const found: Stack[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeStacksCommand({ NextToken }));
    found.push(...(page.Stacks ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  const name = ({ StackName = '' }: Stack) => StackName;
  return found.filter((stack) => name(stack).startsWith(prefix)).sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

async function resources(client: CloudFormationClient, name: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const page of paginateListStackResources({ client }, { StackName: name }))
    for (const { LogicalResourceId = '', PhysicalResourceId = '', ResourceStatus } of page.StackResourceSummaries ?? [])
      if (ResourceStatus !== 'DELETE_COMPLETE') found[LogicalResourceId] = PhysicalResourceId;
  return found;
}
