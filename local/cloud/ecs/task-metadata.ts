/** Task metadata version 4 as Fargate's agent gives it (developer guide, "task metadata endpoint version 4 for Fargate"). */
import type { EcsContext } from './context.ts';
import { containerArn, isoInstant, shortName } from './names.ts';
import type { ContainerRecord, TaskRecord } from './state.ts';
import { containerDefinition } from './task-definitions.ts';

export function taskMetadata(context: EcsContext, task: TaskRecord) {
  const [family, revision] = shortName(task.taskDefinition).split(':');
  return {
    Cluster: `arn:aws:ecs:${context.world.region}:${context.world.account}:cluster/${task.clusterName}`,
    TaskARN: task.arn,
    Family: family,
    Revision: revision,
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    // CPU in vCPU, memory in MiB.
    Limits: { CPU: Number(task.cpu) / 1024, Memory: Number(task.memory) },
    PullStartedAt: isoInstant(task.pullStartedAt),
    PullStoppedAt: isoInstant(task.pullStoppedAt),
    AvailabilityZone: task.availabilityZone,
    LaunchType: task.launchType,
    ...(task.service === undefined ? {} : { ServiceName: shortName(task.service) }),
    Containers: task.containers.map((container) => metadataOf(context, task, container)),
    EphemeralStorageMetrics: { Reserved: task.ephemeralGiB * 1024 },
  };
}

export function containerMetadata(context: EcsContext, task: TaskRecord, name: string) {
  const container = task.containers.find((candidate) => candidate.name === name);
  return container ? metadataOf(context, task, container) : {};
}

function metadataOf(context: EcsContext, task: TaskRecord, container: ContainerRecord) {
  const definition = containerDefinition(context, task, container.name);
  const options = definition.logConfiguration?.options;
  return {
    DockerId: container.runtimeId,
    Name: container.name,
    DockerName: container.name,
    Image: container.image,
    ImageID: container.image,
    Labels: {
      'com.amazonaws.ecs.cluster': task.clusterName,
      'com.amazonaws.ecs.container-name': container.name,
      'com.amazonaws.ecs.task-arn': task.arn,
      'com.amazonaws.ecs.task-definition-family': shortName(task.taskDefinition).split(':')[0],
      'com.amazonaws.ecs.task-definition-version': task.taskDefinition.split(':').at(-1),
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.status,
    ...(container.exitCode === undefined ? {} : { ExitCode: container.exitCode }),
    Limits: { CPU: Number(definition.cpu ?? 0), Memory: Number(definition.memory ?? task.memory) },
    CreatedAt: isoInstant(container.startedAt),
    StartedAt: isoInstant(container.startedAt),
    FinishedAt: isoInstant(container.finishedAt),
    Type: 'NORMAL',
    ContainerARN: containerArn(context.world, task.clusterName, task.id, container.id),
    ...(definition.logConfiguration
      ? { LogDriver: definition.logConfiguration.logDriver, LogOptions: options ?? {} }
      : {}),
    Networks: task.interface
      ? [
          {
            NetworkMode: 'awsvpc',
            IPv4Addresses: [task.interface.address],
            AttachmentIndex: 0,
            MACAddress: task.interface.macAddress,
            // All of 127/8 is one network.
            IPv4SubnetCIDRBlock: '127.0.0.0/8',
            PrivateDNSName: task.interface.privateDnsName,
          },
        ]
      : [],
  };
}
