/** Which tasks to stop and how many to start, from the counts that the deployment configuration allows. */
import type { EcsContext } from './context.ts';
import { isHealthy, isProtected } from './readiness.ts';
import type { DeploymentRecord, ServiceRecord, TaskRecord } from './state.ts';

interface RolloutPlan {
  stop: TaskRecord[];
  /** Tasks of the primary deployment to start. */
  start: number;
  /** When the end of a protection will allow more; Infinity when none is in the way. */
  lookAgainAt: number;
}

export function planRollout(
  context: EcsContext,
  service: ServiceRecord,
  primary: DeploymentRecord,
  tasks: TaskRecord[],
): RolloutPlan {
  const wanted = tasks.filter((task) => task.desiredStatus === 'RUNNING');
  const mine = wanted.filter((task) => task.deploymentId === primary.id);
  const old = wanted.filter((task) => task.deploymentId !== primary.id);
  const isStalled = primary.rolloutState === 'FAILED';
  const missing = isStalled ? 0 : Math.max(0, service.desiredCount - mine.length);
  // Old tasks stay in place of the missing ones when a failed deployment launches nothing.
  const surplus = Math.max(0, mine.length - service.desiredCount);
  const room = Math.max(0, mostTasks(service) - occupying(tasks));
  const replaced = isStalled
    ? Math.max(0, wanted.length - service.desiredCount) - surplus
    : replaceable(context, service, mine, old, Math.max(0, missing - room));
  const chosenOld = choose(context, old, replaced);
  const chosenMine = choose(context, mine, surplus);
  return {
    stop: [...chosenOld.stop, ...chosenMine.stop],
    start: Math.min(missing, room),
    lookAgainAt: Math.min(chosenOld.lookAgainAt, chosenMine.lookAgainAt),
  };
}

/** API reference, `maximumPercent`: rounded down. */
const mostTasks = (service: ServiceRecord) =>
  Math.max(Math.floor((service.desiredCount * service.configuration.maximumPercent) / 100), 0);

/** API reference, `minimumHealthyPercent`: rounded up. */
const leastHealthy = (service: ServiceRecord) =>
  Math.ceil((service.desiredCount * service.configuration.minimumHealthyPercent) / 100);

/** Tasks whose containers may still run take their place, even when they have been told to stop. */
const occupying = (tasks: TaskRecord[]) => tasks.filter((task) => task.lastStatus !== 'DEPROVISIONING').length;

/**
 * How many tasks of older deployments may go: those that do not run, those whose place a healthy new one has taken,
 * and, where there is no room to start new ones otherwise, as many more as `minimumHealthyPercent` lets go.
 */
function replaceable(
  context: EcsContext,
  service: ServiceRecord,
  mine: TaskRecord[],
  old: TaskRecord[],
  lackingRoom: number,
): number {
  const serving = old.filter((task) => task.lastStatus === 'RUNNING').length;
  const healthy = serving + mine.filter((task) => isHealthy(context, task)).length;
  const beyondDesired = Math.max(0, healthy - service.desiredCount);
  const beyondLeast = Math.max(0, healthy - leastHealthy(service));
  return old.length - serving + Math.max(beyondDesired, Math.min(beyondLeast, lackingRoom));
}

/** Never a protected one; first what does not run yet, then the newest. */
function choose(context: EcsContext, tasks: TaskRecord[], count: number) {
  if (count <= 0) return { stop: [], lookAgainAt: Infinity };
  const free = tasks.filter((task) => !isProtected(context, task));
  const rank = (task: TaskRecord) => (task.lastStatus === 'RUNNING' ? 1 : 0);
  free.sort((a, b) => rank(a) - rank(b) || b.createdAt - a.createdAt);
  const stop = free.slice(0, count);
  const ends = tasks.filter((task) => isProtected(context, task)).map((task) => task.protectedUntil ?? Infinity);
  return { stop, lookAgainAt: stop.length < count ? ends.reduce((a, b) => Math.min(a, b), Infinity) : Infinity };
}
