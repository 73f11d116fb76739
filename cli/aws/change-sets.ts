/** Change sets of CloudFormation: what an update would do, said before it is done. */
import {
  type Change,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  type ResourceChange,
} from '@aws-sdk/client-cloudformation';

export interface StackWish {
  name: string;
  template: string;
  /** Those that are left out have the template's default. */
  parameters: Record<string, string>;
  tags: Record<string, string>;
}

export interface ChangeSetState {
  status: string;
  reason: string;
  changes: ResourceChange[];
}

export interface ChangeSets {
  /**
   * Of a stack that is there, or of a new one, which it leaves in REVIEW_IN_PROGRESS. What the template names and an earlier stack kept
   * is taken over. @returns the change set's ARN
   */
  create(wish: StackWish, changeSet: string, isNew: boolean): Promise<string>;
  /** Changes of all pages. */
  describe(arn: string): Promise<ChangeSetState>;
  /** `token` marks the events of the operation. */
  execute(arn: string, token: string): Promise<void>;
  remove(arn: string): Promise<void>;
}

export function openChangeSets(client: CloudFormationClient): ChangeSets {
  return {
    create: async (wish, ChangeSetName, isNew) => {
      const request = {
        StackName: wish.name,
        ChangeSetName,
        ChangeSetType: isNew ? ('CREATE' as const) : ('UPDATE' as const),
        TemplateBody: wish.template,
        Parameters: Object.entries(wish.parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
        Tags: Object.entries(wish.tags).map(([Key, Value]) => ({ Key, Value })),
        Capabilities: ['CAPABILITY_NAMED_IAM' as const],
        ImportExistingResources: true,
      };
      return (await client.send(new CreateChangeSetCommand(request))).Id ?? ChangeSetName;
    },
    describe: (arn) => describe(client, arn),
    execute: async (ChangeSetName, ClientRequestToken) => {
      await client.send(new ExecuteChangeSetCommand({ ChangeSetName, ClientRequestToken }));
    },
    remove: async (ChangeSetName) => {
      await client.send(new DeleteChangeSetCommand({ ChangeSetName }));
    },
  };
}

async function describe(client: CloudFormationClient, ChangeSetName: string): Promise<ChangeSetState> {
  const changes: Change[] = [];
  let NextToken: string | undefined;
  let page: Awaited<ReturnType<typeof ask>>;
  const ask = (token: string | undefined) =>
    client.send(new DescribeChangeSetCommand({ ChangeSetName, NextToken: token }));
  do {
    page = await ask(NextToken);
    changes.push(...(page.Changes ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return {
    status: page.Status ?? '',
    reason: page.StatusReason ?? '',
    changes: changes.flatMap(({ ResourceChange }) => ResourceChange ?? []),
  };
}
