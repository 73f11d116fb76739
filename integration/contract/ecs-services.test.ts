/** Services and tasks of ECS as only the local cloud can be asked, or in more detail than the cases of the contract do. */
import {
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  GetTaskProtectionCommand,
  ListServiceDeploymentsCommand,
  ListTagsForResourceCommand,
  ListTasksCommand,
  RunTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { NETWORK } from '../../local/cloud/ecs/test-cloud.ts';
import { farm } from './ecs-farm.ts';

describe('services', () => {
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
