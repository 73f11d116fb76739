/** DescribeServices and ListServices. */
import { activeCluster } from './clusters.ts';
import type { EcsContext } from './context.ts';
import { primaryOf } from './deployments.ts';
import { invalidParameter } from './failures.ts';
import { clusterArn, seconds, serviceArn, serviceDeploymentArn, shortName } from './names.ts';
import { type PageInput, pageOf } from './paging.ts';
import type { DeploymentRecord, Revision, ServiceRecord, TaskRecord } from './state.ts';

/** DescribeServices takes at most ten. */
const MOST_SERVICES = 10;

interface DescribeServicesInput {
  cluster?: string;
  services: string[];
  include?: string[];
}
export function describeServices(context: EcsContext, input: DescribeServicesInput) {
  const cluster = activeCluster(context, input.cluster);
  const asked = input.services ?? [];
  if (asked.length === 0) throw invalidParameter('Services cannot be empty.');
  if (asked.length > MOST_SERVICES) {
    throw invalidParameter('Services cannot have more than 10 elements.');
  }
  const find = (name: string) => context.state.services[serviceArn(context.world, cluster.name, shortName(name))];
  const withTags = input.include?.includes('TAGS') ?? false;
  const services = asked.flatMap((name) => find(name) ?? []);
  return {
    services: services.map((service) => describeService(context, service, withTags)),
    failures: asked.filter((name) => !find(name)).map((name) => ({ arn: askedArn(context, name), reason: 'MISSING' })),
  };
}

/** ECS answers a name that it does not know with an ARN of the old form, without the cluster. */
function askedArn({ world }: EcsContext, name: string): string {
  return name.startsWith('arn:') ? name : `arn:aws:ecs:${world.region}:${world.account}:service/${name}`;
}

interface ListServicesInput extends PageInput {
  cluster?: string;
  launchType?: string;
  schedulingStrategy?: string;
}
export function listServices(context: EcsContext, input: ListServicesInput) {
  const cluster = activeCluster(context, input.cluster);
  const arns = Object.values(context.state.services)
    .filter((service) => service.clusterName === cluster.name && service.status !== 'INACTIVE')
    .filter((service) => input.launchType === undefined || primaryOf(service)?.revision.launchType === input.launchType)
    .map((service) => service.arn);
  const page = pageOf(arns, input, 100, 10);
  return { serviceArns: page.items, nextToken: page.nextToken };
}

interface Counts {
  running: number;
  pending: number;
}

/** Without tags unless asked for them, as AWS does. */
export function describeService(context: EcsContext, service: ServiceRecord, withTags = true) {
  const counts = countByDeployment(context.live.of(service));
  const revision = primaryOf(service)?.revision;
  const total = [...counts.values()];
  const rollout = service.rollouts[0];
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: clusterArn(context.world, service.clusterName),
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: total.reduce((sum, one) => sum + one.running, 0),
    pendingCount: total.reduce((sum, one) => sum + one.pending, 0),
    ...describeRevision(revision),
    deploymentConfiguration: service.configuration,
    deployments: service.deployments.map((one) => describeDeployment(service, one, counts.get(one.id))),
    currentServiceDeployment:
      rollout && rollout.finishedAt === undefined
        ? serviceDeploymentArn(context.world, service.clusterName, service.name, rollout.id)
        : undefined,
    events: service.events.map((event) => ({ ...event, createdAt: seconds(event.createdAt) })),
    loadBalancers: [],
    serviceRegistries: [],
    placementConstraints: [],
    placementStrategy: [],
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    createdAt: seconds(service.createdAt),
    createdBy: service.createdBy || undefined,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    ...(withTags ? { tags: service.tags } : {}),
  };
}

function describeDeployment(service: ServiceRecord, deployment: DeploymentRecord, counts?: Counts) {
  return {
    id: deployment.id,
    status: deployment.status,
    ...describeRevision(deployment.revision),
    desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : 0,
    pendingCount: counts?.pending ?? 0,
    runningCount: counts?.running ?? 0,
    failedTasks: deployment.failedTasks,
    createdAt: seconds(deployment.createdAt),
    updatedAt: seconds(deployment.updatedAt),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

/** Undefined members are left out when this goes over the wire. */
function describeRevision(revision: Revision | undefined) {
  return {
    taskDefinition: revision?.taskDefinition,
    launchType: revision?.launchType ?? undefined,
    capacityProviderStrategy: revision?.strategy.length ? revision.strategy : undefined,
    platformVersion: revision?.platformVersion,
    platformFamily: 'Linux',
    networkConfiguration: revision?.network ? { awsvpcConfiguration: revision.network } : undefined,
  };
}

function countByDeployment(tasks: TaskRecord[]): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const task of tasks) {
    const id = task.deploymentId ?? '';
    const count = counts.get(id) ?? { running: 0, pending: 0 };
    if (task.lastStatus === 'RUNNING') count.running++;
    if (['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(task.lastStatus)) count.pending++;
    counts.set(id, count);
  }
  return counts;
}
