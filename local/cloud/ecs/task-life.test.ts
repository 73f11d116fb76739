import { describe, expect, it } from 'vitest';
import { createTestCloud, liveTasks, NETWORK, prepare, register, type TestCloud } from './test-cloud.ts';

const run = ({ ecs }: TestCloud) => {
  const { tasks } = ecs.runTask({
    cluster: 'farm',
    taskDefinition: 'worker',
    launchType: 'FARGATE',
    networkConfiguration: NETWORK,
  });
  return ecs.state.tasks[tasks[0]!.taskArn.split('/').at(-1)!]!;
};
const statuses = ({ events }: TestCloud) => {
  const seen = events
    .filter((event) => event.detailType === 'ECS Task State Change')
    .map((event) => `${event.detail.lastStatus}>${event.detail.desiredStatus}`);
  return seen.filter((status, index) => status !== seen[index - 1]);
};

describe('a task', () => {
  it('goes through every status on the way up and down, and says so', () => {
    const cloud = createTestCloud();
    prepare(cloud);
    const task = run(cloud);
    cloud.world.runUntil(() => task.lastStatus === 'RUNNING', 1_000);
    cloud.ecs.stopTask({ cluster: 'farm', task: task.arn, reason: 'enough' });
    cloud.world.runUntil(() => task.lastStatus === 'STOPPED', 1_000);
    expect(statuses(cloud)).toEqual([
      'PROVISIONING>RUNNING',
      'PENDING>RUNNING',
      'ACTIVATING>RUNNING',
      'RUNNING>RUNNING',
      'RUNNING>STOPPED',
      'DEACTIVATING>STOPPED',
      'STOPPING>STOPPED',
      'DEPROVISIONING>STOPPED',
      'STOPPED>STOPPED',
    ]);
    expect(task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' });
    expect(task.containers[0]).toMatchObject({ status: 'STOPPED', exitCode: 0 });
    expect(cloud.network.attached.size).toBe(0);
  });

  it('has an address of its own within 127/8', () => {
    const cloud = createTestCloud();
    prepare(cloud);
    const tasks = Array.from({ length: 40 }, () => run(cloud));
    cloud.world.advance(100);
    const addresses = tasks.map((task) => task.interface?.address);
    expect(new Set(addresses).size).toBe(40);
    for (const address of addresses) expect(address).toMatch(/^127\.(?!0\.)\d+\.\d+\.\d+$/);
  });

  it('is given what the agent of Fargate gives, and its own environment', () => {
    const cloud = createTestCloud();
    prepare(cloud, { environment: [{ name: 'BBF_POOL', value: 'default' }], command: ['serve'] });
    const task = run(cloud);
    cloud.world.advance(100);
    const { start } = cloud.runtime.program(task.id)!;
    expect(start.command).toEqual(['serve']);
    expect(start.environment).toMatchObject({
      BBF_POOL: 'default',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4599',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: task.credentialsToken,
    });
    expect(start.environment.ECS_CONTAINER_METADATA_URI_V4).toMatch(/^http:\/\/127\.0\.0\.1:4599\/_ecs\/v4\//);
  });

  it('is killed when SIGTERM did not end it within the stop timeout', () => {
    const cloud = createTestCloud();
    cloud.runtime.onTerminate = () => undefined;
    prepare(cloud, { stopTimeout: 7 });
    const task = run(cloud);
    cloud.world.advance(100);
    const program = cloud.runtime.program(task.id)!;
    cloud.ecs.stopTask({ cluster: 'farm', task: task.arn });
    cloud.world.advance(6_000);
    expect(program.signals).toEqual(['SIGTERM']);
    cloud.world.advance(2_000);
    expect(program.signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(task.containers[0]?.exitCode).toBe(137);
    expect(task.lastStatus).toBe('STOPPED');
  });

  it('waits 30 seconds before it kills where no timeout is given', () => {
    const cloud = createTestCloud();
    cloud.runtime.onTerminate = () => undefined;
    prepare(cloud);
    const task = run(cloud);
    cloud.world.advance(100);
    cloud.ecs.stopTask({ cluster: 'farm', task: task.arn });
    cloud.world.advance(29_900);
    expect(task.lastStatus).toBe('STOPPING');
    cloud.world.advance(200);
    expect(task.lastStatus).toBe('STOPPED');
  });

  it('fails with the name of an image that can not be pulled', () => {
    const cloud = createTestCloud();
    prepare(cloud, { image: 'nobody/nothing:1' });
    cloud.runtime.missingImages.set('nobody/nothing:1', 'nobody/nothing:1 not found');
    const task = run(cloud);
    cloud.world.advance(100);
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: nobody/nothing:1 not found',
    });
    expect(task.containers[0]?.exitCode).toBeUndefined();
  });

  it('fails when its subnet does not exist', () => {
    const cloud = createTestCloud();
    prepare(cloud);
    const networkConfiguration = { awsvpcConfiguration: { subnets: ['nowhere'] } };
    cloud.ecs.runTask({ cluster: 'farm', taskDefinition: 'worker', launchType: 'FARGATE', networkConfiguration });
    cloud.world.advance(100);
    expect(Object.values(cloud.ecs.state.tasks)[0]?.stoppedReason).toContain("The subnet ID 'nowhere' does not exist");
  });

  it('is warned of a Spot interruption before it is stopped', () => {
    const cloud = createTestCloud();
    prepare(cloud);
    const task = run(cloud);
    cloud.world.advance(100);
    cloud.ecs.interrupt(task.id);
    expect(cloud.events.findLast((event) => event.detail.lastStatus === 'RUNNING')?.detail).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'SpotInterruption',
    });
    cloud.world.advance(100);
    expect(task.lastStatus).toBe('STOPPED');
  });
});

