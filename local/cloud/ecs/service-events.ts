/** What the scheduler says of a service: its list of events, and EventBridge's service action and deployment events. */
import type { EcsContext } from './context.ts';
import { clusterArn, isoInstant } from './names.ts';
import type { DeploymentRecord, ServiceRecord } from './state.ts';

/** DescribeServices shows the newest hundred. */
const KEPT_EVENTS = 100;

export function say(context: EcsContext, service: ServiceRecord, message: string): void {
  const { world } = context;
  service.events.unshift({ id: world.uuid(), createdAt: world.now(), message: `(service ${service.name}) ${message}` });
  service.events.length = Math.min(service.events.length, KEPT_EVENTS);
  world.changed('ecs');
}

type ActionName =
  | 'SERVICE_STEADY_STATE'
  | 'SERVICE_TASK_START_IMPAIRED'
  | 'SERVICE_TASK_PLACEMENT_FAILURE'
  | 'SERVICE_TASK_CONFIGURATION_FAILURE'
  | 'TASKS_STOPPED';

export function emitAction(
  context: EcsContext,
  service: ServiceRecord,
  eventType: 'INFO' | 'WARN' | 'ERROR',
  eventName: ActionName,
  more: Record<string, unknown> = {},
): void {
  context.emit({
    source: 'aws.ecs',
    detailType: 'ECS Service Action',
    resources: [service.arn],
    detail: {
      eventType,
      eventName,
      clusterArn: clusterArn(context.world, service.clusterName),
      createdAt: isoInstant(context.world.now()),
      ...more,
    },
  });
}

/** AWS gives these no cluster ARN: a rule must look at `resources`. */
export function emitDeployment(context: EcsContext, service: ServiceRecord, deployment: DeploymentRecord): void {
  context.emit({
    source: 'aws.ecs',
    detailType: 'ECS Deployment State Change',
    resources: [service.arn],
    detail: {
      eventType: deployment.rolloutState === 'FAILED' ? 'ERROR' : 'INFO',
      eventName: `SERVICE_DEPLOYMENT_${deployment.rolloutState}`,
      deploymentId: deployment.id,
      updatedAt: isoInstant(deployment.updatedAt),
      reason: deployment.rolloutStateReason,
    },
  });
}
