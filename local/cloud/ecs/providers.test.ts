import { describe, expect, it } from 'vitest';
import type { ResourceContext, ResourceProvider } from '../kernel.ts';
import { createTestCloud, liveTasks, type TestCloud } from './test-cloud.ts';

const CONTEXT: ResourceContext = {
  stackName: 'stack',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/stack/1',
  logicalId: 'It',
  tags: { 'bbf:cluster': 'main' },
  generatedName: () => 'stack-It-ABC',
};
const providerOf = (cloud: TestCloud, type: string): ResourceProvider =>
  cloud.ecs.providers.find((provider) => provider.type === `AWS::ECS::${type}`)!;

const CLUSTER = { ClusterName: 'farm', CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] };
const DEFINITION = {
  Family: 'worker',
  Cpu: 1024,
  Memory: '2048',
  NetworkMode: 'awsvpc',
  RequiresCompatibilities: ['FARGATE'],
  ExecutionRoleArn: 'arn:aws:iam::000000000000:role/run',
  ContainerDefinitions: [
    {
      Name: 'main',
      Image: 'bbf/farm-worker',
      StopTimeout: '120',
      Environment: [{ Name: 'SLOTS', Value: 4 }],
      LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': 'g', 'awslogs-stream-prefix': 'w' } },
    },
  ],
};
const service = (taskDefinition: string, more: object = {}) => ({
  Cluster: 'farm',
  ServiceName: 'pool',
  TaskDefinition: taskDefinition,
  CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: '1' }],
  DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
  NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'], AssignPublicIp: 'ENABLED' } },
  PropagateTags: 'SERVICE',
  EnableECSManagedTags: 'true',
  ...more,
});

function stackOf(cloud = createTestCloud()) {
  providerOf(cloud, 'Cluster').create(CLUSTER, CONTEXT);
  const definitions = providerOf(cloud, 'TaskDefinition');
  const define = (command: string[] = []) =>
    definitions.create(
      { ...DEFINITION, ContainerDefinitions: [{ ...DEFINITION.ContainerDefinitions[0], Command: command }] },
      CONTEXT,
    ).physicalId;
  return { cloud, definitions, define, services: providerOf(cloud, 'Service') };
}

const stateOf = ({ cloud, services }: ReturnType<typeof stackOf>, id: string) => {
  cloud.world.advance(5_000);
  return services.stability?.(id, {});
};

describe('ECS in a template', () => {
  it('brings properties into the shape of the API', () => {
    const { cloud, define } = stackOf();
    const arn = define();
    const { taskDefinition, tags } = cloud.ecs.describeTaskDefinition({ taskDefinition: arn, include: ['TAGS'] });
    expect(taskDefinition).toMatchObject({ family: 'worker', cpu: '1024', memory: '2048', networkMode: 'awsvpc' });
    expect(taskDefinition.containerDefinitions[0]).toMatchObject({
      stopTimeout: 120,
      environment: [{ name: 'SLOTS', value: '4' }],
      logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g', 'awslogs-stream-prefix': 'w' } },
    });
    expect(tags).toEqual([{ key: 'bbf:cluster', value: 'main' }]);
  });

  it('sets the settings of a cluster', () => {
    const { cloud } = stackOf();
    const clusters = providerOf(cloud, 'Cluster');
    const settings = () =>
      cloud.ecs.describeClusters({ clusters: ['farm', 'new'] }).clusters.map((one) => one.settings);
    const insights = (Value: string) => ({ ...CLUSTER, ClusterSettings: [{ Name: 'containerInsights', Value }] });
    const told = (value: string) => [{ name: 'containerInsights', value }];
    clusters.create({ ...insights('enhanced'), ClusterName: 'new' }, CONTEXT);
    expect(settings()).toEqual([told('disabled'), told('enhanced')]);
    clusters.update('farm', CLUSTER, insights('enabled'), CONTEXT);
    expect(settings()).toEqual([told('enabled'), told('enhanced')]);
  });

  it('refuses a cluster that is there already, and replaces one that is renamed', () => {
    const { cloud } = stackOf();
    const clusters = providerOf(cloud, 'Cluster');
    expect(() => clusters.create(CLUSTER, CONTEXT)).toThrow("with identifier 'farm' already exists");
    expect(clusters.update('farm', CLUSTER, { ...CLUSTER, ClusterName: 'other' }, CONTEXT)).toBe('replace');
  });

  it('associates capacity providers with a cluster', () => {
    const { cloud } = stackOf();
    const provider = providerOf(cloud, 'ClusterCapacityProviderAssociations');
    const strategy = [{ CapacityProvider: 'FARGATE', Weight: 1 }];
    const properties = { Cluster: 'farm', CapacityProviders: ['FARGATE'], DefaultCapacityProviderStrategy: strategy };
    expect(provider.create(properties, CONTEXT).physicalId).toBe('farm');
    expect(cloud.ecs.state.clusters.farm?.capacityProviders).toEqual(['FARGATE']);
    provider.delete('farm', properties, CONTEXT);
    expect(cloud.ecs.state.clusters.farm?.capacityProviders).toEqual([]);
  });

  it('makes every change of a task definition a replacement, and deregisters what is deleted', () => {
    const { cloud, define, definitions } = stackOf();
    const arn = define();
    expect(definitions.update(arn, DEFINITION, DEFINITION, CONTEXT)).toBe('replace');
    definitions.delete(arn, DEFINITION, CONTEXT);
    expect(cloud.ecs.state.families.worker?.[0]?.status).toBe('INACTIVE');
  });
});

