/** A cluster whose engine has companions, by the real reconciler and templates, on the local cloud in virtual time. */
import { beforeAll, describe, expect, it } from 'vitest';
import { imageProblem } from '../local/cloud/ecs/image-table.ts';
import { startWorld } from './world.ts';

const registry = '123456789012.dkr.ecr.eu-west-3.amazonaws.com/bbf';
const image = (name: string) => `${registry}/${name}@sha256:${'0'.repeat(64)}`;
const engine = Object.fromEntries(
  ['server', 'worker', 'storage', 'backplane', 'gateway', 'agent'].map((name) => [name, image(name)]),
);
const spec = { engine, pools: { default: { workers: 1, capacity: 'on-demand' } } };

describe('the tasks of an engine with companions', () => {
  let world: Awaited<ReturnType<typeof startWorld>>;
  const containers = () => world.tasks.running().map(({ start }) => start);
  const environmentOf = (name: string) =>
    containers().find(({ containerName }) => containerName === name)?.environment ?? {};

  beforeAll(async () => {
    world = await startWorld();
    await world.writeCluster(spec);
    await world.invoke({ stay: true });
    await world.report(0);
    await world.invoke({ stay: true });
  });

  it('run every image of the engine, with companions on both sides', () => {
    const running = containers().map(({ image: of, containerName }) => [containerName, of]);
    expect(running.sort()).toEqual(
      ['agent', 'agent', 'backplane', 'gateway', 'gateway', 'server', 'storage', 'worker'].map((name) => [
        name,
        image(name),
      ]),
    );
  });

  it('tell Buildfarm its configuration, and each JVM its heap', () => {
    expect(environmentOf('worker')).toMatchObject({
      BBF_POOL: 'default',
      JAVA_TOOL_OPTIONS: expect.stringContaining('-Xmx2048m'),
    });
    const configurationOf = (name: string) => JSON.parse(environmentOf(name).BBF_CONFIGURATION ?? '');
    expect(configurationOf('worker')).toMatchObject({ worker: { capabilities: { cas: false } } });
    expect(configurationOf('storage')).toMatchObject({ worker: { capabilities: { cas: true } } });
    expect(configurationOf('server')).toMatchObject({ server: { port: 8970 } });
  });

  it('tell the backplane to forget what was used least before it is the task that ends', () => {
    const { command = [] } = containers().find(({ containerName }) => containerName === 'backplane') ?? {};
    const given = (option: string) => command[command.indexOf(option) + 1];
    expect([given('--maxmemory'), given('--maxmemory-policy')]).toEqual(['512mb', 'volatile-lru']);
  });

  it('tell gateway and agent which side they are on, and the agent of a worker what its pool is', () => {
    const sides = containers().flatMap(({ containerName, environment }) => {
      if (containerName === 'gateway') return [`gateway ${environment.BBF_GATEWAY} ${environment.BBF_CLUSTER}`];
      return containerName === 'agent'
        ? [`agent ${environment.BBF_AGENT} ${environment.BBF_POOL ?? environment.BBF_BUCKET}`]
        : [];
    });
    expect(sides.sort()).toEqual([
      'agent server bbf-world',
      'agent worker default',
      'gateway server main',
      'gateway worker main',
    ]);
  });
});

it('a backplane that never listens keeps server and storage from starting', async () => {
  const world = await startWorld();
  world.tasks.onStart = (program) => {
    if (program.start.containerName === 'backplane') program.healthy = false;
  };
  await world.writeCluster(spec);
  await world.invoke({ stay: true });
  await world.advance(60_000);
  const names = world.tasks.running().map(({ start }) => start.containerName);
  expect(names).toContain('backplane');
  expect(names).not.toContain('server');
  expect(names).not.toContain('storage');
});

it('an engine that this machine has no programs for is named in status', async () => {
  const world = await startWorld();
  const problem = imageProblem({ 'bbf/farm-server': ['node'], 'bbf/farm-worker': ['node'] }, image('gateway')) ?? '';
  expect(problem).toContain(
    'The local cloud runs programs of this machine instead of images and knows these: bbf/farm-server, bbf/farm-worker',
  );
  world.tasks.missingImages.set(image('gateway'), problem);
  await world.writeCluster(spec);
  for (let look = 0; look < 6; look++) await world.invoke({ stay: true });
  expect(world.tasks.running()).toEqual([]);
  const { conditions } = await world.status();
  expect(conditions.find(({ type }) => type === 'ServerAvailable')).toMatchObject({ status: 'False' });
});

it('a foundation that names some companions and not others is refused at its start', async () => {
  const { settingsFrom } = await import('../reconciler/settings.ts');
  const environment = Object.fromEntries(
    ['INSTALLATION', 'BUCKET', 'SERVER_IMAGE', 'WORKER_IMAGE', 'SERVER_ROLE', 'WORKER_ROLE'].map((name) => [
      `BBF_${name}`,
      'x',
    ]),
  );
  const given = { AWS_REGION: 'r', ...environment };
  expect(settingsFrom(given).defaultEngine.companions).toBeUndefined();
  expect(() => settingsFrom({ ...given, BBF_GATEWAY_IMAGE: 'g' })).toThrow('not for storage, backplane, agent');
});
