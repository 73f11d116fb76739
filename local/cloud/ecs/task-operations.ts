/** RunTask, StopTask, DescribeTasks and ListTasks. */
import { nextProvider } from './capacity-choice.ts';
import { activeCluster, type StrategyInput } from './clusters.ts';
import type { EcsContext } from './context.ts';
import { describeTask } from './describe-task.ts';
import { invalidParameter } from './failures.ts';
import { shortName, taskArn } from './names.ts';
import { type PageInput, pageOf } from './paging.ts';
import { capacityOf, type NetworkInput, networkOf, requireFargate } from './service-input.ts';
import type { ClusterRecord, StrategyItem, Tag, TaskOverride, TaskRecord } from './state.ts';
import { createTask } from './task-creation.ts';
import { usableTaskDefinition } from './task-definitions.ts';
import { requestStop } from './task-stop.ts';

const MOST_RUN = 10;
const MOST_DESCRIBED = 100;

export interface RunTaskInput {
  cluster?: string;
  taskDefinition: string;
  count?: number;
  group?: string;
  launchType?: string;
  capacityProviderStrategy?: StrategyInput[];
  networkConfiguration?: NetworkInput;
  overrides?: Partial<TaskOverride>;
  propagateTags?: string;
  startedBy?: string;
  clientToken?: string;
  tags?: Tag[];
}

export function runTask(context: EcsContext, input: RunTaskInput) {
  const cluster = activeCluster(context, input.cluster);
  const count = input.count ?? 1;
  if (count < 1 || count > MOST_RUN) throw invalidParameter(`count must be between 1 and ${MOST_RUN}, not ${count}.`);
  const repeated = startedWith(context, cluster, input.clientToken);
  const tasks = repeated.length > 0 ? repeated : startTasks(context, cluster, input, count);
  return { tasks: tasks.map((task) => describeTask(context, task)), failures: [] };
}

function startTasks(context: EcsContext, cluster: ClusterRecord, input: RunTaskInput, count: number): TaskRecord[] {
  const definition = usableTaskDefinition(context, input.taskDefinition);
  requireFargate(definition);
  const { strategy } = capacityOf(cluster, input.launchType, input.capacityProviderStrategy);
  const network = networkOf(input.networkConfiguration, definition);
  const propagated = input.propagateTags === 'TASK_DEFINITION' ? definition.tags : [];
  const counts = new Map<string, number>();
  return Array.from({ length: count }, () =>
    createTask(context, {
      clusterName: cluster.name,
      definition,
      network: network ?? { subnets: [], securityGroups: [], assignPublicIp: 'DISABLED' },
      group: input.group ?? `family:${definition.family}`,
      startedBy: input.startedBy,
      clientToken: input.clientToken,
      capacityProvider: takeProvider(strategy, counts),
      overrides: { containerOverrides: [], ...input.overrides },
      tags: [...propagated, ...(input.tags ?? [])],
    }),
  );
}

function takeProvider(strategy: StrategyItem[], counts: Map<string, number>): string | undefined {
  const chosen = nextProvider(strategy, counts);
  if (chosen !== undefined) counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  return chosen;
}

function startedWith(context: EcsContext, cluster: ClusterRecord, token: string | undefined): TaskRecord[] {
  if (token === undefined) return [];
  return Object.values(context.state.tasks).filter(
    (task) => task.clientToken === token && task.clusterName === cluster.name,
  );
}

export function stopTask(context: EcsContext, input: { cluster?: string; task: string; reason?: string }) {
  const cluster = activeCluster(context, input.cluster);
  const task = findTask(context, cluster, input.task);
  if (!task) throw invalidParameter('The referenced task was not found.');
  requestStop(context, task, 'UserInitiated', input.reason ?? 'Task stopped by user');
  return { task: describeTask(context, task) };
}

export interface DescribeTasksInput {
  cluster?: string;
  tasks: string[];
  include?: string[];
}
export function describeTasks(context: EcsContext, input: DescribeTasksInput) {
  const cluster = activeCluster(context, input.cluster);
  const asked = input.tasks ?? [];
  if (asked.length === 0) throw invalidParameter('Tasks cannot be empty.');
  if (asked.length > MOST_DESCRIBED) throw invalidParameter('Tasks cannot have more than 100 elements.');
  const withTags = input.include?.includes('TAGS') ?? false;
  const tasks = asked.flatMap((name) => findTask(context, cluster, name) ?? []);
  return {
    tasks: tasks.map((task) => ({ ...describeTask(context, task), ...(withTags ? {} : { tags: undefined }) })),
    failures: asked
      .filter((name) => !findTask(context, cluster, name))
      .map((name) => ({ arn: taskArn(context.world, cluster.name, shortName(name)), reason: 'MISSING' })),
  };
}

export interface ListTasksInput extends PageInput {
  cluster?: string;
  serviceName?: string;
  family?: string;
  desiredStatus?: string;
  startedBy?: string;
  launchType?: string;
}
/** Stopped tasks are listed too where `desiredStatus` asks for them, as long as they are remembered. */
export function listTasks(context: EcsContext, input: ListTasksInput) {
  const cluster = activeCluster(context, input.cluster);
  const wanted = input.desiredStatus ?? 'RUNNING';
  if (wanted === 'PENDING') throw invalidParameter('Invalid desiredStatus: PENDING. No task has it.');
  const service = input.serviceName === undefined ? undefined : `service:${shortName(input.serviceName)}`;
  const arns = Object.values(context.state.tasks)
    .filter((task) => task.clusterName === cluster.name && task.desiredStatus === wanted)
    .filter((task) => service === undefined || (task.service !== undefined && task.group === service))
    .filter((task) => input.family === undefined || shortName(task.taskDefinition).startsWith(`${input.family}:`))
    .filter((task) => input.startedBy === undefined || (task.startedBy ?? task.deploymentId) === input.startedBy)
    .map((task) => task.arn);
  const page = pageOf(arns, input, 100);
  return { taskArns: page.items, nextToken: page.nextToken };
}

/** By id or ARN, in this cluster only. */
export function findTask(context: EcsContext, cluster: ClusterRecord, idOrArn: string): TaskRecord | undefined {
  const task = context.state.tasks[shortName(idOrArn)];
  return task?.clusterName === cluster.name ? task : undefined;
}
