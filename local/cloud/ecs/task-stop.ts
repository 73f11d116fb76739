/** The way down: DEACTIVATING, STOPPING (SIGTERM, then SIGKILL), DEPROVISIONING (network interface), STOPPED. */
import type { EcsContext } from './context.ts';
import { stopWatchingHealth } from './health-checks.ts';
import type { ContainerRecord, StopCode, TaskRecord } from './state.ts';
import { containerDefinition as definitionOf } from './task-definitions.ts';
import { taskChanged } from './task-events.ts';
import { cancelStep, killKey, nextStep } from './task-steps.ts';

/** Seconds between SIGTERM and SIGKILL where the container names none (API reference, `stopTimeout`). */
const DEFAULT_STOP_TIMEOUT = 30;
/** AWS shows a stopped task for at least one hour. */
const REMEMBER_STOPPED_MS = 3_600_000;
/** A crash loop must not fill the state: the oldest are forgotten sooner. */
const REMEMBER_STOPPED_COUNT = 2_000;

/** Asks for the end of a task. The first reason stays; a task that is stopping already is left to it. */
export function requestStop(context: EcsContext, task: TaskRecord, code: StopCode, reason: string): void {
  if (task.desiredStatus === 'STOPPED') return;
  Object.assign(task, {
    desiredStatus: 'STOPPED',
    stopCode: code,
    stoppedReason: reason,
    stoppingAt: context.world.now(),
    protectedUntil: undefined,
  });
  cancelStep(context, task);
  stopWatchingHealth(context, task);
  // This event, still with the last status, is also Spot's warning.
  taskChanged(context, task);
  if (task.containers.every((container) => container.startedAt === undefined)) {
    containersStopped(context, task);
    return;
  }
  task.lastStatus = 'DEACTIVATING';
  taskChanged(context, task);
  nextStep(context, task, context.timing.deactivateMs, () => signalContainers(context, task));
}

function signalContainers(context: EcsContext, task: TaskRecord): void {
  task.lastStatus = 'STOPPING';
  taskChanged(context, task);
  if (task.containers.some((container) => container.status === 'RUNNING')) signalNext(context, task);
  else containersStopped(context, task);
}

/** SIGTERM to each container on which no running one depends any more: the order of the start, reversed. */
export function signalNext(context: EcsContext, task: TaskRecord): void {
  const running = task.containers.filter((container) => container.status === 'RUNNING');
  const needed = new Set(
    running.flatMap((one) => (definitionOf(context, task, one.name).dependsOn ?? []).map((edge) => edge.containerName)),
  );
  for (const container of running) {
    if (!container.signalled && !needed.has(container.name)) terminate(context, task, container);
  }
}

function terminate(context: EcsContext, task: TaskRecord, container: ContainerRecord): void {
  container.signalled = true;
  const patience = definitionOf(context, task, container.name).stopTimeout ?? DEFAULT_STOP_TIMEOUT;
  context.world.schedule(killKey(task, container), context.world.now() + patience * 1000, () =>
    context.runtime.signal(task.id, container.name, 'SIGKILL'),
  );
  context.runtime.signal(task.id, container.name, 'SIGTERM');
}

/** No container runs any more, or none ever did. */
export function containersStopped(context: EcsContext, task: TaskRecord): void {
  for (const container of task.containers) container.status = 'STOPPED';
  task.executionStoppedAt = context.world.now();
  task.lastStatus = 'DEPROVISIONING';
  taskChanged(context, task);
  context.noticed(task, 'room');
  nextStep(context, task, context.timing.deprovisionMs, () => finish(context, task));
}

/** The end. Also called for tasks whose processes went away with an earlier run of the cloud. */
export function finish(context: EcsContext, task: TaskRecord): void {
  context.runtime.close(task.id);
  if (task.interface) context.network.detachInterface(task.interface.networkInterfaceId);
  task.lastStatus = 'STOPPED';
  task.stoppedAt = context.world.now();
  context.live.remove(task);
  context.state.stopped.push(task.id);
  taskChanged(context, task);
  forgetOld(context);
  context.noticed(task, 'stopped');
}

function forgetOld(context: EcsContext): void {
  const { stopped, tasks } = context.state;
  const isOld = (id: string | undefined) =>
    id !== undefined && (tasks[id]?.stoppedAt ?? 0) < context.world.now() - REMEMBER_STOPPED_MS;
  while (stopped.length > REMEMBER_STOPPED_COUNT || isOld(stopped[0])) {
    delete tasks[stopped.shift() ?? ''];
  }
}
