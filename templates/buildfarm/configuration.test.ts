import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseCluster } from '../../config-schema/parse.ts';
import { serverTemplate } from '../server.ts';
import {
  configurationText,
  heapMiB,
  serverConfiguration,
  storageConfiguration,
  workerConfiguration,
} from './configuration.ts';
import { poolOfQueue } from './queues.ts';

function specOf(spec: object) {
  const parsed = parseCluster(
    JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.cluster.spec;
}

const spec = specOf({
  pools: {
    default: { slots: 4 },
    arm: { architecture: 'arm64', diskGiB: 100, slots: 3, platform: { OSFamily: 'linux', gpu: '1' } },
    big: { cpu: 8192, memoryMiB: 16384, slots: 8 },
  },
  server: { diskGiB: 100 },
});
const pool = (name: string) => workerConfiguration(spec, name, spec.pools[name]!);
const files = {
  server: serverConfiguration(spec),
  storage: storageConfiguration(spec),
  'worker-default': pool('default'),
  'worker-arm': pool('arm'),
};

describe.each(Object.entries(files))('the configuration of %s', (name, configuration) => {
  it('is as it was reviewed', async () => {
    await expect(stringify(configuration)).toMatchFileSnapshot(`golden/${name}.yaml`);
  });

  it('is YAML, as both versions of the language read it', () => {
    const text = configurationText(configuration);
    expect(parse(text, { version: '1.1' })).toEqual(configuration);
    expect(parse(text)).toEqual(configuration);
    expect(text).not.toMatch(/[\n\t]/);
  });

  it('has only keys that every release from 2.11 to 2.17 reads', () =>
    expect(strangers(configuration, KEYS)).toEqual([]));
});

/** Keys of Buildfarm's configuration that 2.11.0 to 2.17.0 all have (its BuildfarmConfigs and the classes below it). */
type Keys = { [key: string]: true | Keys };
const PROPERTY: Keys = { name: true, value: true };
const KEYS: Keys = {
  digestFunction: true,
  defaultActionTimeout: true,
  maximumActionTimeout: true,
  maxEntrySizeBytes: true,
  prometheusPort: true,
  server: {
    name: true,
    port: true,
    bindAddress: true,
    maxInboundMessageSizeBytes: true,
    gracefulShutdownSeconds: true,
  },
  backplane: { redisUri: true, queues: { name: true, allowUnmatched: true, properties: PROPERTY } },
  worker: {
    port: true,
    publicName: true,
    root: true,
    capabilities: { cas: true, execution: true },
    executeStageWidth: true,
    inputFetchStageWidth: true,
    inputFetchDeadline: true,
    gracefulShutdownSeconds: true,
    dequeueMatchSettings: { allowUnmatched: true, properties: PROPERTY },
    storages: { type: true, path: true, maxSizeBytes: true },
    sandboxSettings: { alwaysUseCgroups: true },
  },
};

function strangers(value: unknown, keys: true | Keys, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => strangers(item, keys, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = keys === true ? undefined : keys[key];
    return known ? strangers(inner, known, `${path}.${key}`) : [`${path}.${key}`];
  });
}

describe('the check of keys', () => {
  it('finds one that is not known', () => {
    expect(strangers({ worker: { storages: [{ type: 'x', publishTtlMetric: true }] } }, KEYS)).toEqual([
      '.worker.storages.publishTtlMetric',
    ]);
  });
});

interface Offered {
  backplane: { queues: { name: string; properties: { name: string; value: string }[] }[] };
  worker: { dequeueMatchSettings: { allowUnmatched: boolean; properties: { name: string; value: string }[] } };
}
type Queues = Offered['backplane']['queues'];

/** As Buildfarm's server chooses: the first queue whose properties the action has (ProvisionedRedisQueue.isEligible). */
function queueFor(action: Record<string, string>): string | undefined {
  const { queues } = (files.server as Offered).backplane;
  return queues.find(({ properties }) => properties.every(({ name, value }) => action[name] === value))?.name;
}

