/** CloudFormation stacks through the AWS SDK, which is loaded only by the commands that need it. */
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
  paginateListStackResources,
  paginateListStacks,
  type Stack,
  type StackEvent,
  type StackResourceSummary,
  StackStatus,
  type StackSummary,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { Failure, failsWith } from '../failure.ts';
import type { AwsAccess } from './access.ts';
import { LOOK_WHO_ANSWERS } from './answers.ts';
import { type ChangeSets, openChangeSets } from './change-sets.ts';
import { spoken } from './query-call.ts';
import { sdkConfig } from './sdk.ts';
import { sdkFailure } from './sdk-failures.ts';

export interface Stacks {
  region: string;
  /** undefined: there is none of this name. */
  describe(name: string): Promise<Stack | undefined>;
  changeSets: ChangeSets;
  /** Whether it can be deleted only once this is taken back. */
  protect(name: string, isProtected: boolean): Promise<void>;
  remove(name: string, token: string): Promise<void>;
  /** Of one operation and what came after it began, oldest first; by id, so that a deleted stack still answers. */
  events(stackId: string, token: string): Promise<StackEvent[]>;
  /** All stacks whose names begin with the prefix, by name. */
  withPrefix(prefix: string): Promise<StackSummary[]>;
  /** Physical ids of a stack's resources, by their names in its template. */
  resources(name: string): Promise<Record<string, string>>;
  /** What it has deleted with stacks whose names begin with the prefix; it remembers them for ninety days. */
  deleted(prefix: string): Promise<DeletedResource[]>;
}

export interface DeletedResource {
  /** Such as `AWS::EC2::Subnet`. */
  type: string;
  /** Physical: a name, an id or an ARN, by type. */
  id: string;
}

export function openStacks(access: AwsAccess): Stacks {
  const client = clientOf(access);
  return {
    region: access.region,
    describe: (name) => describe(client, name),
    changeSets: openChangeSets(client),
    protect: async (StackName, EnableTerminationProtection) => {
      await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection }));
    },
    remove: async (name, token) => {
      await client.send(new DeleteStackCommand({ StackName: name, ClientRequestToken: token }));
    },
    events: (stackId, token) => events(client, stackId, token),
    withPrefix: (prefix) => withPrefix(client, prefix, LIVING),
    resources: (name) => resources(client, name),
    deleted: (prefix) => deleted(client, prefix),
  };
}

/** What it throws is a Failure, whoever sends; `notFound` of a stack that is not there. */
function clientOf(access: AwsAccess): CloudFormationClient {
  const client = new CloudFormationClient(sdkConfig(access));
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) =>
        next(args).catch((error: unknown) => {
          const stack = 'StackName' in args.input ? ` (${args.input.StackName})` : '';
          throw sdkFailure(access, 'cloudformation', `${spoken(commandName.replace(/Command$/, ''))}${stack}`, error);
        }),
    { step: 'initialize', priority: 'high', name: 'failures' },
  );
  return client;
}

async function describe(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    // CloudFormation refuses a name that it does not know; a page in its place, such as a network's sign-in, parses as nothing.
    if (stack === undefined)
      throw new Failure('protocol', `could not describe stack ${name}: the answer names no stack`, {
        next: LOOK_WHO_ANSWERS,
      });
    return stack?.StackStatus === 'DELETE_COMPLETE' && !name.startsWith('arn:') ? undefined : stack;
  } catch (error) {
    if (failsWith(error, 'notFound')) return undefined;
    throw error;
  }
}

async function events(client: CloudFormationClient, stackId: string, token: string): Promise<StackEvent[]> {
  const found: StackEvent[] = [];
  const isOurs = (event: StackEvent) => event.ClientRequestToken === token;
  for await (const { StackEvents: page = [] } of paginateDescribeStackEvents({ client }, { StackName: stackId })) {
    found.push(...page);
    // Newest first: a page without any of ours lies before the operation.
    if (!page.some(isOurs)) break;
  }
  return found.slice(0, found.findLastIndex(isOurs) + 1).reverse();
}

/** By ListStacks: to describe all stacks of an account takes a right on all of them. */
async function withPrefix(
  client: CloudFormationClient,
  prefix: string,
  StackStatusFilter: StackStatus[],
): Promise<StackSummary[]> {
  const found: StackSummary[] = [];
  for await (const page of paginateListStacks({ client }, { StackStatusFilter }))
    found.push(...(page.StackSummaries ?? []));
  const name = ({ StackName = '' }: StackSummary) => StackName;
  return found.filter((stack) => name(stack).startsWith(prefix)).sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

/** Deleted stacks are listed for ninety days. */
const LIVING = Object.values(StackStatus).filter((status) => status !== 'DELETE_COMPLETE');

async function resources(client: CloudFormationClient, name: string): Promise<Record<string, string>> {
  const living = (await summaries(client, name)).filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
  return Object.fromEntries(
    living.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [LogicalResourceId, PhysicalResourceId]),
  );
}

async function deleted(client: CloudFormationClient, prefix: string): Promise<DeletedResource[]> {
  const found: DeletedResource[] = [];
  for (const { StackId = '' } of await withPrefix(client, prefix, ['DELETE_COMPLETE']))
    for (const { ResourceType, PhysicalResourceId, ResourceStatus } of await summaries(client, StackId))
      if (ResourceType && PhysicalResourceId && ResourceStatus === 'DELETE_COMPLETE')
        found.push({ type: ResourceType, id: PhysicalResourceId });
  return found;
}

async function summaries(client: CloudFormationClient, nameOrId: string): Promise<StackResourceSummary[]> {
  const found: StackResourceSummary[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: nameOrId }))
    found.push(...(page.StackResourceSummaries ?? []));
  return found;
}
