/** Clusters: made, described, given capacity providers, deleted. */

import { ServiceError } from '../kernel.ts';
import type { EcsContext } from './context.ts';
import { clusterNotFound, invalidParameter } from './failures.ts';
import { clusterArn, shortName } from './names.ts';
import { pageOf } from './paging.ts';
import type { ClusterRecord, NameValue, StrategyItem, Tag } from './state.ts';

const PROVIDERS = ['FARGATE', 'FARGATE_SPOT'];

export interface StrategyInput {
  capacityProvider: string;
  weight?: number;
  base?: number;
}
export interface CreateClusterInput {
  clusterName?: string;
  settings?: NameValue[];
  capacityProviders?: string[];
  defaultCapacityProviderStrategy?: StrategyInput[];
  tags?: Tag[];
}

export function createCluster(context: EcsContext, input: CreateClusterInput) {
  const name = input.clusterName ?? 'default';
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw invalidParameter(`Invalid cluster name: ${name}`);
  const existing = context.state.clusters[name];
  if (existing?.status === 'ACTIVE') return { cluster: describeCluster(context, existing) };
  const cluster: ClusterRecord = {
    name,
    arn: clusterArn(context.world, name),
    status: 'ACTIVE',
    settings: input.settings ?? [{ name: 'containerInsights', value: 'disabled' }],
    capacityProviders: knownProviders(input.capacityProviders ?? []),
    defaultStrategy: strategyOf(input.defaultCapacityProviderStrategy ?? []),
    tags: input.tags ?? [],
  };
  context.state.clusters[name] = cluster;
  context.world.changed('ecs');
  return { cluster: describeCluster(context, cluster) };
}

export function describeClusters(context: EcsContext, input: { clusters?: string[] }) {
  const asked = input.clusters?.length ? input.clusters : ['default'];
  const found = asked.map((name) => context.state.clusters[shortName(name)]);
  return {
    clusters: found.filter((cluster) => cluster !== undefined).map((cluster) => describeCluster(context, cluster)),
    failures: asked
      .filter((_, index) => !found[index])
      .map((name) => ({ arn: clusterArn(context.world, shortName(name)), reason: 'MISSING' })),
  };
}

export function listClusters(context: EcsContext, input: { maxResults?: number; nextToken?: string }) {
  const active = Object.values(context.state.clusters).filter((cluster) => cluster.status === 'ACTIVE');
  const page = pageOf(
    active.map((cluster) => cluster.arn),
    input,
    100,
  );
  return { clusterArns: page.items, nextToken: page.nextToken };
}

export function deleteCluster(context: EcsContext, input: { cluster: string }) {
  const cluster = activeCluster(context, input.cluster);
  const services = servicesOf(context, cluster).filter((service) => service.status !== 'INACTIVE');
  if (services.some((service) => service.status === 'ACTIVE')) {
    throw new ServiceError(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    );
  }
  if (liveTasksOf(context, cluster).length > 0) {
    throw new ServiceError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
  }
  cluster.status = 'INACTIVE';
  context.world.changed('ecs');
  return { cluster: describeCluster(context, cluster) };
}

export interface PutProvidersInput {
  cluster: string;
  capacityProviders: string[];
  defaultCapacityProviderStrategy: StrategyInput[];
}
export function putClusterCapacityProviders(context: EcsContext, input: PutProvidersInput) {
  const cluster = activeCluster(context, input.cluster);
  const providers = knownProviders(input.capacityProviders ?? []);
  const strategy = strategyOf(input.defaultCapacityProviderStrategy ?? []);
  requireAssociated(providers, strategy);
  Object.assign(cluster, { capacityProviders: providers, defaultStrategy: strategy });
  context.world.changed('ecs');
  return { cluster: describeCluster(context, cluster) };
}

/** The cluster by name or ARN (absent: `default`), which must be ACTIVE. */
export function activeCluster(context: EcsContext, nameOrArn: string | undefined): ClusterRecord {
  const cluster = context.state.clusters[shortName(nameOrArn ?? 'default')];
  if (cluster?.status !== 'ACTIVE') throw clusterNotFound();
  return cluster;
}

export function strategyOf(items: StrategyInput[]): StrategyItem[] {
  const strategy = items.map((item) => ({
    capacityProvider: item.capacityProvider,
    weight: item.weight ?? 0,
    base: item.base ?? 0,
  }));
  if (strategy.filter((item) => item.base > 0).length > 1) {
    throw invalidParameter('Only one capacity provider in a strategy can have a base value defined.');
  }
  if (strategy.length > 0 && strategy.every((item) => item.weight === 0)) {
    throw invalidParameter(
      'A capacity provider strategy cannot contain only capacity providers with a weight of 0. Specify at least one capacity provider with a weight greater than 0 and try again.',
    );
  }
  return strategy;
}

export function requireAssociated(providers: string[], strategy: StrategyItem[]): void {
  const stranger = strategy.find((item) => !providers.includes(item.capacityProvider));
  if (stranger) {
    throw invalidParameter(
      `The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate ${stranger.capacityProvider} with the cluster and try again.`,
    );
  }
}

function knownProviders(names: string[]): string[] {
  const stranger = names.find((name) => !PROVIDERS.includes(name));
  if (stranger === undefined) return names;
  throw invalidParameter(
    `The specified capacity provider ${stranger} was not found. Specify a valid name and try again.`,
  );
}

const servicesOf = (context: EcsContext, cluster: ClusterRecord) =>
  Object.values(context.state.services).filter((service) => service.clusterName === cluster.name);

const liveTasksOf = (context: EcsContext, cluster: ClusterRecord) =>
  [...context.live.all()].filter((task) => task.clusterName === cluster.name);

function describeCluster(context: EcsContext, cluster: ClusterRecord) {
  const tasks = liveTasksOf(context, cluster);
  const pending = tasks.filter((task) => ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(task.lastStatus));
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
    pendingTasksCount: pending.length,
    activeServicesCount: servicesOf(context, cluster).filter((service) => service.status === 'ACTIVE').length,
    statistics: [],
    tags: cluster.tags,
    settings: cluster.settings,
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultStrategy,
  };
}
