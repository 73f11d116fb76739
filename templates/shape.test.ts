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

describe('the shape of a server', () => {
  it('is parameters from the spec, and tags that tell whose it is', () => {
    const shape = server({ server: { cpu: 2048, memoryMiB: 4096 } });
    expect(shape.parameters).toEqual({
      ServiceName: 'bbf--main--server',
      Image: 'farm-server',
      Cpu: '2048',
      MemoryMiB: '4096',
      Cluster: 'main',
      InitialCount: '',
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
    });
    expect(shape.tags['bbf:pool']).toBe('a');
  });

  it('has a value for every parameter without a default, and for no other', () => {
    const { Parameters } = JSON.parse(pool({}).template) as { Parameters: object };
    expect(Object.keys(pool({}).parameters).sort()).toEqual(Object.keys(Parameters).sort());
  });

  it('needs a pool that the spec has', () => {
    expect(() => poolShape({ ...base({}), pool: 'none' })).toThrow('the spec of cluster main has no pool none');
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
