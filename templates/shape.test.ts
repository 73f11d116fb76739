import { describe, expect, it } from 'vitest';
import type { Spec } from '../config-schema/documents.ts';
import { parseCluster } from '../config-schema/parse.ts';
import { poolShape } from './pool.ts';
import { serverShape } from './server.ts';
import type { ClusterShape } from './shape.ts';

function specOf(spec: object): Spec {
  const text = JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });
  const parsed = parseCluster(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.cluster.spec;
}

const base = (spec: object, more: Partial<ClusterShape> = {}): ClusterShape => ({
  installation: 'bbf',
  cluster: 'main',
  uid: 'u1',
  spec: specOf(spec),
  defaultEngine: { server: 'farm-server', worker: 'farm-worker' },
  initial: false,
  ...more,
});
const server = (spec: object, more: Partial<ClusterShape> = {}) => serverShape(base(spec, more));
const pool = (fields: object, more: Partial<ClusterShape> = {}) =>
  poolShape({ ...base({ pools: { a: fields } }, more), pool: 'a' });

/** Parameters of an engine that needs no companions. */
const selfContained = { AgentImage: '', GatewayImage: '', Configuration: '', HeapMiB: '' };
const companions = { storage: 'storage', backplane: 'redis', gateway: 'gateway', agent: 'agent' };
const buildfarm = { defaultEngine: { server: 'bf-server', worker: 'bf-worker', companions } };

describe('the shape of a server', () => {
  it('is parameters from the spec, and tags that tell whose it is', () => {
    const shape = server({ server: { cpu: 2048, memoryMiB: 4096 } });
    expect(shape.parameters).toEqual({
      ServiceName: 'bbf--main--server',
      Image: 'farm-server',
      Cpu: '2048',
      MemoryMiB: '4096',
      DiskGiB: '',
      Cluster: 'main',
      InitialCount: '',
      ...selfContained,
      BackplaneImage: '',
      StorageImage: '',
      StorageConfiguration: '',
    });
    expect(shape.tags).toEqual({
      'bbf:installation': 'bbf',
      'bbf:cluster': 'main',
      'bbf:uid': 'u1',
      'bbf:hash': shape.hash,
    });
    expect(shape.hash).toMatch(/^v1-[0-9a-f]{32}$/);
  });

  it('takes the image that the spec names', () => {
    expect(server({ engine: { server: 'mine@sha256:1' } }).parameters.Image).toBe('mine@sha256:1');
  });
});

describe('the shape of a pool', () => {
  it('is parameters from the spec', () => {
    const fields = {
      workers: 2,
      cpu: 8192,
      memoryMiB: 16384,
      diskGiB: 100,
      slots: 8,
      architecture: 'arm64',
      capacity: 'on-demand',
    };
    const shape = pool({ ...fields, platform: { b: '2', a: '1' } });
    expect(shape.parameters).toEqual({
      ServiceName: 'bbf--main--pool--a',
      Image: 'farm-worker',
      Cpu: '8192',
      MemoryMiB: '16384',
      Cluster: 'main',
      Pool: 'a',
      DiskGiB: '100',
      Slots: '8',
      Platform: '{"a":"1","b":"2"}',
      Architecture: 'ARM64',
      Capacity: 'on-demand',
      InitialCount: '',
      ...selfContained,
    });
    expect(shape.tags['bbf:pool']).toBe('a');
  });

  it.each([{}, { onDemandBase: 2 }])('has a value for every parameter, and for no other: %j', (fields) => {
    const { Parameters } = JSON.parse(pool(fields).template) as { Parameters: object };
    expect(Object.keys(pool(fields).parameters).sort()).toEqual(Object.keys(Parameters).sort());
  });

  it('has a base on demand only where the rest is on Spot', () => {
    const strategy = (fields: object) =>
      JSON.parse(pool(fields).template).Resources.Service.Properties.CapacityProviderStrategy;
    expect(pool({ onDemandBase: 2 }).parameters).toMatchObject({ OnDemandBase: '2' });
    expect(strategy({ onDemandBase: 2 })).toEqual([
      { CapacityProvider: 'FARGATE', Base: { Ref: 'OnDemandBase' }, Weight: 0 },
      { CapacityProvider: 'FARGATE_SPOT', Weight: 1 },
    ]);
    const onDemand = { capacity: 'on-demand' };
    expect(pool({ ...onDemand, onDemandBase: 2 })).toEqual(pool(onDemand));
    expect(pool({ onDemandBase: 0 })).toEqual(pool({}));
    expect(pool({ onDemandBase: 2 }).hash).not.toBe(pool({ onDemandBase: 1 }).hash);
  });

  it('needs a pool that the spec has', () => {
    expect(() => poolShape({ ...base({}), pool: 'none' })).toThrow('the spec of cluster main has no pool none');
  });
});

