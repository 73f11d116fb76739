import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  type ECSClientConfig,
  GetTaskProtectionCommand,
  ListClustersCommand,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createTestCloud, NETWORK } from '../../local/cloud/ecs/test-cloud.ts';
import { createEcsWire } from '../../local/cloud/ecs/wire.ts';
import type { WireRequest } from '../../local/cloud/kernel.ts';

const CALLER = {
  accessKeyId: 'AKIA',
  arn: 'arn:aws:iam::000000000000:user/me',
  account: '000000000000',
  userId: 'AIDA',
};
const DEFINITION: RegisterTaskDefinitionCommandInput = {
  family: 'worker',
  cpu: '1024',
  memory: '2048',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  containerDefinitions: [{ name: 'main', image: 'bbf/farm-worker' }],
};

/** The SDK's client, its requests answered in this process. */
function clientOf() {
  const cloud = createTestCloud();
  const wire = createEcsWire(cloud.ecs);
  const requestHandler = {
    async handle(request: {
      method: string;
      path: string;
      headers: Record<string, string>;
      body?: string | Uint8Array;
    }) {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const wireRequest: WireRequest = {
        method: request.method,
        path: request.path,
        query: new URLSearchParams(),
        headers,
        body: typeof request.body === 'string' ? Buffer.from(request.body) : new Uint8Array(request.body ?? []),
      };
      const { status, headers: answered, body } = await wire(wireRequest, CALLER);
      return { response: { statusCode: status, headers: answered, body: Buffer.from(body) } };
    },
  };
  const client = new ECSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: requestHandler as unknown as ECSClientConfig['requestHandler'],
  });
  return { ...cloud, client };
}

async function farm() {
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

describe('services', () => {
  it('are created, run, are scaled and deleted', async () => {
    const { client, world, create, describe: look } = await farm();
    const { service } = await create({ tags: [{ key: 'a', value: 'b' }] });
    expect(service).toMatchObject({ status: 'ACTIVE', desiredCount: 2, runningCount: 0, createdBy: CALLER.arn });
    world.advance(2_000);
    const described = await look('pool', 'other');
    expect(described.services).toMatchObject([
      {
        runningCount: 2,
        pendingCount: 0,
        tags: [{ key: 'a', value: 'b' }],
        deployments: [{ rolloutState: 'COMPLETED' }],
      },
    ]);
    expect(described.services?.[0]?.events?.[0]?.createdAt).toBeInstanceOf(Date);
    expect(described.failures).toEqual([
      { arn: 'arn:aws:ecs:us-east-1:000000000000:service/farm/other', reason: 'MISSING' },
    ]);
    expect((await client.send(new ListServicesCommand({ cluster: 'farm' }))).serviceArns).toEqual([
      service?.serviceArn,
    ]);
    const scaled = await client.send(new UpdateServiceCommand({ cluster: 'farm', service: 'pool', desiredCount: 0 }));
    expect(scaled.service?.deployments).toHaveLength(1);
    world.advance(2_000);
    await client.send(new DeleteServiceCommand({ cluster: 'farm', service: 'pool' }));
    world.advance(1_000);
    expect((await look('pool')).services?.[0]?.status).toBe('INACTIVE');
  });

  it('give their rollouts', async () => {
    const { client, world, create } = await farm();
    await create();
    world.advance(2_000);
    const { serviceDeployments } = await client.send(
      new ListServiceDeploymentsCommand({ cluster: 'farm', service: 'pool' }),
    );
    expect(serviceDeployments).toMatchObject([{ status: 'SUCCESSFUL', finishedAt: expect.any(Date) }]);
    const serviceDeploymentArns = [serviceDeployments?.[0]?.serviceDeploymentArn ?? '', 'arn:other'];
    const described = await client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
    expect(described.serviceDeployments).toHaveLength(1);
    expect(described.failures).toEqual([{ arn: 'arn:other', reason: 'MISSING' }]);
  });

  it.each([
    ['ServiceNotFoundException', 'Service not found.', new UpdateServiceCommand({ cluster: 'farm', service: 'other' })],
    ['ServiceNotFoundException', 'Service not found.', new DeleteServiceCommand({ cluster: 'farm', service: 'other' })],
    ['ClusterNotFoundException', 'Cluster not found.', new DescribeServicesCommand({ cluster: 'x', services: ['y'] })],
    [
      'InvalidParameterException',
      'Services cannot have more than 10 elements.',
      new DescribeServicesCommand({ cluster: 'farm', services: Array.from({ length: 11 }, (_, index) => `s${index}`) }),
    ],
  ])('answer %s: %s', async (name, message, command) => {
    const { client } = await farm();
    await expect(client.send(command as UpdateServiceCommand)).rejects.toMatchObject({ name, message });
  });

  it('are not created twice, nor while the one of that name drains', async () => {
    const { client, create, world } = await farm();
    const first = await create({ clientToken: 'once' });
    const second = await create({ clientToken: 'once' });
    expect(second.service?.serviceArn).toBe(first.service?.serviceArn);
    await expect(create()).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Creation of service was not idempotent.',
    });
    world.advance(1_000);
    await client.send(new DeleteServiceCommand({ cluster: 'farm', service: 'pool', force: true }));
    await expect(create()).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Unable to Start a service that is still Draining.',
    });
    await expect(
      client.send(new UpdateServiceCommand({ cluster: 'farm', service: 'pool', desiredCount: 1 })),
    ).rejects.toMatchObject({ name: 'ServiceNotActiveException' });
  });

  it('need a new deployment to change their capacity providers', async () => {
    const { client, create } = await farm();
    await create();
    const change = {
      cluster: 'farm',
      service: 'pool',
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    };
    await expect(client.send(new UpdateServiceCommand(change))).rejects.toThrow('you must force a new deployment');
    const { service } = await client.send(new UpdateServiceCommand({ ...change, forceNewDeployment: true }));
    expect(service?.deployments?.[0]?.capacityProviderStrategy?.[0]?.capacityProvider).toBe('FARGATE');
  });

  it('refuse what the local cloud does not do, loudly', async () => {
    const { create } = await farm();
    await expect(create({ schedulingStrategy: 'DAEMON' })).rejects.toMatchObject({
      name: 'UnsupportedFeatureException',
      message: 'The local cloud does not implement the scheduling strategy DAEMON.',
    });
  });
});

