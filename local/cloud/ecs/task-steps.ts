/** Timers of a task: one for the next step of its life, one for each container that was asked to end. */
import type { EcsContext } from './context.ts';
import type { ContainerRecord, TaskRecord } from './state.ts';

const stepKey = (task: TaskRecord) => `ecs/task/${task.id}`;

/** Replaces the step that was to come, which is how an order to stop overtakes a start. */
export function nextStep(context: EcsContext, task: TaskRecord, afterMs: number, run: () => void): void {
  context.world.schedule(stepKey(task), context.world.now() + afterMs, run);
}

export function cancelStep(context: EcsContext, task: TaskRecord): void {
  context.world.cancel(stepKey(task));
}

/** Timer of the SIGKILL that follows SIGTERM. */
export const killKey = (task: TaskRecord, container: ContainerRecord) => `ecs/kill/${task.id}/${container.name}`;
