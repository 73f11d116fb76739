import { describe, expect, it } from 'vitest';
import {
  createTestCloud,
  hasSettled,
  messagesOf,
  prepare,
  protect,
  register,
  running,
  serviceOf,
  serviceWith,
  settle,
  startService,
  type TestCloud,
  update,
} from './test-cloud.ts';

describe('a deployment', () => {
  it('replaces tasks without ever having fewer than wanted', () => {
    const cloud = serviceWith(2);
    const second = register(cloud.ecs, { command: ['two'] });
    update(cloud, { taskDefinition: 'worker' });
    let least = 2;
    cloud.world.runUntil(() => {
      least = Math.min(least, running(cloud).length);
      return hasSettled(cloud);
    }, 60_000);
    expect(least).toBe(2);
    expect(running(cloud).map((task) => task.taskDefinition)).toEqual([second, second]);
  });

  it('stops first and starts then where the configuration allows only one', () => {
    const single = { deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 } };
    const cloud = serviceWith(1, single);
    update(cloud, { forceNewDeployment: true });
    let most = 0;
    cloud.world.runUntil(() => {
      most = Math.max(most, cloud.runtime.running().length);
      return hasSettled(cloud);
    }, 60_000);
    expect(most).toBe(1);
  });

  it('waits for protected tasks, and goes on when their protection ends', () => {
    const cloud = serviceWith(2);
    const old = running(cloud)[0]!;
    protect(cloud, old.id);
    update(cloud, { forceNewDeployment: true });
    cloud.world.advance(9 * 60_000);
    expect(serviceOf(cloud).deployments.map((deployment) => deployment.rolloutState)).toEqual([
      'IN_PROGRESS',
      'COMPLETED',
    ]);
    expect(old.lastStatus).toBe('RUNNING');
    cloud.world.advance(2 * 60_000);
    expect(old.lastStatus).toBe('STOPPED');
    expect(hasSettled(cloud)).toBe(true);
  });

  it('is complete early, with old tasks still there, where the criteria say so', () => {
    const earlySuccessCriteria = { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'DEFERRED' };
    const cloud = serviceWith(2, { deploymentConfiguration: { earlySuccessCriteria } });
    protect(cloud, running(cloud)[0]!.id);
    update(cloud, { forceNewDeployment: true });
    cloud.world.advance(2_000);
    expect(serviceOf(cloud).deployments.map((deployment) => deployment.rolloutState)).toEqual([
      'COMPLETED',
      'COMPLETED',
    ]);
  });
});

describe('the circuit breaker', () => {
  const breaker = (more: object = {}) => ({
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true, ...more } },
  });
  const crash = (cloud: TestCloud) => {
    cloud.runtime.onStart = (program) => {
      if (program.start.command?.[0] !== 'crash') return;
      cloud.world.schedule(`crash/${program.start.taskId}`, cloud.world.now() + 20, () => program.exit(1));
    };
  };

  it('rolls back to the deployment that completed last, after three failures', () => {
    const cloud = serviceWith(1, breaker());
    const [good] = serviceOf(cloud).deployments;
    crash(cloud);
    register(cloud.ecs, { command: ['crash'] });
    update(cloud, { taskDefinition: 'worker' });
    cloud.world.runUntil(() => serviceOf(cloud).deployments[0]?.id === good?.id, 60_000);
    expect(serviceOf(cloud).deployments[0]).toMatchObject({
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${good?.id}.`,
    });
    expect(serviceOf(cloud).deployments[1]).toMatchObject({
      status: 'ACTIVE',
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      failedTasks: 3,
    });
    settle(cloud);
    expect(serviceOf(cloud).taskDefinition).toBe(good?.taskDefinition);
    const [rollout] = cloud.ecs.listServiceDeployments({ cluster: 'farm', service: 'pool' }).serviceDeployments;
    expect(rollout?.status).toBe('ROLLBACK_SUCCESSFUL');
  });

  it('stalls a first deployment: nothing is launched any more', () => {
    const cloud = createTestCloud();
    prepare(cloud, { command: ['crash'] });
    crash(cloud);
    startService(cloud, 1, breaker());
    cloud.world.runUntil(() => serviceOf(cloud).deployments[0]?.rolloutState === 'FAILED', 60_000);
    cloud.world.advance(1_000);
    const tasks = Object.keys(cloud.ecs.state.tasks).length;
    cloud.world.advance(3_600_000);
    expect(Object.keys(cloud.ecs.state.tasks)).toHaveLength(tasks);
    expect(tasks).toBe(3);
  });

  it('takes a change of the service as a new start', () => {
    const cloud = createTestCloud();
    prepare(cloud, { command: ['crash'] });
    crash(cloud);
    startService(cloud, 1, breaker());
    cloud.world.runUntil(() => serviceOf(cloud).deployments[0]?.rolloutState === 'FAILED', 60_000);
    register(cloud.ecs);
    update(cloud, { taskDefinition: 'worker' });
    settle(cloud);
    expect(serviceOf(cloud).runningCount).toBe(1);
  });

  it.each([
    { desired: 1, configuration: undefined, expected: 3 },
    { desired: 9, configuration: undefined, expected: 5 },
    { desired: 2, configuration: { type: 'COUNT', value: 1 }, expected: 1 },
    { desired: 4, configuration: { type: 'UNBOUNDED_PERCENT', value: 50 }, expected: 2 },
  ])('tolerates fewer than $expected failures of $desired with $configuration', (row) => {
    const cloud = createTestCloud();
    prepare(cloud);
    startService(cloud, row.desired, breaker({ thresholdConfiguration: row.configuration }));
    const arn = cloud.ecs.listServiceDeployments({ cluster: 'farm', service: 'pool' }).serviceDeployments[0]!
      .serviceDeploymentArn;
    const [rollout] = cloud.ecs.describeServiceDeployments({ serviceDeploymentArns: [arn] }).serviceDeployments;
    expect(rollout).toMatchObject({ deploymentCircuitBreaker: { threshold: row.expected } });
  });

  it('counts health checks that fail', () => {
    const cloud = createTestCloud();
    cloud.runtime.onStart = (program) => {
      program.healthy = false;
    };
    const healthCheck = { command: ['CMD-SHELL', 'probe'], interval: 5, retries: 2 };
    prepare(cloud, { healthCheck });
    startService(cloud, 1, breaker());
    cloud.world.runUntil(() => serviceOf(cloud).deployments[0]?.rolloutState === 'FAILED', 5 * 60_000);
    expect(messagesOf(cloud).some((message) => /\(task \w+\) failed container health checks\.$/.test(message))).toBe(
      true,
    );
  });
});
