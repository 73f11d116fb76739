/** CreateService, UpdateService and DeleteService. */
import { isDeepStrictEqual } from 'node:util';
import { activeCluster } from './clusters.ts';
import type { EcsContext } from './context.ts';
import { beginDeployment, primaryOf } from './deployments.ts';
import { describeService } from './describe-service.ts';
import { invalidParameter, serviceNotActive, serviceNotFound } from './failures.ts';
import { serviceArn, shortName } from './names.ts';
import { wake } from './scheduler.ts';
import {
  type CreateServiceInput,
  capacityOf,
  checkDesiredCount,
  configurationOf,
  networkOf,
  refuseUnsupported,
  requireFargate,
  type UpdateServiceInput,
} from './service-input.ts';
import type { ClusterRecord, Revision, ServiceRecord } from './state.ts';
import { findTaskDefinition, usableTaskDefinition } from './task-definitions.ts';

export function createService(context: EcsContext, input: CreateServiceInput, by = '') {
  refuseUnsupported(input);
  const cluster = activeCluster(context, input.cluster);
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(input.serviceName ?? '')) {
    throw invalidParameter(`Invalid service name: ${input.serviceName}`);
  }
  const arn = serviceArn(context.world, cluster.name, input.serviceName);
  const existing = context.state.services[arn];
  if (existing && existing.status !== 'INACTIVE') return { service: sameAgain(context, existing, input) };
  const service: ServiceRecord = {
    ...blankService(context, cluster, input.serviceName),
    desiredCount: checkDesiredCount(input.desiredCount ?? missingCount()),
    configuration: configurationOf(input.deploymentConfiguration),
    propagateTags: input.propagateTags ?? 'NONE',
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? 'ENABLED',
    clientToken: input.clientToken,
    tags: input.tags ?? [],
    createdBy: by,
  };
  const revision = firstRevision(context, cluster, input);
  context.state.services[arn] = service;
  context.world.changed('ecs');
  beginDeployment(context, service, revision);
  wake(context, service);
  return { service: describeService(context, service) };
}

function missingCount(): never {
  throw invalidParameter('DesiredCount must be specified for services of the scheduling strategy REPLICA.');
}

function blankService(context: EcsContext, cluster: ClusterRecord, name: string) {
  return {
    arn: serviceArn(context.world, cluster.name, name),
    name,
    clusterName: cluster.name,
    status: 'ACTIVE' as const,
    deployments: [],
    completed: null,
    failure: null,
    rollouts: [],
    events: [],
    steady: false,
    startFailures: 0,
    notBefore: 0,
    createdAt: context.world.now(),
  };
}

function firstRevision(context: EcsContext, cluster: ClusterRecord, input: CreateServiceInput): Revision {
  const definition = usableTaskDefinition(context, input.taskDefinition);
  requireFargate(definition);
  return {
    taskDefinition: definition.arn,
    ...capacityOf(cluster, input.launchType, input.capacityProviderStrategy),
    network: networkOf(input.networkConfiguration, definition),
    platformVersion: input.platformVersion ?? 'LATEST',
  };
}

/** A repeated request gets the service it made; anything else by that name is refused. */
function sameAgain(context: EcsContext, existing: ServiceRecord, input: CreateServiceInput) {
  if (existing.status === 'DRAINING') {
    throw invalidParameter('Unable to Start a service that is still Draining.');
  }
  const isRepeat = input.clientToken !== undefined && input.clientToken === existing.clientToken;
  if (!isRepeat) throw invalidParameter('Creation of service was not idempotent.');
  return describeService(context, existing);
}

/** A change of the count, of the configuration or of tags starts no deployment; a change of what runs does. */
export function updateService(context: EcsContext, input: UpdateServiceInput) {
  refuseUnsupported(input);
  const cluster = activeCluster(context, input.cluster);
  const service = context.state.services[serviceArn(context.world, cluster.name, shortName(input.service ?? ''))];
  if (!service) throw serviceNotFound();
  if (service.status !== 'ACTIVE') throw serviceNotActive();
  const desiredCount = checkDesiredCount(input.desiredCount ?? service.desiredCount);
  const configuration = configurationOf(input.deploymentConfiguration, service.configuration);
  const revision = nextRevision(context, cluster, service, input);
  Object.assign(service, {
    desiredCount,
    configuration,
    propagateTags: input.propagateTags ?? service.propagateTags,
    enableECSManagedTags: input.enableECSManagedTags ?? service.enableECSManagedTags,
    enableExecuteCommand: input.enableExecuteCommand ?? service.enableExecuteCommand,
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? service.availabilityZoneRebalancing,
  });
  const current = primaryOf(service)?.revision;
  if (input.forceNewDeployment || !isDeepStrictEqual(revision, current)) beginDeployment(context, service, revision);
  if (input.taskDefinition !== undefined) service.failure = null;
  context.world.changed('ecs');
  wake(context, service);
  return { service: describeService(context, service) };
}

function nextRevision(
  context: EcsContext,
  cluster: ClusterRecord,
  service: ServiceRecord,
  input: UpdateServiceInput,
): Revision {
  const current = primaryOf(service)?.revision;
  if (!current) throw serviceNotActive();
  const definition = usableTaskDefinitionOr(context, input.taskDefinition, current.taskDefinition);
  const strategy = input.capacityProviderStrategy;
  const capacity = strategy === undefined ? undefined : capacityOf(cluster, undefined, strategy);
  if (capacity && !input.forceNewDeployment && !isDeepStrictEqual(capacity.strategy, current.strategy)) {
    throw invalidParameter(
      'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
    );
  }
  return {
    taskDefinition: definition.arn,
    launchType: capacity ? capacity.launchType : current.launchType,
    strategy: capacity ? capacity.strategy : current.strategy,
    network: input.networkConfiguration ? networkOf(input.networkConfiguration, definition) : current.network,
    platformVersion: input.platformVersion ?? current.platformVersion,
  };
}

/** The current definition goes on being usable when it was deregistered meanwhile. */
function usableTaskDefinitionOr(context: EcsContext, asked: string | undefined, current: string) {
  const running = findTaskDefinition(context, current);
  if (running && (asked === undefined || asked === current)) return running;
  const definition = usableTaskDefinition(context, asked);
  requireFargate(definition);
  return definition;
}

/** Without `force` only a service that wants no tasks may go. It drains, then is INACTIVE. */
export function deleteService(context: EcsContext, input: { cluster?: string; service: string; force?: boolean }) {
  const cluster = activeCluster(context, input.cluster);
  const service = context.state.services[serviceArn(context.world, cluster.name, shortName(input.service ?? ''))];
  if (!service || service.status === 'INACTIVE') throw serviceNotFound();
  if (service.status === 'ACTIVE') {
    if (service.desiredCount > 0 && !input.force) {
      throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
    }
    Object.assign(service, { status: 'DRAINING', desiredCount: 0 });
    context.world.changed('ecs');
  }
  wake(context, service);
  return { service: describeService(context, service) };
}