describe('a service in a template', () => {
  it('gets one task where no count is given, and keeps the live count when it is updated', () => {
    const stack = stackOf();
    const before = service(stack.define());
    const { physicalId, attributes } = stack.services.create(before, CONTEXT);
    expect(attributes).toEqual({ ServiceArn: physicalId, Name: 'pool' });
    expect(stack.services.stability?.(physicalId, {})).toEqual({ state: 'pending' });
    expect(stateOf(stack, physicalId)).toEqual({ state: 'stable' });
    expect(stack.cloud.ecs.state.services[physicalId]?.desiredCount).toBe(1);
    stack.cloud.ecs.updateService({ cluster: 'farm', service: 'pool', desiredCount: 3 });
    stack.services.update(physicalId, before, service(stack.define(['two'])), CONTEXT);
    expect(stateOf(stack, physicalId)).toEqual({ state: 'stable' });
    expect(liveTasks(stack.cloud)).toHaveLength(3);
    expect(liveTasks(stack.cloud)[0]?.tags).toContainEqual({ key: 'bbf:cluster', value: 'main' });
  });

  it('takes the count as text, as parameters give it', () => {
    const stack = stackOf();
    const { physicalId } = stack.services.create(service(stack.define(), { DesiredCount: '0' }), CONTEXT);
    expect(stateOf(stack, physicalId)).toEqual({ state: 'stable' });
    expect(liveTasks(stack.cloud)).toEqual([]);
  });

  it('never becomes stable once somebody has deleted it', () => {
    const stack = stackOf();
    const { physicalId } = stack.services.create(service(stack.define()), CONTEXT);
    stack.cloud.ecs.deleteService({ cluster: 'farm', service: 'pool', force: true });
    expect(stack.services.stability?.(physicalId, {})).toEqual({
      state: 'failed',
      reason: `Service ${physicalId} is DRAINING.`,
    });
    expect(stateOf(stack, physicalId)).toMatchObject({ state: 'failed' });
  });

  it('is replaced when its name or cluster changes', () => {
    const stack = stackOf();
    const before = service(stack.define());
    const { physicalId } = stack.services.create(before, CONTEXT);
    expect(stack.services.update(physicalId, before, { ...before, ServiceName: 'other' }, CONTEXT)).toBe('replace');
  });

  it('fails when the circuit breaker fails its deployment, and is stable again after the stack was rolled back', () => {
    const stack = stackOf();
    const before = service(stack.define());
    const { physicalId } = stack.services.create(before, CONTEXT);
    stateOf(stack, physicalId);
    stack.cloud.runtime.onStart = (program) => {
      if (program.start.command?.[0] === 'crash') program.healthy = false;
    };
    const crashing = service(stack.define(['crash']));
    stack.cloud.runtime.missingImages.set('bbf/farm-worker', 'gone');
    stack.services.update(physicalId, before, crashing, CONTEXT);
    stack.cloud.world.advance(20_000);
    expect(stateOf(stack, physicalId)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('Circuit Breaker was triggered'),
    });
    stack.cloud.runtime.missingImages.clear();
    stack.services.update(physicalId, crashing, before, CONTEXT);
    stack.cloud.world.advance(60_000);
    expect(stateOf(stack, physicalId)).toEqual({ state: 'stable' });
  });

  it('drains when it is deleted', () => {
    const stack = stackOf();
    const { physicalId } = stack.services.create(service(stack.define()), CONTEXT);
    stateOf(stack, physicalId);
    stack.services.delete(physicalId, {}, CONTEXT);
    expect(stack.services.gone?.(physicalId)).toBe(false);
    stack.cloud.world.advance(1_000);
    expect(stack.services.gone?.(physicalId)).toBe(true);
    stack.services.delete(physicalId, {}, CONTEXT);
  });
});
