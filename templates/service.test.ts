import { describe, expect, it } from 'vitest';
import { ONE_CAPACITY, SPOT_WITH_BASE } from './capacity.ts';
import type { Template, Value } from './cloudformation.ts';
import { poolTemplate } from './pool.ts';
import { serverTemplate } from './server.ts';

type Properties = { [name: string]: Value };
const propertiesOf = ({ Resources }: Template, id: string) => (Resources[id]?.Properties ?? {}) as Properties;

/** Of a task with companions and of one without. */
function containersOf(template: Template): Properties[] {
  const { 'Fn::If': branches } = propertiesOf(template, 'TaskDefinition').ContainerDefinitions as {
    'Fn::If': [string, Properties[], Properties[]];
  };
  return branches.slice(1).flat() as Properties[];
}

describe.each([
  ['server', serverTemplate('bbf'), 0, 100, 6],
  ['pool', poolTemplate('bbf', ONE_CAPACITY), 0, 200, 4],
  ['pool with a base on demand', poolTemplate('bbf', SPOT_WITH_BASE), 0, 200, 4],
])('the service of a %s', (_, template, least, most, containers) => {
  const service = propertiesOf(template, 'Service');
  const definition = propertiesOf(template, 'TaskDefinition');

  it('is not moved between zones while its tasks work', () => {
    expect(service.AvailabilityZoneRebalancing).toBe('DISABLED');
  });

  it('goes back to what ran where its new tasks do not come up', () => {
    expect(service.DeploymentConfiguration).toEqual({
      MinimumHealthyPercent: least,
      MaximumPercent: most,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
  });

  it('hands its tags to its tasks, whose cost they tell', () => {
    expect([service.PropagateTags, service.EnableECSManagedTags]).toEqual(['SERVICE', true]);
  });

  it('gives each container all the time to end that Fargate gives, and a log that is the foundation’s', () => {
    const all = containersOf(template);
    expect(all).toHaveLength(containers);
    expect(all.filter(({ StopTimeout }) => StopTimeout !== 120)).toEqual([]);
    const groups = all.map(({ LogConfiguration }) => JSON.stringify(LogConfiguration));
    expect(groups.filter((log) => !log.includes('{"Fn::ImportValue":"bbf--FarmLogGroup"}'))).toEqual([]);
  });

  it('has no container with more rights than a plain one, nor a secret in its environment', () => {
    const more = ['Privileged', 'LinuxParameters', 'User', 'Secrets', 'DockerSecurityOptions'];
    expect(containersOf(template).flatMap((one) => more.filter((name) => name in one))).toEqual([]);
    const names = containersOf(template).flatMap(({ Environment }) => (Environment as { Name: string }[]) ?? []);
    expect(names.filter(({ Name }) => /SECRET|PASSWORD|TOKEN|KEY/.test(Name))).toEqual([]);
  });

  it('is on Fargate by capacity providers, in a network of its own, with a role for the task and one to start it', () => {
    expect(definition.RequiresCompatibilities).toEqual(['FARGATE']);
    expect(definition.NetworkMode).toBe('awsvpc');
    expect(definition.TaskRoleArn).not.toEqual(definition.ExecutionRoleArn);
    expect('LaunchType' in service).toBe(false);
  });
});

describe('a pool’s tasks', () => {
  const definition = propertiesOf(poolTemplate('bbf', ONE_CAPACITY), 'TaskDefinition');

  it('have the architecture and the disk that the spec names', () => {
    expect(definition.RuntimePlatform).toEqual({
      CpuArchitecture: { Ref: 'Architecture' },
      OperatingSystemFamily: 'LINUX',
    });
    expect(definition.EphemeralStorage).toEqual({ SizeInGiB: { Ref: 'DiskGiB' } });
  });

  it('open no port: nothing comes in to a worker', () => {
    const mapped = containersOf(poolTemplate('bbf', ONE_CAPACITY)).flatMap(
      ({ PortMappings }) => (PortMappings as Value[]) ?? [],
    );
    expect(mapped).toEqual([]);
  });

  it('keep the key of their certificate out of the container that runs actions', () => {
    const worker = containersOf(poolTemplate('bbf', ONE_CAPACITY)).filter(({ Name }) => Name === 'worker');
    expect(worker.map(({ MountPoints }) => JSON.stringify(MountPoints ?? [])).join()).not.toContain('"run"');
  });
});
