/** The way up: PROVISIONING (network interface), PENDING (images, containers), ACTIVATING, RUNNING. */

import { takeAddress } from './addresses.ts';
import { startReadyContainers } from './containers.ts';
import type { EcsContext } from './context.ts';
import type { TaskRecord } from './state.ts';
import { findTaskDefinition } from './task-definitions.ts';
import { taskChanged } from './task-events.ts';
import { nextStep } from './task-steps.ts';
import { requestStop } from './task-stop.ts';

export function beginTask(context: EcsContext, task: TaskRecord): void {
  taskChanged(context, task);
  nextStep(context, task, context.timing.provisionMs, () => provisioned(context, task));
}

function provisioned(context: EcsContext, task: TaskRecord): void {
  const volumes = findTaskDefinition(context, task.taskDefinition)?.volumes ?? [];
  context.runtime.open({ taskId: task.id, volumes: volumes.map(({ name }) => name) }, ({ address, problem }) => {
    // It takes a moment, in which the task was perhaps stopped.
    if (task.desiredStatus === 'STOPPED') return;
    if (problem === undefined) opened(context, task, address ?? takeAddress(context));
    else requestStop(context, task, 'TaskFailedToStart', `ResourceInitializationError: ${problem}`);
  });
}

function opened(context: EcsContext, task: TaskRecord, address: string): void {
  try {
    attach(context, task, address);
  } catch (error) {
    requestStop(context, task, 'TaskFailedToStart', `ResourceInitializationError: ${(error as Error).message}`);
    return;
  }
  task.lastStatus = 'PENDING';
  task.pullStartedAt = context.world.now();
  taskChanged(context, task);
  nextStep(context, task, context.timing.pullMs, () => pull(context, task));
}

/** The address serves as the private and, where one is asked for, as the public one: all are of this machine. */
function attach(context: EcsContext, task: TaskRecord, address: string): void {
  const subnetId = task.network.subnets[Math.floor(context.world.random() * task.network.subnets.length)] ?? '';
  const attachmentId = context.world.uuid();
  const { availabilityZone, ...card } = context.network.attachInterface({
    subnetId,
    securityGroupIds: task.network.securityGroups,
    privateAddress: address,
    publicAddress: task.network.assignPublicIp === 'ENABLED' ? address : undefined,
    description: `arn:aws:ecs:${context.world.region}:${context.world.account}:attachment/${attachmentId}`,
  });
  task.availabilityZone = availabilityZone;
  task.interface = { attachmentId, subnetId, address, ...card };
}

/** The images of the task's containers from this one on. */
function pull(context: EcsContext, task: TaskRecord, index = 0): void {
  const container = task.containers[index];
  if (!container) {
    pulled(context, task);
    return;
  }
  context.runtime.pull(container.image, (problem) => {
    // It may take minutes, in which the task was perhaps stopped.
    if (task.desiredStatus === 'STOPPED') return;
    if (problem === undefined) {
      pull(context, task, index + 1);
      return;
    }
    container.reason = `CannotPullContainerError: ${problem}`;
    requestStop(context, task, 'TaskFailedToStart', container.reason);
  });
}

function pulled(context: EcsContext, task: TaskRecord): void {
  task.pullStoppedAt = context.world.now();
  startReadyContainers(context, task, () => containersAreUp(context, task));
}

function containersAreUp(context: EcsContext, task: TaskRecord): void {
  task.lastStatus = 'ACTIVATING';
  taskChanged(context, task);
  nextStep(context, task, context.timing.activateMs, () => activated(context, task));
}

function activated(context: EcsContext, task: TaskRecord): void {
  task.lastStatus = 'RUNNING';
  task.startedAt = context.world.now();
  taskChanged(context, task);
  context.noticed(task, 'running');
}
