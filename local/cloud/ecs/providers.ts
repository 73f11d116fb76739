/** CloudFormation's view of clusters, their capacity providers, and task definitions. */
import type { ResourceContext, ResourceOutcome, ResourceProvider } from '../kernel.ts';
import {
  type CreateClusterInput,
  createCluster,
  deleteCluster,
  type PutProvidersInput,
  putClusterCapacityProviders,
} from './clusters.ts';
import type { EcsContext } from './context.ts';
import { serviceProvider } from './service-provider.ts';
import type { ClusterRecord } from './state.ts';
import { deregisterTaskDefinition, type RegisterInput, registerTaskDefinition } from './task-definitions.ts';
import { apiMembers, tagsOf } from './template-properties.ts';

type Properties = Record<string, unknown>;
/** CloudFormation has a name of its own for the settings. */
type ClusterMembers = Omit<CreateClusterInput, 'settings'> & { clusterSettings?: CreateClusterInput['settings'] };

export const ecsProviders = (context: EcsContext): ResourceProvider[] => [
  clusterProvider(context),
  associationsProvider(context),
  taskDefinitionProvider(context),
  serviceProvider(context),
];

function clusterProvider(context: EcsContext): ResourceProvider {
  const outcome = (cluster: ClusterRecord): ResourceOutcome => ({
    physicalId: cluster.name,
    attributes: { Arn: cluster.arn },
  });
  const membersOf = (properties: Properties, resource: ResourceContext): CreateClusterInput => {
    const { clusterSettings: settings, ...members } = apiMembers(properties) as ClusterMembers;
    return { ...members, ...(settings && { settings }), tags: tagsOf(properties, resource) };
  };
  return {
    type: 'AWS::ECS::Cluster',
    create(properties, resource) {
      const clusterName = String(properties.ClusterName ?? resource.generatedName(255));
      if (context.state.clusters[clusterName]?.status === 'ACTIVE') {
        throw new Error(`Resource of type 'AWS::ECS::Cluster' with identifier '${clusterName}' already exists.`);
      }
      createCluster(context, { ...membersOf(properties, resource), clusterName });
      return outcome(existing(context, clusterName));
    },
    update(physicalId, before, after, resource) {
      if (before.ClusterName !== after.ClusterName) return 'replace';
      const cluster = existing(context, physicalId);
      const {
        capacityProviders = [],
        defaultCapacityProviderStrategy = [],
        settings = cluster.settings,
      } = membersOf(after, resource);
      if (after.CapacityProviders || after.DefaultCapacityProviderStrategy) {
        putClusterCapacityProviders(context, {
          cluster: physicalId,
          capacityProviders,
          defaultCapacityProviderStrategy,
        });
      }
      cluster.settings = settings;
      cluster.tags = tagsOf(after, resource);
      context.world.changed('ecs');
      return outcome(cluster);
    },
    delete(physicalId) {
      if (context.state.clusters[physicalId]?.status === 'ACTIVE') deleteCluster(context, { cluster: physicalId });
    },
  };
}

function existing(context: EcsContext, name: string): ClusterRecord {
  const cluster = context.state.clusters[name];
  if (cluster?.status === 'ACTIVE') return cluster;
  throw new Error(`Resource of type 'AWS::ECS::Cluster' with identifier '${name}' was not found.`);
}

/** AWS names this resource by its cluster. */
function associationsProvider(context: EcsContext): ResourceProvider {
  const put = (properties: Properties): ResourceOutcome => {
    const input = apiMembers(properties) as unknown as PutProvidersInput;
    putClusterCapacityProviders(context, input);
    return { physicalId: input.cluster, attributes: {} };
  };
  return {
    type: 'AWS::ECS::ClusterCapacityProviderAssociations',
    create: put,
    update: (_physicalId, before, after) => (before.Cluster === after.Cluster ? put(after) : 'replace'),
    delete(physicalId) {
      if (context.state.clusters[physicalId]?.status !== 'ACTIVE') return;
      putClusterCapacityProviders(context, {
        cluster: physicalId,
        capacityProviders: [],
        defaultCapacityProviderStrategy: [],
      });
    },
  };
}

/** Revisions never change, so every change replaces. */
function taskDefinitionProvider(context: EcsContext): ResourceProvider {
  return {
    type: 'AWS::ECS::TaskDefinition',
    create(properties, resource) {
      const input = {
        family: resource.generatedName(255),
        ...apiMembers(properties),
        tags: tagsOf(properties, resource),
      } as RegisterInput;
      const arn = registerTaskDefinition(context, input).taskDefinition.taskDefinitionArn;
      return { physicalId: arn, attributes: { TaskDefinitionArn: arn } };
    },
    update: () => 'replace',
    delete: (physicalId) => void deregisterTaskDefinition(context, { taskDefinition: physicalId }),
  };
}