describe('tasks', () => {
  it('are run, listed, described and stopped', async () => {
    const { client, world } = await farm();
    const { tasks } = await client.send(
      new RunTaskCommand({
        cluster: 'farm',
        taskDefinition: 'worker',
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
        overrides: { containerOverrides: [{ name: 'main', command: ['once'] }] },
        clientToken: 'token',
      }),
    );
    const taskArn = tasks?.[0]?.taskArn ?? '';
    world.advance(1_000);
    const listed = await client.send(new ListTasksCommand({ cluster: 'farm', family: 'worker' }));
    expect(listed.taskArns).toEqual([taskArn]);
    const { tasks: described, failures } = await client.send(
      new DescribeTasksCommand({ cluster: 'farm', tasks: [taskArn, 'other'], include: ['TAGS'] }),
    );
    expect(described).toMatchObject([{ lastStatus: 'RUNNING', startedAt: expect.any(Date), launchType: 'FARGATE' }]);
    expect(described?.[0]?.attachments).toMatchObject([{ type: 'ElasticNetworkInterface', status: 'ATTACHED' }]);
    expect(failures).toEqual([{ arn: 'arn:aws:ecs:us-east-1:000000000000:task/farm/other', reason: 'MISSING' }]);
    await client.send(new StopTaskCommand({ cluster: 'farm', task: taskArn, reason: 'done' }));
    world.advance(1_000);
    const stopped = await client.send(new DescribeTasksCommand({ cluster: 'farm', tasks: [taskArn] }));
    expect(stopped.tasks).toMatchObject([{ lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'done' }]);
    expect(stopped.tasks?.[0]?.containers?.[0]?.exitCode).toBe(0);
    const gone = await client.send(new ListTasksCommand({ cluster: 'farm' }));
    expect(gone.taskArns).toEqual([]);
    await expect(client.send(new StopTaskCommand({ cluster: 'farm', task: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The referenced task was not found.',
    });
  });

  it('come in pages', async () => {
    const { client, world, create } = await farm();
    await create({ desiredCount: 5 });
    world.advance(1_000);
    const first = await client.send(new ListTasksCommand({ cluster: 'farm', serviceName: 'pool', maxResults: 3 }));
    const { nextToken } = first;
    const rest = await client.send(new ListTasksCommand({ cluster: 'farm', serviceName: 'pool', nextToken }));
    expect([first.taskArns?.length, rest.taskArns?.length, rest.nextToken]).toEqual([3, 2, undefined]);
  });

  it('of a service are protected, those of RunTask are not', async () => {
    const { client, world, create } = await farm();
    await create();
    const alone = await client.send(
      new RunTaskCommand({
        cluster: 'farm',
        taskDefinition: 'worker',
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
      }),
    );
    world.advance(1_000);
    const { taskArns } = await client.send(new ListTasksCommand({ cluster: 'farm', serviceName: 'pool' }));
    const standalone = alone.tasks?.[0]?.taskArn ?? '';
    const tasks = [taskArns?.[0] ?? '', standalone, 'missing'];
    const set = await client.send(new UpdateTaskProtectionCommand({ cluster: 'farm', tasks, protectionEnabled: true }));
    const expirationDate = new Date(world.now() + 120 * 60_000);
    expect(set.protectedTasks).toEqual([{ taskArn: tasks[0], protectionEnabled: true, expirationDate }]);
    expect(set.failures?.map((failure) => failure.reason)).toEqual(['TASK_NOT_VALID', 'MISSING']);
    const got = await client.send(new GetTaskProtectionCommand({ cluster: 'farm', tasks: taskArns ?? [] }));
    expect(got.protectedTasks?.map((task) => task.protectionEnabled)).toEqual([true, false]);
    const eleven = Array.from({ length: 11 }, () => 'x');
    await expect(
      client.send(new UpdateTaskProtectionCommand({ cluster: 'farm', tasks: eleven, protectionEnabled: true })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('tags', () => {
  it('are set, listed and removed', async () => {
    const { client, create } = await farm();
    const { service } = await create({ tags: [{ key: 'a', value: '1' }] });
    const resourceArn = service?.serviceArn;
    const added = [
      { key: 'a', value: '2' },
      { key: 'b', value: '3' },
    ];
    await client.send(new TagResourceCommand({ resourceArn, tags: added }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual(added);
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([added[1]]);
  });
});
