/** Container health checks: every interval one probe; so many failures in a row make the container UNHEALTHY. */
import type { EcsContext } from './context.ts';
import type { ContainerStart } from './ports.ts';
import type { ContainerRecord, HealthCheck, TaskRecord } from './state.ts';

const checkKey = (task: TaskRecord, container: ContainerRecord) => `ecs/health/${task.id}/${container.name}`;

export function watchHealth(
  context: EcsContext,
  task: TaskRecord,
  container: ContainerRecord,
  start: ContainerStart,
  check: HealthCheck,
  becameHealthy: () => void,
): void {
  const startedAt = context.world.now();
  const again = () =>
    context.world.schedule(checkKey(task, container), context.world.now() + check.interval * 1000, probe);
  const probe = () =>
    context.runtime.probe(
      {
        taskId: task.id,
        containerName: container.name,
        command: programOf(check.command),
        environment: start.environment,
        timeoutMs: check.timeout * 1000,
      },
      (healthy) => {
        if (task.desiredStatus === 'STOPPED' || container.status !== 'RUNNING') return;
        const inGrace = context.world.now() < startedAt + check.startPeriod * 1000;
        if (healthy) passed(context, task, container, becameHealthy);
        else if (!inGrace || container.health === 'HEALTHY') failed(context, task, container, check);
        again();
      },
    );
  again();
}

export function stopWatchingHealth(context: EcsContext, task: TaskRecord): void {
  for (const container of task.containers) {
    if (container.checked) context.world.cancel(checkKey(task, container));
  }
}

function passed(context: EcsContext, task: TaskRecord, container: ContainerRecord, becameHealthy: () => void): void {
  container.failedChecks = 0;
  if (container.health === 'HEALTHY') return;
  container.health = 'HEALTHY';
  context.world.changed('ecs');
  becameHealthy();
  context.noticed(task, 'healthy');
}

function failed(context: EcsContext, task: TaskRecord, container: ContainerRecord, check: HealthCheck): void {
  container.failedChecks++;
  if (container.failedChecks < check.retries || container.health === 'UNHEALTHY') return;
  container.health = 'UNHEALTHY';
  context.world.changed('ecs');
  if (container.essential) context.noticed(task, 'unhealthy');
}

/** `CMD` runs the words that follow, `CMD-SHELL` hands one line to the shell. */
function programOf(command: string[]): string[] {
  const [kind, ...words] = command;
  if (kind === 'CMD') return words;
  return ['/bin/sh', '-c', kind === 'CMD-SHELL' ? words.join(' ') : command.join(' ')];
}
