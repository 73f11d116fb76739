/** When a task counts as healthy: its health checks say so or, without any, it has run long enough. */
import type { EcsContext } from './context.ts';
import { healthOf } from './describe-task.ts';
import type { TaskRecord } from './state.ts';

export function isHealthy(context: EcsContext, task: TaskRecord): boolean {
  if (task.lastStatus !== 'RUNNING' || task.desiredStatus === 'STOPPED') return false;
  if (hasChecks(task)) return healthOf(task) === 'HEALTHY';
  return ranFor(context, task) >= context.timing.healthyAfterMs;
}

/** Of a task that has ended: whether it had been healthy, so that its end is no failure to start. */
export function startedHealthy(context: EcsContext, task: TaskRecord): boolean {
  return task.becameHealthy || (!hasChecks(task) && ranFor(context, task) >= context.timing.healthyAfterMs);
}

const hasChecks = (task: TaskRecord) => task.containers.some((container) => container.essential && container.checked);

function ranFor(context: EcsContext, task: TaskRecord): number {
  return task.startedAt === undefined ? -1 : (task.stoppingAt ?? context.world.now()) - task.startedAt;
}

export const isProtected = (context: EcsContext, task: TaskRecord): boolean =>
  task.protectedUntil !== undefined && task.protectedUntil > context.world.now();
