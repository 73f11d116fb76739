/** Launching tasks of a deployment: placement, capacity providers, and the back-off when starts keep failing. */
import { chooseProviders } from './capacity-choice.ts';
import type { EcsContext } from './context.ts';
import { countFailure } from './deployments.ts';
import { capacityProviderArn } from './names.ts';
import { emitAction, say } from './service-events.ts';
import type { DeploymentRecord, ServiceRecord, Tag, TaskDefinitionRecord, TaskRecord } from './state.ts';
import { createTask } from './task-creation.ts';
import { findTaskDefinition } from './task-definitions.ts';

/** Names of tasks in one event message. */
const NAMED_TASKS = 10;
/** So many failed starts in a row are called inconsistent. */
const IMPAIRED_AFTER = 3;
const TROUBLESHOOTING = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

export function launchTasks(
  context: EcsContext,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  count: number,
): void {
  if (count === 0 || context.world.now() < service.notBefore) return;
  const definition = findTaskDefinition(context, deployment.revision.taskDefinition);
  if (!definition) return;
  const providers = chooseProviders(context, service, deployment, count);
  const launched: TaskRecord[] = [];
  for (const provider of providers) {
    const problem = context.faults.placement?.({
      clusterName: service.clusterName,
      serviceName: service.name,
      capacityProvider: provider,
    });
    if (problem !== undefined) {
      placementFailed(context, service, deployment, provider, problem);
      break;
    }
    launched.push(launchOne(context, service, deployment, definition, provider));
  }
  sayStarted(context, service, launched);
}

function launchOne(
  context: EcsContext,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  definition: TaskDefinitionRecord,
  provider: string | undefined,
): TaskRecord {
  return createTask(context, {
    clusterName: service.clusterName,
    definition,
    network: deployment.revision.network ?? { subnets: [], securityGroups: [], assignPublicIp: 'DISABLED' },
    group: `service:${service.name}`,
    service: service.arn,
    deploymentId: deployment.id,
    capacityProvider: provider,
    platformVersion: deployment.revision.platformVersion,
    tags: tagsFor(service, definition),
  });
}

function tagsFor(service: ServiceRecord, definition: TaskDefinitionRecord): Tag[] {
  const propagated = { SERVICE: service.tags, TASK_DEFINITION: definition.tags, NONE: [] }[service.propagateTags];
  if (!service.enableECSManagedTags) return [...propagated];
  return [
    ...propagated,
    { key: 'aws:ecs:clusterName', value: service.clusterName },
    { key: 'aws:ecs:serviceName', value: service.name },
  ];
}

function sayStarted(context: EcsContext, service: ServiceRecord, tasks: TaskRecord[]): void {
  for (let first = 0; first < tasks.length; first += NAMED_TASKS) {
    const named = tasks.slice(first, first + NAMED_TASKS);
    say(context, service, `has started ${named.length} tasks: ${named.map((task) => `(task ${task.id})`).join(' ')}.`);
  }
}

function placementFailed(
  context: EcsContext,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  provider: string | undefined,
  reason: string,
): void {
  say(context, service, `was unable to place a task. Reason: ${reason.replace(/\.$/, '')}. ${TROUBLESHOOTING}`);
  emitAction(context, service, 'ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', {
    ...(provider === undefined ? {} : { capacityProviderArns: [capacityProviderArn(context.world, provider)] }),
    reason: 'RESOURCE:FARGATE',
  });
  noteFailedStart(context, service);
  countFailure(context, service, deployment);
}

/** Doubles the wait before the next launch (service throttle logic: tasks that go from PENDING to STOPPED). */
export function noteFailedStart(context: EcsContext, service: ServiceRecord): void {
  // Tasks that were launched together and fail together are one failure.
  if (context.world.now() < service.notBefore) return;
  service.startFailures++;
  const wait = context.timing.backOffFirstMs * 2 ** (service.startFailures - 1);
  service.notBefore = context.world.now() + Math.min(wait, context.timing.backOffLongestMs);
  if (service.startFailures < IMPAIRED_AFTER) return;
  say(context, service, `is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`);
  emitAction(context, service, 'WARN', 'SERVICE_TASK_START_IMPAIRED');
}
