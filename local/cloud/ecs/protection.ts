/** Task scale-in protection: which tasks neither scale-in nor a deployment may stop, and until when. */
import { activeCluster } from './clusters.ts';
import type { EcsContext } from './context.ts';
import { invalidParameter } from './failures.ts';
import { seconds, shortName, taskArn } from './names.ts';
import { isProtected } from './readiness.ts';
import { wake } from './scheduler.ts';
import type { ServiceRecord, TaskRecord } from './state.ts';
import { findTask } from './task-operations.ts';

const DEFAULT_MINUTES = 120;
const MOST_MINUTES = 2_880;
const MOST_TASKS = 10;

export interface ProtectedTask {
  taskArn: string;
  protectionEnabled: boolean;
  /** Seconds since the epoch. */
  expirationDate?: number;
}
export interface ProtectionFailure {
  arn: string;
  reason: string;
  detail?: string;
}
export interface ProtectionResult {
  protectedTasks: ProtectedTask[];
  failures: ProtectionFailure[];
}

export interface UpdateProtectionInput {
  cluster: string;
  tasks: string[];
  protectionEnabled: boolean;
  expiresInMinutes?: number;
}
export function updateTaskProtection(context: EcsContext, input: UpdateProtectionInput): ProtectionResult {
  if (typeof input.protectionEnabled !== 'boolean') throw invalidParameter('protectionEnabled must be specified.');
  const minutes = input.expiresInMinutes ?? DEFAULT_MINUTES;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MOST_MINUTES) {
    throw invalidParameter(`expiresInMinutes must be between 1 and ${MOST_MINUTES}, not ${minutes}.`);
  }
  return forEachTask(context, input.cluster, input.tasks, (task, service) => {
    if (input.protectionEnabled && isBlocked(context, task, service)) {
      return {
        arn: task.arn,
        reason: 'DEPLOYMENT_BLOCKED',
        detail: `Service ${service.name} would have more protected tasks than its desired count of ${service.desiredCount}.`,
      };
    }
    task.protectedUntil = input.protectionEnabled ? context.world.now() + minutes * 60_000 : undefined;
    context.world.changed('ecs');
    wake(context, service);
    return describe(context, task);
  });
}

export function getTaskProtection(context: EcsContext, input: { cluster: string; tasks?: string[] }): ProtectionResult {
  return forEachTask(context, input.cluster, input.tasks ?? [], (task) => describe(context, task));
}

/** Developer guide: this failure means more protected tasks than the service's desired count. */
function isBlocked(context: EcsContext, task: TaskRecord, service: ServiceRecord): boolean {
  const others = context.live.of(service).filter((other) => other.id !== task.id && isProtected(context, other));
  return others.length >= service.desiredCount;
}

function describe(context: EcsContext, task: TaskRecord): ProtectedTask {
  if (!isProtected(context, task)) return { taskArn: task.arn, protectionEnabled: false };
  return { taskArn: task.arn, protectionEnabled: true, expirationDate: seconds(task.protectedUntil) };
}

function forEachTask(
  context: EcsContext,
  clusterName: string,
  names: string[] | undefined,
  run: (task: TaskRecord, service: ServiceRecord) => ProtectedTask | ProtectionFailure,
): ProtectionResult {
  const cluster = activeCluster(context, clusterName);
  const asked = names ?? [];
  if (asked.length === 0) throw invalidParameter('Tasks cannot be empty.');
  if (asked.length > MOST_TASKS) throw invalidParameter(`Tasks cannot have more than ${MOST_TASKS} elements.`);
  const result: ProtectionResult = { protectedTasks: [], failures: [] };
  for (const name of asked) {
    const task = findTask(context, cluster, name);
    const arn = taskArn(context.world, cluster.name, shortName(name));
    const answer = task ? ofServiceTask(context, task, run) : { arn, reason: 'MISSING' };
    if ('reason' in answer) result.failures.push(answer);
    else result.protectedTasks.push(answer);
  }
  return result;
}

function ofServiceTask(
  context: EcsContext,
  task: TaskRecord,
  run: (task: TaskRecord, service: ServiceRecord) => ProtectedTask | ProtectionFailure,
): ProtectedTask | ProtectionFailure {
  const service = task.service === undefined ? undefined : context.state.services[task.service];
  if (service && task.desiredStatus === 'RUNNING') return run(task, service);
  return {
    arn: task.arn,
    reason: 'TASK_NOT_VALID',
    detail: service ? 'The task is stopping.' : 'The task does not belong to a service.',
  };
}
