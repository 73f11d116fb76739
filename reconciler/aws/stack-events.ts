/** What a stack's events tell: why its last operation failed, and who deployed what it is. */
import {
  type CloudFormationClient,
  paginateDescribeStackEvents,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { rests } from '../core/stack-table.ts';

/** A stack's history may be long, and the last operation is at its beginning: 100 events a page. */
const PAGES_MAX = 5;

/** Newest first, and no more than the newest pages of them. Throws CloudFormation's error. */
async function* newestEvents(cfn: CloudFormationClient, stackId: string): AsyncGenerator<StackEvent> {
  let pages = 0;
  for await (const page of paginateDescribeStackEvents({ client: cfn }, { StackName: stackId })) {
    yield* page.StackEvents ?? [];
    pages += 1;
    if (pages === PAGES_MAX) return;
  }
}

/** The first failure is the cause; the later ones are symptoms. Null when the events name none. Throws CloudFormation's error. */
export async function firstFailure(cfn: CloudFormationClient, stackId: string): Promise<string | null> {
  let first: string | null = null;
  for await (const event of newestEvents(cfn, stackId)) {
    if (isFailure(event)) first = `${event.LogicalResourceId}: ${event.ResourceStatusReason}`;
    if (beginsOperation(event, stackId)) return first;
  }
  return first;
}

/**
 * The newest operation whose outcome a stack at rest still is, by the token that all its events carry (API reference, `StackEvent`). What was rolled
 * back is none. Null: no event of one is kept any more. `behind`: the events do not tell of the change at `changedAt` yet, or not of its end.
 * Throws CloudFormation's error.
 */
export async function lastDeployment(
  cfn: CloudFormationClient,
  stackId: string,
  changedAt: Date | undefined,
): Promise<{ token: string } | 'behind' | null> {
  let isNewest = true;
  for await (const event of newestEvents(cfn, stackId)) {
    if (event.PhysicalResourceId !== stackId) continue;
    if (isNewest && isBehind(event, changedAt)) return 'behind';
    isNewest = false;
    if (isDeployed(event)) return { token: event.ClientRequestToken ?? '' };
  }
  return null;
}

/** Stacks and their events are read by two calls, and the second may answer with how it was a moment ago. */
const isBehind = ({ ResourceStatus, Timestamp }: StackEvent, changedAt: Date | undefined) =>
  !rests(ResourceStatus ?? '') || (Timestamp !== undefined && changedAt !== undefined && Timestamp < changedAt);

const isDeployed = ({ ResourceStatus }: StackEvent) =>
  /^((CREATE|UPDATE|IMPORT)_COMPLETE|UPDATE_COMPLETE_CLEANUP_IN_PROGRESS)$/.test(ResourceStatus ?? '');

/** A resource that was called off because another had failed is no cause. */
function isFailure(event: StackEvent): boolean {
  const reason = event.ResourceStatusReason;
  return event.ResourceStatus?.endsWith('_FAILED') === true && reason !== undefined && !/cancelled/i.test(reason);
}

function beginsOperation(event: StackEvent, stackId: string): boolean {
  const begins = /^(CREATE|UPDATE|DELETE|UPDATE_ROLLBACK)_IN_PROGRESS$/.test(event.ResourceStatus ?? '');
  return event.PhysicalResourceId === stackId && begins && event.ResourceStatusReason === 'User Initiated';
}
