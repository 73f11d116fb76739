/** What a container is started with: its own settings, the overrides of the task, and what Fargate's agent adds. */
import type { EcsContext } from './context.ts';
import type { ContainerStart } from './ports.ts';
import type { ContainerDefinition, ContainerRecord, NameValue, TaskRecord } from './state.ts';

export function containerStart(
  context: EcsContext,
  task: TaskRecord,
  container: ContainerRecord,
  definition: ContainerDefinition,
): ContainerStart {
  const override = task.overrides.containerOverrides.find((one) => one.name === container.name);
  return {
    taskId: task.id,
    containerName: container.name,
    image: container.image,
    entryPoint: definition.entryPoint,
    command: override?.command ?? definition.command,
    workingDirectory: definition.workingDirectory,
    environment: {
      ...agentEnvironment(context, task, container),
      ...asRecord(definition.environment),
      ...asRecord(override?.environment ?? []),
    },
    address: task.interface?.address ?? '127.0.0.1',
    user: definition.user,
    init: definition.linuxParameters?.initProcessEnabled ?? false,
    mounts: (definition.mountPoints ?? []).map(({ sourceVolume, containerPath, readOnly = false }) => ({
      volume: sourceVolume,
      path: containerPath,
      readOnly,
    })),
    log: logOf(task, container, definition),
  };
}

/** `AWS_ENDPOINT_URL` is the one addition of the local cloud: it is how the SDKs find it. */
function agentEnvironment(context: EcsContext, task: TaskRecord, container: ContainerRecord): Record<string, string> {
  const base = `${context.endpoint()}/_ecs`;
  const environment: Record<string, string> = {
    AWS_REGION: context.world.region,
    AWS_DEFAULT_REGION: context.world.region,
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_ENDPOINT_URL: context.endpoint(),
    ECS_CONTAINER_METADATA_URI_V4: `${base}/v4/${container.token}`,
    ECS_AGENT_URI: `${base}/api/${container.token}`,
  };
  if (task.taskRoleArn !== undefined) {
    environment.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${base}/credentials/${container.token}/${task.credentialsId}`;
    environment.AWS_CONTAINER_AUTHORIZATION_TOKEN = task.credentialsToken;
  }
  return environment;
}

/** The stream of the awslogs driver on Fargate: prefix, container, task. */
function logOf(task: TaskRecord, container: ContainerRecord, definition: ContainerDefinition): ContainerStart['log'] {
  const options = definition.logConfiguration?.options;
  const group = options?.['awslogs-group'];
  if (definition.logConfiguration?.logDriver !== 'awslogs' || group === undefined) return undefined;
  return { group, stream: [options?.['awslogs-stream-prefix'] ?? 'ecs', container.name, task.id].join('/') };
}

const asRecord = (pairs: NameValue[]) => Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
