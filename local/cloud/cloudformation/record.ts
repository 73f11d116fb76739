/** Writes down what happens to stacks and resources: status, stack event, EventBridge event. */
import type { Engine } from './engine.ts';
import type { Properties, Resource, ResourceStatus, Stack, StackEvent, StackStatus } from './state.ts';

const STACK_TYPE = 'AWS::CloudFormation::Stack';

/** AWS keeps events and deleted stacks for ninety days. */
const KEPT_MS = 90 * 24 * 60 * 60 * 1000;

export function setStackStatus(engine: Engine, stack: Stack, status: StackStatus, reason?: string): void {
  stack.status = status;
  stack.statusReason = reason;
  record(engine, stack, {
    id: engine.world.uuid(),
    at: engine.world.now(),
    logicalId: stack.name,
    physicalId: stack.id,
    resourceType: STACK_TYPE,
    status,
    reason,
    token: stack.operation?.token,
    properties: undefined,
  });
  engine.emit({
    source: 'aws.cloudformation',
    detailType: 'CloudFormation Stack Status Change',
    resources: [stack.id],
    detail: {
      'stack-id': stack.id,
      'status-details': { status, 'status-reason': reason ?? '' },
      'client-request-token': stack.operation?.token ?? '',
    },
  });
}

/** A resource as an event names it; what clean-up deletes is no longer among the stack's resources. */
type Subject = Pick<Resource, 'logicalId' | 'type'> & { physicalId: string; properties: Properties | undefined };

export function recordResource(
  engine: Engine,
  stack: Stack,
  subject: Subject,
  status: ResourceStatus,
  reason?: string,
): void {
  const at = engine.world.now();
  const token = stack.operation?.token;
  record(engine, stack, {
    id: `${subject.logicalId}-${engine.world.uuid()}`,
    at,
    logicalId: subject.logicalId,
    physicalId: subject.physicalId,
    resourceType: subject.type,
    status,
    reason,
    token,
    properties: subject.properties,
  });
  engine.emit({
    source: 'aws.cloudformation',
    detailType: 'CloudFormation Resource Status Change',
    resources: [stack.id],
    detail: {
      'stack-id': stack.id,
      'logical-resource-id': subject.logicalId,
      'physical-resource-id': subject.physicalId,
      'status-details': { status, 'status-reason': reason ?? '' },
      'resource-type': subject.type,
      'client-request-token': token ?? '',
    },
  });
}

export function setResourceStatus(
  engine: Engine,
  stack: Stack,
  resource: Resource,
  status: ResourceStatus,
  reason?: string,
): void {
  resource.status = status;
  resource.statusReason = reason;
  resource.updatedAt = engine.world.now();
  recordResource(engine, stack, subjectOf(resource), status, reason);
}

export const subjectOf = (resource: Resource): Subject => ({
  logicalId: resource.logicalId,
  type: resource.type,
  physicalId: resource.physical?.physicalId ?? '',
  properties: resource.physical?.properties,
});

function record(engine: Engine, stack: Stack, event: StackEvent): void {
  stack.events.push(event);
  const oldest = engine.world.now() - KEPT_MS;
  while ((stack.events[0]?.at ?? Number.POSITIVE_INFINITY) < oldest) stack.events.shift();
  engine.world.changed('cloudformation');
}

/** Forgets stacks that were deleted too long ago to be described. */
export function forgetOldStacks(engine: Engine): void {
  const oldest = engine.world.now() - KEPT_MS;
  for (const stack of Object.values(engine.state.stacks)) {
    if (stack.deletedAt !== undefined && stack.deletedAt < oldest) delete engine.state.stacks[stack.id];
  }
}
