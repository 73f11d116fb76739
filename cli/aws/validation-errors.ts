/** Why a change set failed: CloudFormation's own reason names a validation, and only its events name what is wrong. */
import type { OperationEvent } from '@aws-sdk/client-cloudformation';

/** One line for each, in the order of the events. */
export function validationErrors(events: readonly OperationEvent[]): string[] {
  return events.filter(stops).flatMap((event) => {
    const reason = event.ValidationStatusReason ?? event.HookStatusReason ?? event.ResourceStatusReason;
    return reason === undefined ? [] : [[placeOf(event), reason].filter(Boolean).join(': ')];
  });
}

/** The others only warn, such as of a repository that is not empty. */
const stops = ({ ValidationFailureMode, HookFailureMode }: OperationEvent): boolean =>
  (ValidationFailureMode ?? HookFailureMode) !== 'WARN';

function placeOf({ LogicalResourceId, ResourceType, ValidationPath }: OperationEvent): string {
  const resource = ResourceType === undefined ? LogicalResourceId : `${LogicalResourceId} (${ResourceType})`;
  return [LogicalResourceId && resource, ValidationPath].filter(Boolean).join(' at ');
}
