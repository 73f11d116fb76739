/** Tasks as DescribeTasks shows them. */
import type { EcsContext } from './context.ts';
import { clusterArn, containerArn, seconds } from './names.ts';
import type { ContainerRecord, TaskRecord } from './state.ts';

/** Undefined members are left out when this goes over the wire. */
export function describeTask(context: EcsContext, task: TaskRecord) {
  return {
    attachments: attachmentsOf(task),
    attributes: [],
    availabilityZone: task.availabilityZone,
    capacityProviderName: task.capacityProvider,
    clusterArn: clusterArn(context.world, task.clusterName),
    connectivity: task.interface ? 'CONNECTED' : undefined,
    connectivityAt: task.interface ? seconds(task.pullStartedAt) : undefined,
    containers: task.containers.map((container) => describeContainer(context, task, container)),
    cpu: task.cpu,
    createdAt: seconds(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: false,
    ephemeralStorage: { sizeInGiB: task.ephemeralGiB },
    executionStoppedAt: seconds(task.executionStoppedAt),
    group: task.group,
    healthStatus: healthOf(task),
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    memory: task.memory,
    overrides: task.overrides,
    platformFamily: 'Linux',
    platformVersion: task.platformVersion,
    pullStartedAt: seconds(task.pullStartedAt),
    pullStoppedAt: seconds(task.pullStoppedAt),
    startedAt: seconds(task.startedAt),
    startedBy: task.startedBy ?? task.deploymentId,
    stopCode: task.stopCode,
    stoppedAt: seconds(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: seconds(task.stoppingAt),
    tags: task.tags,
    taskArn: task.arn,
    taskDefinitionArn: task.taskDefinition,
    version: task.version,
  };
}

function describeContainer(context: EcsContext, task: TaskRecord, container: ContainerRecord) {
  return {
    containerArn: containerArn(context.world, task.clusterName, task.id, container.id),
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    runtimeId: container.startedAt === undefined ? undefined : container.runtimeId,
    lastStatus: container.status,
    exitCode: container.exitCode,
    reason: container.reason,
    healthStatus: container.health,
    networkBindings: [],
    networkInterfaces: task.interface
      ? [{ attachmentId: task.interface.attachmentId, privateIpv4Address: task.interface.address }]
      : [],
    cpu: '0',
  };
}

/** Of essential containers: one unhealthy spoils it, and all that check must have passed. */
export function healthOf(task: TaskRecord): 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN' {
  const checked = task.containers.filter((container) => container.essential && container.checked);
  if (checked.some((container) => container.health === 'UNHEALTHY')) return 'UNHEALTHY';
  return checked.length > 0 && checked.every((container) => container.health === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}

function attachmentsOf(task: TaskRecord) {
  const { interface: card } = task;
  if (!card) return [];
  return [
    {
      id: card.attachmentId,
      type: 'ElasticNetworkInterface',
      status: task.lastStatus === 'STOPPED' ? 'DELETED' : 'ATTACHED',
      details: [
        { name: 'subnetId', value: card.subnetId },
        { name: 'networkInterfaceId', value: card.networkInterfaceId },
        { name: 'macAddress', value: card.macAddress },
        { name: 'privateDnsName', value: card.privateDnsName },
        { name: 'privateIPv4Address', value: card.address },
      ],
    },
  ];
}