describe('a cluster with companions', () => {
  it('has their images and Buildfarm’s configuration, and JVMs that leave room for each other', () => {
    const { parameters } = server({ pools: { a: {} }, server: { diskGiB: 100 } }, buildfarm);
    expect(parameters).toMatchObject({
      Image: 'bf-server',
      GatewayImage: 'gateway',
      AgentImage: 'agent',
      StorageImage: 'storage',
      BackplaneImage: 'redis',
      HeapMiB: '512',
      DiskGiB: '100',
    });
    expect(JSON.parse(parameters.Configuration ?? '')).toMatchObject({ server: { bindAddress: '127.0.0.1' } });
    expect(JSON.parse(parameters.StorageConfiguration ?? '')).toMatchObject({
      worker: { capabilities: { cas: true } },
    });
  });

  it('has its own where the spec names all, and the installation’s else', () => {
    const own = { storage: 's', backplane: 'b', gateway: 'g', agent: 'a', worker: 'mine' };
    expect(pool({}, buildfarm).parameters).toMatchObject({ Image: 'bf-worker', GatewayImage: 'gateway' });
    const named = poolShape({ ...base({ engine: own, pools: { a: {} } }, buildfarm), pool: 'a' });
    expect(named.parameters).toMatchObject({ Image: 'mine', GatewayImage: 'g', AgentImage: 'a' });
  });

  it('has a server that is replaced with its queues, which are the pools', () => {
    const hash = (pools: object) => server({ pools }, buildfarm).hash;
    expect(hash({ a: {}, b: {} })).not.toBe(hash({ a: {} }));
    expect(hash({ a: { workers: 3, slots: 9 } })).toBe(hash({ a: {} }));
    expect(server({ pools: { a: {}, b: {} } }).hash).toBe(server({ pools: { a: {} } }).hash);
  });

  it('fits into CloudFormation’s 4,096 bytes a parameter with the most pools and the longest names', () => {
    const name = (n: number) => `${'p'.repeat(22)}${n + 10}`;
    const pools = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [name(n), { architecture: n ? 'arm64' : 'x86_64' }]),
    );
    const sizes = Object.values(server({ pools }, buildfarm).parameters).map((value) => Buffer.byteLength(value));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4_096);
  });

  it('fits into them with the most platform that a document may have', () => {
    const name = 'p'.repeat(24);
    const a = { architecture: 'arm64', cpu: 16_384, memoryMiB: 65_536, diskGiB: 200, slots: 256 };
    const shape = (bytes: number) =>
      poolShape({
        ...base({ pools: { [name]: { ...a, platform: { P: 'v'.repeat(bytes - 25) } } } }, buildfarm),
        pool: name,
      });
    const sizes = Object.values(shape(3_072).parameters).map((text) => Buffer.byteLength(text));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4_096);
    expect(Math.max(...sizes)).toBeGreaterThan(3_000);
    expect(() => shape(3_073)).toThrow();
  });

  it('fits into them with the longest Arch that the pools of a document may have', () => {
    const name = (n: number) => `${'p'.repeat(22)}${n + 10}`;
    const pools = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [
        name(n),
        { architecture: n ? 'arm64' : 'x86_64', slots: 256, platform: { Arch: 'v'.repeat(998) } },
      ]),
    );
    const shapes = [server({ pools }, buildfarm), poolShape({ ...base({ pools }, buildfarm), pool: name(1) })];
    const sizes = shapes.flatMap(({ parameters }) => Object.values(parameters).map((text) => Buffer.byteLength(text)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4_096);
    expect(Math.max(...sizes)).toBeGreaterThan(3_000);
  });
});

describe('the hash changes', () => {
  const before = pool({}).hash;
  it.each([
    ['with what makes a worker another one', { slots: 5 }, {}, true],
    ['with the platform', { platform: { a: 'b' } }, {}, true],
    ['with the default image', {}, { defaultEngine: { server: 's', worker: 'new' } }, true],
    ['not with the number of workers', { workers: 7, workersMax: 9 }, {}, false],
    ['not with the server’s default image', {}, { defaultEngine: { server: 'new', worker: 'farm-worker' } }, false],
    ['not between creation and update', {}, { initial: true }, false],
    ['not with the order of platform properties', { platform: { OSFamily: 'linux' } }, {}, false],
  ])('%s', (_, fields, more, changes) => expect(pool(fields, more).hash !== before).toBe(changes));

  it('a new service starts with no task, and later updates leave the count alone', () => {
    expect(pool({}, { initial: true }).parameters.InitialCount).toBe('0');
    const { Resources } = JSON.parse(pool({}).template);
    expect(Resources.Service.Properties.DesiredCount).toEqual({
      'Fn::If': ['HasInitialCount', { Ref: 'InitialCount' }, { Ref: 'AWS::NoValue' }],
    });
  });
});
