/** Why a stack's last operation failed: the first failure among its events, which is the cause; the later ones are symptoms. */
import {
  type CloudFormationClient,
  paginateDescribeStackEvents,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';

/** A stack's history may be long, and the last operation is at its beginning: 100 events a page. */
const PAGES_MAX = 5;

/** Null when the events name no cause. Throws CloudFormation's error. */
export async function firstFailure(cfn: CloudFormationClient, stackId: string): Promise<string | null> {
  let first: string | null = null;
  let pages = 0;
  // Newest first.
  for await (const page of paginateDescribeStackEvents({ client: cfn }, { StackName: stackId })) {
    for (const event of page.StackEvents ?? []) {
      if (isFailure(event)) first = `${event.LogicalResourceId}: ${event.ResourceStatusReason}`;
      if (beginsOperation(event, stackId)) return first;
    }
    pages += 1;
    if (pages === PAGES_MAX) break;
  }
  return first;
}

/** A resource that was called off because another had failed is no cause. */
function isFailure(event: StackEvent): boolean {
  const reason = event.ResourceStatusReason;
  return event.ResourceStatus?.endsWith('_FAILED') === true && reason !== undefined && !/cancelled/i.test(reason);
}

function beginsOperation(event: StackEvent, stackId: string): boolean {
  const begins = /^(CREATE|UPDATE|DELETE|UPDATE_ROLLBACK)_IN_PROGRESS$/.test(event.ResourceStatus ?? '');
  return event.PhysicalResourceId === stackId && begins && event.ResourceStatusReason === 'User Initiated';
}
