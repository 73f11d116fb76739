/** The service scheduler: one look at a service compares its tasks with what is wanted, and starts or stops some. */
import type { EcsContext, TaskMoment } from './context.ts';
import { completeDeployment, countFailure, primaryOf } from './deployments.ts';
import { launchTasks, noteFailedStart } from './launching.ts';
import { isHealthy, startedHealthy } from './readiness.ts';
import { planRollout } from './rollout-plan.ts';
import { emitAction, say } from './service-events.ts';
import type { DeploymentRecord, ServiceRecord, StopCode, TaskRecord } from './state.ts';
import { requestStop } from './task-stop.ts';

/** Names of tasks in one event message. */
const NAMED_TASKS = 10;

/** Looks at the service as soon as what goes on now is done; many calls at one instant make one look. */
export function wake(context: EcsContext, service: ServiceRecord, at = context.world.now()): void {
  const isLater = at > context.world.now();
  context.world.schedule(`ecs/service/${service.arn}${isLater ? '/later' : ''}`, at, () => look(context, service));
}

/** What tasks report. */
export function noticed(context: EcsContext, task: TaskRecord, moment: TaskMoment): void {
  const service = task.service === undefined ? undefined : context.state.services[task.service];
  if (!service) return;
  if (moment === 'running') service.startFailures = 0;
  if (moment === 'unhealthy') replaceUnhealthy(context, service, task);
  if (moment === 'room') noteUnexpectedEnd(context, service, task);
  wake(context, service);
}

function replaceUnhealthy(context: EcsContext, service: ServiceRecord, task: TaskRecord): void {
  if (task.desiredStatus === 'STOPPED') return;
  say(context, service, `(task ${task.id}) failed container health checks.`);
  requestStop(context, task, 'ServiceSchedulerInitiated', 'Task failed container health checks');
}

const UNEXPECTED: (StopCode | undefined)[] = ['TaskFailedToStart', 'EssentialContainerExited'];

function noteUnexpectedEnd(context: EcsContext, service: ServiceRecord, task: TaskRecord): void {
  const unhealthy = task.stoppedReason === 'Task failed container health checks';
  if (!unhealthy && !UNEXPECTED.includes(task.stopCode)) return;
  if (task.startedAt === undefined) {
    noteFailedStart(context, service);
  } else {
    service.notBefore = Math.max(service.notBefore, context.world.now() + context.timing.replacementMs);
  }
  if (startedHealthy(context, task)) return;
  const deployment = service.deployments.find((one) => one.id === task.deploymentId);
  if (deployment) countFailure(context, service, deployment);
}

function look(context: EcsContext, service: ServiceRecord): void {
  if (service.status === 'INACTIVE') return;
  const tasks = context.live.of(service);
  if (service.status === 'DRAINING') {
    drain(context, service, tasks);
    return;
  }
  const primary = primaryOf(service);
  if (!primary) return;
  noteHealthy(context, service, primary, tasks);
  const plan = planRollout(context, service, primary, tasks);
  stopTasks(context, service, plan.stop);
  launchTasks(context, service, primary, plan.start);
  const current = primaryOf(service);
  // A roll-back in the midst of it: look again with the other deployment.
  if (current !== primary) wake(context, service);
  else settle(context, service, primary);
  const next = Math.min(plan.lookAgainAt, nextHealthyAt(context, tasks), plan.start > 0 ? service.notBefore : Infinity);
  if (Number.isFinite(next) && next > context.world.now()) wake(context, service, next);
}

function drain(context: EcsContext, service: ServiceRecord, tasks: TaskRecord[]): void {
  stopTasks(
    context,
    service,
    tasks.filter((task) => task.desiredStatus === 'RUNNING'),
  );
  if (context.live.of(service).length > 0) return;
  service.status = 'INACTIVE';
  service.deployments = [];
  context.world.changed('ecs');
}

function stopTasks(context: EcsContext, service: ServiceRecord, tasks: TaskRecord[]): void {
  for (const task of tasks) {
    const reason = `Scaling activity initiated by (deployment ${task.deploymentId})`;
    requestStop(context, task, 'ServiceSchedulerInitiated', reason);
  }
  for (let first = 0; first < tasks.length; first += NAMED_TASKS) {
    const named = tasks.slice(first, first + NAMED_TASKS);
    say(
      context,
      service,
      `has stopped ${named.length} running tasks: ${named.map((task) => `(task ${task.id})`).join(' ')}.`,
    );
    emitAction(context, service, 'INFO', 'TASKS_STOPPED', { taskArns: named.map((task) => task.arn) });
  }
}

/** A healthy task shows that the revision works: failures before it no longer count. */
function noteHealthy(
  context: EcsContext,
  service: ServiceRecord,
  primary: DeploymentRecord,
  tasks: TaskRecord[],
): void {
  const resets = service.configuration.deploymentCircuitBreaker.resetOnHealthyTask ?? true;
  for (const task of tasks) {
    if (task.becameHealthy || !isHealthy(context, task)) continue;
    task.becameHealthy = true;
    if (resets && task.deploymentId === primary.id) primary.failedTasks = 0;
  }
}

/** When the first task that only has to stay up a while longer will count as healthy. */
function nextHealthyAt(context: EcsContext, tasks: TaskRecord[]): number {
  let next = Infinity;
  for (const task of tasks) {
    if (task.lastStatus !== 'RUNNING' || task.becameHealthy || task.startedAt === undefined) continue;
    if (!task.containers.some((container) => container.essential && container.checked)) {
      next = Math.min(next, task.startedAt + context.timing.healthyAfterMs);
    }
  }
  return next;
}

/** Drops deployments without tasks, completes the primary one, and says when all is as it should be. */
function settle(context: EcsContext, service: ServiceRecord, primary: DeploymentRecord): void {
  const tasks = context.live.of(service);
  const inUse = new Set(tasks.map((task) => task.deploymentId));
  service.deployments = service.deployments.filter((one) => one.status === 'PRIMARY' || inUse.has(one.id));
  const mine = tasks.filter((task) => task.deploymentId === primary.id && task.desiredStatus === 'RUNNING');
  const healthy = mine.filter((task) => isHealthy(context, task)).length;
  if (primary.rolloutState === 'IN_PROGRESS' && isDone(service, healthy)) {
    completeDeployment(context, service, primary);
  }
  const steady =
    primary.rolloutState === 'COMPLETED' &&
    service.deployments.length === 1 &&
    tasks.length === service.desiredCount &&
    healthy === service.desiredCount;
  if (steady && !service.steady) {
    say(context, service, 'has reached a steady state.');
    emitAction(context, service, 'INFO', 'SERVICE_STEADY_STATE');
  }
  service.steady = steady;
}

/** With early success criteria a part of the tasks is enough, and old tasks may still be there. */
function isDone(service: ServiceRecord, healthy: number): boolean {
  const early = service.configuration.earlySuccessCriteria;
  const share = early?.enable ? (early.healthyPercent ?? 100) : 100;
  const mayLeaveOld = early?.enable === true && early.sourceServiceRevisionCleanup === 'DEFERRED';
  const enough = healthy >= Math.ceil((service.desiredCount * share) / 100);
  return enough && (mayLeaveOld || service.deployments.length === 1);
}