describe('containers of one task', () => {
  const definitions = (containers: Record<string, unknown>[]) => ({
    containerDefinitions: containers.map((container) => ({ image: 'i', ...container })),
  });
  const started = (cloud: TestCloud) => cloud.runtime.running().map((program) => program.start.containerName);

  it('start when what they depend on has started, completed or is healthy', () => {
    const cloud = createTestCloud();
    cloud.ecs.createCluster({ clusterName: 'farm' });
    const setUp = { name: 'setup', essential: false };
    const main = { name: 'main', dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }] };
    const check = { command: ['CMD', 'true'], interval: 5 };
    const cache = { name: 'cache', healthCheck: check, dependsOn: [{ containerName: 'main', condition: 'START' }] };
    const agent = { name: 'agent', dependsOn: [{ containerName: 'cache', condition: 'HEALTHY' }] };
    register(cloud.ecs, {}, definitions([agent, cache, main, setUp]));
    const task = run(cloud);
    cloud.world.advance(100);
    expect(started(cloud)).toEqual(['setup']);
    cloud.runtime.program(task.id, 'setup')!.exit(0);
    expect(started(cloud)).toEqual(['main', 'cache']);
    expect(task.lastStatus).toBe('PENDING');
    cloud.world.advance(5_100);
    expect(started(cloud)).toEqual(['main', 'cache', 'agent']);
    expect(task.lastStatus).toBe('RUNNING');
  });

  it('never start when the container they need the success of has failed', () => {
    const cloud = createTestCloud();
    cloud.ecs.createCluster({ clusterName: 'farm' });
    const main = { name: 'main', dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }] };
    register(cloud.ecs, {}, definitions([main, { name: 'setup', essential: false }]));
    const task = run(cloud);
    cloud.world.advance(100);
    cloud.runtime.program(task.id, 'setup')!.exit(3);
    cloud.world.advance(100);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
  });

  it('stop in the reverse order of their start', () => {
    const cloud = createTestCloud();
    cloud.runtime.onTerminate = () => undefined;
    cloud.ecs.createCluster({ clusterName: 'farm' });
    const main = { name: 'main', dependsOn: [{ containerName: 'cache', condition: 'START' }] };
    register(cloud.ecs, {}, definitions([main, { name: 'cache' }]));
    const task = run(cloud);
    cloud.world.advance(100);
    const cache = cloud.runtime.program(task.id, 'cache')!;
    cloud.ecs.stopTask({ cluster: 'farm', task: task.id });
    cloud.world.advance(100);
    expect(cache.signals).toEqual([]);
    cloud.runtime.program(task.id, 'main')!.exit(0);
    expect(cache.signals).toEqual(['SIGTERM']);
  });

  it('end together when an essential one ends, and go on when another one does', () => {
    const cloud = createTestCloud();
    cloud.ecs.createCluster({ clusterName: 'farm' });
    register(cloud.ecs, {}, definitions([{ name: 'main' }, { name: 'side', essential: false }]));
    const task = run(cloud);
    cloud.world.advance(100);
    cloud.runtime.program(task.id, 'side')!.exit(1);
    cloud.world.advance(100);
    expect(task.lastStatus).toBe('RUNNING');
    cloud.runtime.program(task.id, 'main')!.exit(2);
    cloud.world.advance(100);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' });
    expect(task.containers.map((container) => container.exitCode)).toEqual([2, 1]);
  });
});

describe('a restart of the cloud', () => {
  it('records the tasks of the earlier run as stopped and starts new ones for services', () => {
    const before = createTestCloud();
    prepare(before);
    before.ecs.createService({
      cluster: 'farm',
      serviceName: 'pool',
      taskDefinition: 'worker',
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      desiredCount: 2,
    });
    before.world.advance(1_000);
    const earlier = liveTasks(before).map((task) => task.id);
    expect(earlier).toHaveLength(2);
    const after = createTestCloud({ seed: 2, saved: structuredClone(before.ecs.state) });
    after.ecs.resume();
    after.world.advance(1_000);
    for (const id of earlier) expect(after.ecs.state.tasks[id]?.lastStatus).toBe('STOPPED');
    expect(liveTasks(after).map((task) => task.lastStatus)).toEqual(['RUNNING', 'RUNNING']);
  });
});
