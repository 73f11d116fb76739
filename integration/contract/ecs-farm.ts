/** The local ECS in this process, reached through the AWS SDK: what the contract tests of ECS begin with. */
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { createTestCloud, NETWORK } from '../../local/cloud/ecs/test-cloud.ts';
import { createEcsWire } from '../../local/cloud/ecs/wire.ts';
import { inProcess } from './in-process.ts';

export const DEFINITION: RegisterTaskDefinitionCommandInput = {
  family: 'worker',
  cpu: '1024',
  memory: '2048',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  containerDefinitions: [{ name: 'main', image: 'bbf/farm-worker' }],
};

/** The SDK's client, its requests answered in this process. */
export function clientOf() {
  const cloud = createTestCloud();
  return { ...cloud, client: new ECSClient(inProcess(createEcsWire(cloud.ecs))) };
}

/** With a cluster `farm`, a task definition, and `create` for a service `pool` of two tasks. */
export async function farm() {
  const cloud = clientOf();
  await cloud.client.send(
    new CreateClusterCommand({ clusterName: 'farm', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }),
  );
  await cloud.client.send(new RegisterTaskDefinitionCommand(DEFINITION));
  const create = (more: Partial<ConstructorParameters<typeof CreateServiceCommand>[0]> = {}) =>
    cloud.client.send(
      new CreateServiceCommand({
        cluster: 'farm',
        serviceName: 'pool',
        taskDefinition: 'worker',
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
        networkConfiguration: NETWORK,
        desiredCount: 2,
        ...more,
      }),
    );
  const describe = async (...services: string[]) =>
    cloud.client.send(new DescribeServicesCommand({ cluster: 'farm', services, include: ['TAGS'] }));
  return { ...cloud, create, describe };
}
