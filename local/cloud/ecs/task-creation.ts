/** Makes the record of a new task; its life begins in task-start.ts. */
import type { EcsContext } from './context.ts';
import { hexId, taskArn } from './names.ts';
import type {
  AwsvpcConfiguration,
  ContainerDefinition,
  ContainerRecord,
  Tag,
  TaskDefinitionRecord,
  TaskOverride,
  TaskRecord,
} from './state.ts';
import { beginTask } from './task-start.ts';

/** GiB that every Fargate task has without asking. */
const DEFAULT_EPHEMERAL_GIB = 20;
/** What `LATEST` has meant since 2020. */
const PLATFORM_VERSION = '1.4.0';

interface TaskOrder {
  clusterName: string;
  definition: TaskDefinitionRecord;
  network: AwsvpcConfiguration;
  group: string;
  service?: string;
  deploymentId?: string;
  startedBy?: string;
  clientToken?: string;
  capacityProvider?: string;
  platformVersion?: string;
  overrides?: TaskOverride;
  tags?: Tag[];
}

export function createTask(context: EcsContext, order: TaskOrder): TaskRecord {
  const { world } = context;
  const { definition } = order;
  const id = hexId(world);
  const overrides = order.overrides ?? { containerOverrides: [] };
  const platform = order.platformVersion ?? 'LATEST';
  const task: TaskRecord = {
    id,
    arn: taskArn(world, order.clusterName, id),
    clusterName: order.clusterName,
    service: order.service,
    deploymentId: order.deploymentId,
    taskDefinition: definition.arn,
    group: order.group,
    startedBy: order.startedBy,
    clientToken: order.clientToken,
    launchType: 'FARGATE',
    capacityProvider: order.capacityProvider,
    platformVersion: platform === 'LATEST' ? PLATFORM_VERSION : platform,
    cpu: definition.cpu ?? '256',
    memory: definition.memory ?? '512',
    ephemeralGiB: definition.ephemeralStorage?.sizeInGiB ?? DEFAULT_EPHEMERAL_GIB,
    taskRoleArn: overrides.taskRoleArn ?? definition.taskRoleArn,
    network: order.network,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 0,
    containers: definition.containerDefinitions.map((container) => newContainer(context, id, container)),
    overrides,
    tags: order.tags ?? [],
    becameHealthy: false,
    credentialsId: world.uuid(),
    credentialsToken: hexId(world),
    createdAt: world.now(),
  };
  context.state.tasks[id] = task;
  context.live.add(task);
  beginTask(context, task);
  return task;
}

function newContainer(context: EcsContext, taskId: string, definition: ContainerDefinition): ContainerRecord {
  const { world } = context;
  return {
    name: definition.name,
    id: world.uuid(),
    // Fargate's runtime ids are the task's id and a number.
    runtimeId: `${taskId}-${Math.floor(world.random() * 2 ** 32)}`,
    token: `${taskId}-${hexId(world)}`,
    image: definition.image,
    essential: definition.essential,
    checked: definition.healthCheck !== undefined,
    status: 'PENDING',
    health: 'UNKNOWN',
    failedChecks: 0,
    signalled: false,
  };
}
