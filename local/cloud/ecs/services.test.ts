import { describe, expect, it } from 'vitest';
import {
  createTestCloud,
  liveTasks,
  messagesOf,
  prepare,
  protect,
  running,
  serviceOf,
  serviceWith,
  settle,
  startService,
  type TestCloud,
  update,
} from './test-cloud.ts';

const detailsOf = (cloud: TestCloud, detailType: string) =>
  cloud.events.filter((event) => event.detailType === detailType).map((event) => event.detail);

describe('a service', () => {
  it('starts its tasks, completes its deployment and says that it is steady', () => {
    const cloud = serviceWith(3);
    expect(serviceOf(cloud)).toMatchObject({ status: 'ACTIVE', desiredCount: 3, runningCount: 3, pendingCount: 0 });
    expect(messagesOf(cloud)[0]).toBe('(service pool) has reached a steady state.');
    expect(messagesOf(cloud)[1]).toMatch(/^\(service pool\) \(deployment ecs-svc\/\d{19}\) deployment completed\.$/);
    expect(messagesOf(cloud)[2]).toMatch(/^\(service pool\) has started 3 tasks: \(task [0-9a-f]{32}\) \(task /);
    expect(detailsOf(cloud, 'ECS Deployment State Change').map((detail) => detail.eventName)).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
    expect(detailsOf(cloud, 'ECS Service Action').map((detail) => detail.eventName)).toEqual(['SERVICE_STEADY_STATE']);
  });

  it('is said to have changed as soon as it is created', () => {
    const cloud = serviceWith(0);
    const before = cloud.world.changes('ecs');
    startService(cloud, 0, { serviceName: 'other' });
    expect(cloud.world.changes('ecs')).toBeGreaterThan(before);
  });

  it('of no tasks completes at once', () => {
    expect(serviceOf(serviceWith(0)).deployments[0]).toMatchObject({ rolloutState: 'COMPLETED', desiredCount: 0 });
  });

  it('is scaled without a new deployment', () => {
    const cloud = serviceWith(1);
    const before = serviceOf(cloud).deployments[0]?.id;
    update(cloud, { desiredCount: 4 });
    cloud.world.advance(1_000);
    update(cloud, { desiredCount: 2 });
    cloud.world.advance(1_000);
    expect(serviceOf(cloud).runningCount).toBe(2);
    expect(serviceOf(cloud).deployments.map((deployment) => deployment.id)).toEqual([before]);
  });

  it('replaces a task that ends, and does not hurry when it ends again and again', () => {
    const cloud = serviceWith(1);
    cloud.runtime.program(running(cloud)[0]!.id)!.exit(1);
    cloud.world.advance(900);
    expect(running(cloud)).toHaveLength(0);
    cloud.world.advance(1_000);
    expect(running(cloud)).toHaveLength(1);
  });

  it('backs off when tasks never start', () => {
    const cloud = createTestCloud();
    prepare(cloud);
    cloud.runtime.missingImages.set('bbf/farm-worker', 'not found');
    startService(cloud, 1);
    cloud.world.advance(10 * 60_000);
    // Waits of 1, 2, 4, 8, 16, 32 s and then one minute each: 6 + 9 starts in ten minutes, not hundreds.
    expect(Object.keys(cloud.ecs.state.tasks).length).toBeGreaterThan(10);
    expect(Object.keys(cloud.ecs.state.tasks).length).toBeLessThan(18);
    expect(messagesOf(cloud).some((message) => message.includes('is unable to consistently start tasks'))).toBe(true);
    cloud.runtime.missingImages.clear();
    cloud.world.advance(61_000);
    expect(running(cloud)).toHaveLength(1);
  });

  it('says why a task can not be placed, and places it when it can', () => {
    const cloud = createTestCloud();
    prepare(cloud);
    cloud.ecs.faults.placement = ({ serviceName }) =>
      serviceName === 'pool' ? 'Capacity is unavailable at this time.' : undefined;
    startService(cloud, 2);
    cloud.world.advance(5_000);
    expect(messagesOf(cloud).at(-1)).toMatch(/^\(service pool\) was unable to place a task\. Reason: Capacity is/);
    expect(detailsOf(cloud, 'ECS Service Action')[0]).toMatchObject({
      eventType: 'ERROR',
      eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
      reason: 'RESOURCE:FARGATE',
    });
    cloud.ecs.faults.placement = undefined;
    cloud.world.advance(60_000);
    expect(running(cloud)).toHaveLength(2);
  });

  it('drains when it is deleted, and its name is free once it is INACTIVE', () => {
    const cloud = serviceWith(2);
    protect(cloud, running(cloud)[0]!.id);
    expect(() => cloud.ecs.deleteService({ cluster: 'farm', service: 'pool' })).toThrow('scaled above 0');
    cloud.ecs.deleteService({ cluster: 'farm', service: 'pool', force: true });
    expect(serviceOf(cloud).status).toBe('DRAINING');
    expect(() => startService(cloud, 1)).toThrow('Unable to Start a service that is still Draining.');
    expect(() => update(cloud, { desiredCount: 1 })).toThrow('Service was not ACTIVE.');
    cloud.world.advance(1_000);
    expect(serviceOf(cloud).status).toBe('INACTIVE');
    expect(liveTasks(cloud)).toEqual([]);
    startService(cloud, 1);
    settle(cloud);
    expect(serviceOf(cloud).runningCount).toBe(1);
  });

  it('hands its tags on and spreads tasks over capacity providers', () => {
    const strategy = [
      { capacityProvider: 'FARGATE', base: 1, weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 3 },
    ];
    const tags = [{ key: 'bbf:pool', value: 'default' }];
    const more = { launchType: undefined, capacityProviderStrategy: strategy, tags, propagateTags: 'SERVICE' };
    const cloud = serviceWith(9, more);
    const providers = running(cloud).map((task) => task.capacityProvider);
    expect(providers.filter((provider) => provider === 'FARGATE')).toHaveLength(3);
    expect(providers.filter((provider) => provider === 'FARGATE_SPOT')).toHaveLength(6);
    for (const task of running(cloud)) expect(task.tags).toEqual(tags);
  });

  it('fills a base first, and gives a weight of zero nothing beyond it', () => {
    const strategy = [
      { capacityProvider: 'FARGATE', base: 2, weight: 0 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ];
    const cloud = serviceWith(1, { launchType: undefined, capacityProviderStrategy: strategy });
    const onEach = () =>
      ['FARGATE', 'FARGATE_SPOT'].map((name) => running(cloud).filter((task) => task.capacityProvider === name).length);
    expect(onEach()).toEqual([1, 0]);
    update(cloud, { desiredCount: 5 });
    cloud.world.advance(5_000);
    expect(onEach()).toEqual([2, 3]);
  });

  it('of five hundred tasks is no harder than a small one', () => {
    const cloud = serviceWith(500);
    expect(serviceOf(cloud).runningCount).toBe(500);
    update(cloud, { desiredCount: 0 });
    cloud.world.advance(5_000);
    expect(liveTasks(cloud)).toEqual([]);
  });
});

describe('scale-in protection', () => {
  it('keeps protected tasks: only the others are stopped', () => {
    const cloud = serviceWith(3);
    const [first, second] = running(cloud);
    protect(cloud, first!.id, second!.id);
    update(cloud, { desiredCount: 0 });
    cloud.world.advance(1_000);
    expect(
      running(cloud)
        .map((task) => task.id)
        .sort(),
    ).toEqual([first!.id, second!.id].sort());
    expect(serviceOf(cloud)).toMatchObject({ desiredCount: 0, runningCount: 2 });
  });

  it('ends when it is lifted or runs out, and scale-in then goes on', () => {
    const cloud = serviceWith(2);
    const [first, second] = running(cloud);
    protect(cloud, first!.id, second!.id);
    update(cloud, { desiredCount: 0 });
    cloud.ecs.updateTaskProtection({ cluster: 'farm', tasks: [first!.id], protectionEnabled: false });
    cloud.world.advance(1_000);
    expect([first!.lastStatus, second!.lastStatus]).toEqual(['STOPPED', 'RUNNING']);
    cloud.world.advance(11 * 60_000);
    expect(second!.lastStatus).toBe('STOPPED');
  });

  it('does not hold off StopTask', () => {
    const cloud = serviceWith(1);
    const task = running(cloud)[0]!;
    protect(cloud, task.id);
    cloud.ecs.stopTask({ cluster: 'farm', task: task.id });
    cloud.world.advance(1_000);
    expect(task.lastStatus).toBe('STOPPED');
    expect(running(cloud)).toHaveLength(1);
  });

  it('is refused to more tasks than the service wants', () => {
    const cloud = serviceWith(2);
    const [first, second] = running(cloud);
    protect(cloud, first!.id);
    update(cloud, { desiredCount: 1 });
    const { failures } = protect(cloud, second!.id);
    expect(failures).toMatchObject([{ arn: second!.arn, reason: 'DEPLOYMENT_BLOCKED' }]);
  });
});