/** The queues that a worker takes from: those of its file of which it has every property (ExecutionQueue.chooseEligibleQueues). */
function queuesTaken(name: string): string[] {
  const { backplane, worker } = pool(name) as Offered;
  const has = (wanted: Queues[number]['properties'][number]) =>
    worker.dequeueMatchSettings.properties.some(({ name, value }) => name === wanted.name && value === wanted.value);
  return backplane.queues.filter(({ properties }) => properties.every(has)).map((queue) => queue.name);
}

/** Whether a worker keeps what it took; else it puts it back, and takes it again, for ever (DequeueMatchEvaluator.satisfiesProperty). */
function keeps(name: string, action: Record<string, string>): boolean {
  const { allowUnmatched, properties } = (pool(name) as Offered).worker.dequeueMatchSettings;
  return Object.entries(action).every(([property, value]) => {
    const values = properties.filter((one) => one.name === property).map((one) => one.value);
    return values.length === 0 ? allowUnmatched : values.includes(value) || values.includes('*');
  });
}

describe('an action', () => {
  it.each([
    [{}, 'default'],
    [{ OSFamily: 'linux' }, 'default'],
    [{ OSFamily: 'Linux', gpu: '2' }, 'default'],
    [{ OSFamily: 'linux', Pool: 'big' }, 'big'],
    [{ Pool: 'big', Arch: 'arm64' }, 'big'],
    [{ Pool: 'arm', Arch: 'x86_64', OSFamily: 'Linux', gpu: '2' }, 'arm'],
    [{ Arch: 'arm64' }, 'arm--arch'],
    [{ Arch: 'arm64', Pool: 'unknown', OSFamily: 'Linux' }, 'arm--arch'],
    [{ Arch: 'x86_64' }, 'default'],
    [{ Arch: 'amd64' }, 'default'],
    [{ Pool: 'unknown' }, 'default'],
  ] as [Record<string, string>, string][])('that asks for %j goes to %s, whose workers keep it', (action, queue) => {
    expect(queueFor(action)).toBe(queue);
    expect(keeps(poolOfQueue(queue), action)).toBe(true);
  });

  it('finds workers at its queue, and only there', () => {
    expect([queuesTaken('default'), queuesTaken('big'), queuesTaken('arm')]).toEqual([
      ['default'],
      ['big'],
      ['arm', 'arm--arch'],
    ]);
  });
});

it('every Buildfarm process of the server’s task tells its metrics where its health check asks', () => {
  const checks = JSON.stringify(serverTemplate('bbf')).matchAll(/tcp\/127\.0\.0\.1\/(\d+) && printf 'GET \/metrics/g);
  const told = [files.server, files.storage].map((file) => `${(file as { prometheusPort: number }).prometheusPort}`);
  expect([...checks].map(([, port]) => port).sort()).toEqual(told);
});

it('a cluster without pools has Buildfarm’s own queue', () => {
  expect(serverConfiguration(specOf({ pools: {} }))).toMatchObject({
    backplane: { redisUri: 'redis://127.0.0.1:6379' },
  });
  expect(JSON.stringify(serverConfiguration(specOf({ pools: {} })))).not.toContain('queues');
});

it.each([
  [2_048, 512],
  [512, 256],
  [8_192, 2_048],
  [65_536, 2_048],
])('a task of %d MiB gives each JVM %d', (memory, heap) => expect(heapMiB(memory)).toBe(heap));

it.each([
  [21, 12.9],
  [200, 174],
])('a disk of %d GiB holds %d of blobs', (diskGiB, cacheGiB) => {
  const storage = storageConfiguration(specOf({ server: { diskGiB } })) as {
    worker: { storages: { maxSizeBytes: number }[] };
  };
  expect(storage.worker.storages[0]?.maxSizeBytes).toBe(Math.floor(cacheGiB * 1024 ** 3));
});
