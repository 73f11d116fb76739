/** Containers of a task: started in the order their dependencies allow, and what follows when one ends. */
import { containerStart } from './container-environment.ts';
import type { EcsContext } from './context.ts';
import { watchHealth } from './health-checks.ts';
import type { ContainerRecord, TaskRecord } from './state.ts';
import { containerDefinition as definitionOf } from './task-definitions.ts';
import { taskChanged } from './task-events.ts';
import { killKey } from './task-steps.ts';
import { containersStopped, requestStop, signalNext } from './task-stop.ts';

/** Starts what may start now; `up` runs once, when every essential container is running. */
export function startReadyContainers(context: EcsContext, task: TaskRecord, up: () => void): void {
  // Starting one may allow the next, so look again until nothing changes.
  let started = true;
  while (started) {
    const waiting = task.containers.filter((container) => container.status === 'PENDING');
    started = waiting.some((container) => startIfReady(context, task, container, up));
  }
  if (task.desiredStatus === 'STOPPED' || task.lastStatus !== 'PENDING') return;
  if (task.containers.every((container) => !container.essential || container.status === 'RUNNING')) up();
}

/** Whether it was started. A dependency that can't come true any more ends the task. */
function startIfReady(context: EcsContext, task: TaskRecord, container: ContainerRecord, up: () => void): boolean {
  if (task.desiredStatus === 'STOPPED') return false;
  const verdict = dependencyVerdict(context, task, container);
  if (verdict.problem !== undefined) requestStop(context, task, 'TaskFailedToStart', verdict.problem);
  if (verdict.wait || verdict.problem !== undefined) return false;
  startContainer(context, task, container, up);
  return true;
}

type Verdict = { wait: boolean; problem?: string };

function dependencyVerdict(context: EcsContext, task: TaskRecord, container: ContainerRecord): Verdict {
  let wait = false;
  for (const { containerName, condition } of definitionOf(context, task, container.name).dependsOn ?? []) {
    const other = task.containers.find((candidate) => candidate.name === containerName);
    if (!other) continue;
    if (isImpossible(other, condition)) {
      const problem = `Container ${container.name} depends on ${containerName} being ${condition}, which can't happen any more`;
      return { wait: false, problem };
    }
    if (!isMet(other, condition)) wait = true;
  }
  return { wait };
}

function isMet(other: ContainerRecord, condition: string): boolean {
  if (condition === 'START') return other.status !== 'PENDING';
  if (condition === 'HEALTHY') return other.health === 'HEALTHY';
  return other.status === 'STOPPED';
}

function isImpossible(other: ContainerRecord, condition: string): boolean {
  if (condition === 'SUCCESS') return other.status === 'STOPPED' && other.exitCode !== 0;
  if (condition === 'HEALTHY') return other.health === 'UNHEALTHY' || other.status === 'STOPPED';
  return false;
}

function startContainer(context: EcsContext, task: TaskRecord, container: ContainerRecord, up: () => void): void {
  const definition = definitionOf(context, task, container.name);
  const start = containerStart(context, task, container, definition);
  try {
    container.process = context.runtime.start(start, (code) => ended(context, task, container, code, up));
  } catch (error) {
    container.status = 'STOPPED';
    container.reason = `CannotStartContainerError: ${(error as Error).message}`;
    requestStop(context, task, 'TaskFailedToStart', container.reason);
    return;
  }
  container.status = 'RUNNING';
  container.startedAt = context.world.now();
  context.world.changed('ecs');
  if (definition.healthCheck) {
    watchHealth(context, task, container, start, definition.healthCheck, () => startReadyContainers(context, task, up));
  }
}

function ended(context: EcsContext, task: TaskRecord, container: ContainerRecord, code: number, up: () => void): void {
  if (container.status === 'STOPPED') return;
  container.status = 'STOPPED';
  container.exitCode = code;
  container.finishedAt = context.world.now();
  context.world.cancel(killKey(task, container));
  context.world.changed('ecs');
  if (task.lastStatus === 'STOPPING') {
    if (task.containers.some((one) => one.status === 'RUNNING')) signalNext(context, task);
    else containersStopped(context, task);
    return;
  }
  if (task.desiredStatus === 'STOPPED') return;
  if (container.essential) {
    requestStop(context, task, 'EssentialContainerExited', 'Essential container in task exited');
    return;
  }
  taskChanged(context, task);
  startReadyContainers(context, task, up);
}
