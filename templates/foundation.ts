/** The stack that all clusters of one installation stand on: network, ECS cluster, roles, logs, reconciler. */
import { getAtt, iff, type Output, type Resource, ref, type Template } from './cloudformation.ts';
import { logConditions, logGroup, logParameters } from './logs.ts';
import { ecsClusterName, exportName, farmLogGroupName } from './names.ts';
import { networkConditions, networkOutputs, networkParameters, networkResources } from './network.ts';
import { reconcilerParameters, reconcilerResources } from './reconciler.ts';
import { registryResources } from './registry.ts';
import { roleConditions, roleParameters, roleResources } from './roles.ts';

export function foundationTemplate(installation: string): Template {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'bbf: what all clusters of one installation share',
    Parameters: { ...reconcilerParameters, ...logParameters, ...roleParameters, ...networkParameters },
    Conditions: { ...networkConditions, ...roleConditions, ...logConditions },
    Resources: {
      ...networkResources,
      ...farmResources(installation),
      ...registryResources(installation),
      ...roleResources(installation),
      ...reconcilerResources(installation),
    },
    Outputs: outputs(installation),
  };
}

function farmResources(installation: string): Record<string, Resource> {
  return {
    EcsCluster: {
      Type: 'AWS::ECS::Cluster',
      Properties: {
        ClusterName: ecsClusterName(installation),
        // Else the account's default holds, which may be to collect metrics that bill.
        ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }],
      },
    },
    CapacityProviders: {
      Type: 'AWS::ECS::ClusterCapacityProviderAssociations',
      Properties: {
        Cluster: ref('EcsCluster'),
        CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
      },
    },
    FarmLogs: { Condition: 'OwnFarmLogs', ...logGroup(farmLogGroupName(installation)) },
  };
}

/** Every output is exported, so that the stacks of clusters need no parameters for what they stand on. */
function outputs(installation: string): Record<string, Output> {
  const all: Record<string, Output> = {
    ...networkOutputs,
    Bucket: { Description: 'Bucket of the documents', Value: ref('Bucket') },
    Version: { Description: 'Version of bbf that deployed this', Value: ref('Version') },
    ReconcilerUrl: { Description: 'Where certificates are asked for', Value: getAtt('ReconcilerUrl', 'FunctionUrl') },
    FarmLogGroup: {
      Description: 'Log group of servers and workers',
      Value: iff('OwnFarmLogs', ref('FarmLogs'), ref('LogGroup')),
    },
    ExecutionRoleArn: { Description: 'Role that starts tasks', Value: getAtt('ExecutionRole', 'Arn') },
    ServerRoleArn: { Description: 'Role of build servers', Value: getAtt('ServerRole', 'Arn') },
    WorkerRoleArn: { Description: 'Role of workers', Value: getAtt('WorkerRole', 'Arn') },
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, output]) => [
      name,
      { ...output, Export: { Name: exportName(installation, name) } },
    ]),
  );
}
