/** Why tasks of a service end that ought to run. The service's events say no more than that they do; the tasks themselves say why, for an hour. */
import {
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  type Service,
  type ServiceEvent,
  type Task,
} from '@aws-sdk/client-ecs';

const BY_ITSELF = new Set<string | undefined>(['TaskFailedToStart', 'EssentialContainerExited']);
const UNHEALTHY = /failed container health checks/;
const IMPAIRED = /unable to consistently start tasks|deployment failed/;
/** ECS rolls back to what was before; why it did is news for a while. */
const NEWS_MS = 5 * 60_000;
/** Tasks that have run count neither as failed ones nor for the circuit breaker (containers-roadmap#1206): so long after the first start of a service that is short of tasks they are looked at. */
const STARTED_MS = 3 * 60_000;

/**
 * Of the newest such task of the current deployment, or of one that ended just now. Without its id, so that one that fails like the one before it says nothing new.
 * @returns null where none has failed, and where ECS does not say: an explanation is no reason to fail
 */
export async function whyTasksFail(
  ecs: ECSClient,
  ecsCluster: string,
  service: Service,
  now: number,
): Promise<string | null> {
  if (!seemsToFail(service, now)) return null;
  try {
    const serviceName = service.serviceName ?? '';
    const list = new ListTasksCommand({ cluster: ecsCluster, serviceName, desiredStatus: 'STOPPED' });
    const { taskArns = [] } = await ecs.send(list);
    if (taskArns.length === 0) return null;
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: ecsCluster, tasks: taskArns }));
    const [newest] = tasks.filter((task) => hasFailed(task, service, now)).sort((a, b) => endOf(b) - endOf(a));
    return newest ? `its tasks fail: ${reasonOf(newest)}` : null;
  } catch {
    return null;
  }
}

/** A look at the tasks of a service that starts as it should would tell nothing. */
function seemsToFail(service: Service, now: number): boolean {
  const { desiredCount = 0, runningCount = 0, deployments = [] } = service;
  const news = sinceSteady(service);
  // With room to (maximumPercent) ECS starts the one that replaces it first: no count falls.
  if (news.some(({ message = '' }) => UNHEALTHY.test(message))) return true;
  if (runningCount >= desiredCount) return false;
  const hasFailures = deployments.some(({ failedTasks = 0 }) => failedTasks > 0);
  const isLong = ({ message = '', createdAt }: ServiceEvent) =>
    message.includes('has started') && createdAt !== undefined && now - createdAt.getTime() > STARTED_MS;
  return hasFailures || news.some((event) => IMPAIRED.test(event.message ?? '') || isLong(event));
}

/** Newest first. A steady state that was reached later makes older troubles history. */
export function sinceSteady({ events = [] }: Service): ServiceEvent[] {
  const steady = events.findIndex(({ message = '' }) => /has reached a steady state/.test(message));
  return steady < 0 ? events : events.slice(0, steady);
}

function hasFailed(task: Task, service: Service, now: number): boolean {
  const { deployments = [], events = [] } = service;
  const steadyAt = events[sinceSteady(service).length]?.createdAt?.getTime() ?? 0;
  const isPrimary = deployments.some(({ id, status }) => status === 'PRIMARY' && id === task.startedBy);
  const isOfNow = isPrimary && endOf(task) >= steadyAt;
  return (
    (isOfNow || now - endOf(task) < NEWS_MS) &&
    (BY_ITSELF.has(task.stopCode) || UNHEALTHY.test(task.stoppedReason ?? ''))
  );
}

const endOf = (task: Task): number => (task.stoppingAt ?? task.stoppedAt)?.getTime() ?? 0;

function reasonOf({ stoppedReason = 'ECS does not say why', containers = [] }: Task): string {
  const ends = containers.flatMap(({ name, exitCode, reason }) => {
    const says = [
      exitCode ? `exit code ${exitCode}` : [],
      reason && !stoppedReason.includes(reason) ? reason : [],
    ].flat();
    return says.length > 0 ? [`container ${name}: ${says.join(', ')}`] : [];
  });
  return [stoppedReason.replace(/\.$/, ''), ...ends].join('; ');
}
