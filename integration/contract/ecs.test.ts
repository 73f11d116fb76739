import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  ListClustersCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { clientOf, DEFINITION, farm } from './ecs-farm.ts';
import { CALLER } from './in-process.ts';

describe('clusters', () => {
  it('are created once, described, listed, changed and deleted', async () => {
    const { client } = clientOf();
    const { cluster } = await client.send(new CreateClusterCommand({ clusterName: 'farm' }));
    const again = await client.send(new CreateClusterCommand({ clusterName: 'farm' }));
    expect(again.cluster?.clusterArn).toBe(cluster?.clusterArn);
    await client.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'farm',
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      }),
    );
    const { clusters, failures } = await client.send(new DescribeClustersCommand({ clusters: ['farm', 'other'] }));
    expect(clusters).toMatchObject([{ status: 'ACTIVE', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }]);
    expect(failures).toEqual([{ arn: 'arn:aws:ecs:us-east-1:000000000000:cluster/other', reason: 'MISSING' }]);
    expect((await client.send(new ListClustersCommand({}))).clusterArns).toEqual([cluster?.clusterArn]);
    expect((await client.send(new DeleteClusterCommand({ cluster: 'farm' }))).cluster?.status).toBe('INACTIVE');
    await expect(client.send(new DeleteClusterCommand({ cluster: 'farm' }))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    });
  });

  it('are not deleted while a service is in them', async () => {
    const { client, create } = await farm();
    await create();
    await expect(client.send(new DeleteClusterCommand({ cluster: 'farm' }))).rejects.toMatchObject({
      name: 'ClusterContainsServicesException',
    });
  });
});

describe('task definitions', () => {
  it('are numbered within their family, until deregistered', async () => {
    const { client } = await farm();
    const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand(DEFINITION));
    expect(taskDefinition).toMatchObject({ family: 'worker', revision: 2, status: 'ACTIVE', registeredBy: CALLER.arn });
    expect(taskDefinition?.registeredAt).toBeInstanceOf(Date);
    const newest = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'worker' }));
    expect(newest.taskDefinition?.revision).toBe(2);
    await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'worker:2' }));
    const { taskDefinitionArns } = await client.send(new ListTaskDefinitionsCommand({ familyPrefix: 'worker' }));
    expect(taskDefinitionArns).toEqual(['arn:aws:ecs:us-east-1:000000000000:task-definition/worker:1']);
    expect((await client.send(new ListTaskDefinitionFamiliesCommand({}))).families).toEqual(['worker']);
    const inactive = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'worker:2' }));
    expect(inactive.taskDefinition?.status).toBe('INACTIVE');
    await expect(client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'other' }))).rejects.toMatchObject({
      name: 'ClientException',
      message: 'Unable to describe task definition.',
    });
  });

  it.each([
    [
      'a size that Fargate does not have',
      { cpu: '256', memory: '4096' },
      'No Fargate configuration exists for given values: 256 CPU, 4096 memory',
    ],
    ['another network mode', { networkMode: 'bridge' as const }, 'Fargate only supports network mode'],
    [
      'a long stop timeout',
      { containerDefinitions: [{ name: 'a', image: 'b', stopTimeout: 121 }] },
      'must not exceed 120',
    ],
    ['no essential container', { containerDefinitions: [{ name: 'a', image: 'b', essential: false }] }, 'essential'],
    [
      'an unknown dependency',
      {
        containerDefinitions: [
          { name: 'a', image: 'b', dependsOn: [{ containerName: 'c', condition: 'START' as const }] },
        ],
      },
      'there is no container of that name',
    ],
    ['too much storage', { ephemeralStorage: { sizeInGiB: 201 } }, 'between 21 and 200'],
  ])('with %s are refused', async (_title, change, message) => {
    const { client } = clientOf();
    await expect(client.send(new RegisterTaskDefinitionCommand({ ...DEFINITION, ...change }))).rejects.toMatchObject({
      name: 'ClientException',
      message: expect.stringContaining(message),
    });
  });

  it('of sizes given in words are stored in units', async () => {
    const { client } = clientOf();
    const sizes = { cpu: '.5 vCPU', memory: '2 GB' };
    const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand({ ...DEFINITION, ...sizes }));
    expect(taskDefinition).toMatchObject({ cpu: '512', memory: '2048' });
  });
});
