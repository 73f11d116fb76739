/** After a restart of the cloud: its tasks ended with it, so they are recorded as stopped and services start new ones. */
import type { EcsContext } from './context.ts';
import { wake } from './scheduler.ts';
import type { TaskRecord } from './state.ts';
import { finish } from './task-stop.ts';

export function resume(context: EcsContext): void {
  const interrupted = Object.values(context.state.tasks).filter((task) => task.lastStatus !== 'STOPPED');
  // All are indexed before any is ended, because an end makes the scheduler count the others.
  for (const task of interrupted) context.live.add(task);
  for (const task of interrupted) end(context, task);
  for (const service of Object.values(context.state.services)) {
    if (service.status !== 'INACTIVE') wake(context, service);
  }
}

/** A program may have outlived a cloud that was killed: it is ended before another takes its place. */
function end(context: EcsContext, task: TaskRecord): void {
  const now = context.world.now();
  for (const container of task.containers) {
    if (container.status === 'RUNNING' && container.process) context.runtime.reap(container.process);
    container.status = 'STOPPED';
  }
  task.desiredStatus = 'STOPPED';
  task.stoppingAt ??= now;
  task.executionStoppedAt ??= now;
  task.stopCode ??= 'InfrastructureHealth';
  task.stoppedReason ??= 'The local cloud was restarted; the processes of the task ended with the earlier run.';
  task.protectedUntil = undefined;
  finish(context, task);
}
