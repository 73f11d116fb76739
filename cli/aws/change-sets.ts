/** Change sets of CloudFormation: what an update would do, said before it is done. */
import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  ExecuteChangeSetCommand,
  type OperationEvent,
  paginateDescribeChangeSet,
  paginateDescribeEvents,
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

/** By the names of both, as rights are granted on stacks. */
export interface ChangeSetName {
  StackName: string;
  ChangeSetName: string;
}

export interface ChangeSets {
  /**
   * Of a stack that is there, or of a new one, which it leaves in REVIEW_IN_PROGRESS. What the template names and an earlier stack kept
   * is taken over.
   */
  create(wish: StackWish, name: ChangeSetName, isNew: boolean): Promise<void>;
  /** Changes of all pages. */
  describe(name: ChangeSetName): Promise<ChangeSetState>;
  /** Of all pages: what failed while it was made. */
  failures(name: ChangeSetName): Promise<OperationEvent[]>;
  /** `token` marks the events of the operation. */
  execute(name: ChangeSetName, token: string): Promise<void>;
  remove(name: ChangeSetName): Promise<void>;
}

export function openChangeSets(client: CloudFormationClient): ChangeSets {
  return {
    create: async (wish, name, isNew) => {
      const request = {
        ...name,
        // What the SDK sends again is the same change set, and no second one of its name.
        ClientToken: name.ChangeSetName,
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
      await client.send(new CreateChangeSetCommand(request));
    },
    describe: (name) => describe(client, name),
    failures: (name) => failures(client, name),
    execute: async (name, ClientRequestToken) => {
      await client.send(new ExecuteChangeSetCommand({ ...name, ClientRequestToken }));
    },
    remove: async (name) => {
      await client.send(new DeleteChangeSetCommand(name));
    },
  };
}

async function describe(client: CloudFormationClient, name: ChangeSetName): Promise<ChangeSetState> {
  const changes: ResourceChange[] = [];
  let [status, reason] = ['', ''];
  for await (const page of paginateDescribeChangeSet({ client }, name)) {
    [status, reason] = [page.Status ?? '', page.StatusReason ?? ''];
    changes.push(...(page.Changes ?? []).flatMap(({ ResourceChange }) => ResourceChange ?? []));
  }
  return { status, reason, changes };
}

async function failures(client: CloudFormationClient, name: ChangeSetName): Promise<OperationEvent[]> {
  const found: OperationEvent[] = [];
  for await (const page of paginateDescribeEvents({ client }, { ...name, Filters: { FailedEvents: true } }))
    found.push(...(page.OperationEvents ?? []));
  return found;
}
