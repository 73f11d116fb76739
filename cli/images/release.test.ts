import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { openWorlds, type WorldOnPort } from '../../integration/world-on-port.ts';
import { type Context, readConfig, saveContext } from '../context/config.ts';
import { exitCodes } from '../exit-codes.ts';
import { placeDocker, placePackage } from './docker.fixture.ts';
import { images } from './image-list.ts';
import { outcome } from './outcome.fixture.ts';

const _root = join(import.meta.dirname, '..', '..');
const REGISTRY = '000000000000.dkr.ecr.us-east-1.amazonaws.com';
const ENGINE = images.flatMap(({ name, field }) => (field ? [name] : []));
const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: WorldOnPort;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.close());

const document = (spec: object) => ({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });

/** `bbf images release` with this Docker in its PATH. */
function prepare(options: Parameters<typeof placeDocker>[1] = {}) {
  const { program } = world;
  const docker = placeDocker(program.directory, options);
  program.settings.program = placePackage(program.directory);
  program.settings.childEnvironment = { ...process.env, PATH: `${docker.folder}:${process.env.PATH}` };
  const run = (...args: string[]) => outcome(['images', 'release', ...args], program);
  return { docker, run };
}
const engineNow = async () => {
  const stored = await world.s3.send(
    new (await import('@aws-sdk/client-s3')).GetObjectCommand({ Bucket: world.bucket, Key: clusterKey('main') }),
  );
  return JSON.parse((await stored.Body?.transformToString()) ?? '').spec.engine as Record<string, string>;
};

describe('bbf images release', () => {
  beforeEach(async () => {
    world = await worlds.fresh({ authorities: '' });
    await world.put(clusterKey('main'), document({ pools: { default: {}, arm: { architecture: 'arm64' } } }));
  });

  it('builds and pushes every image for the machines of the pools, and the cluster’s document names the digests', async () => {
    const { docker, run } = prepare();
    expect(await run('--no-wait')).toBe(0);
    const { pushed, logins } = docker.state();
    expect(logins[REGISTRY]).toMatch(/^[0-9a-f-]{36}$/);
    expect(
      Object.keys(pushed)
        .map((reference) => reference.replace(/:.*/, ''))
        .sort(),
    ).toEqual(ENGINE.map((name) => `${REGISTRY}/bbf/${name}`).sort());
    const of = (name: string) => Object.entries(pushed).find(([reference]) => reference.includes(`/bbf/${name}:`))?.[1];
    expect(of('server')).toMatchObject({ platform: 'linux/amd64', file: 'images/server/Dockerfile', digest });
    expect(of('agent')).toMatchObject({ platform: 'linux/amd64,linux/arm64', context: 'dist' });
    const engine = await engineNow();
    for (const name of ENGINE) expect(engine[name]).toBe(`${REGISTRY}/bbf/${name}@${of(name)?.digest}`);
    expect(world.program.stdout()).toContain('engine: (unset)');
  });

  it('builds on what the registry has, by digest, and on what this machine has, by tag', async () => {
    const digest = `sha256:${'5'.repeat(64)}`;
    const { docker, run } = prepare({ bases: { 'published:1': digest, 'node:22': digest } });
    expect(await run('--no-wait', '--bases=worker=mine:1')).toBe(0);
    const { pushed } = docker.state();
    const of = (name: string) => Object.entries(pushed).find(([key]) => key.includes(`/bbf/${name}:`))?.[1];
    expect([of('server')?.base, of('worker')?.base]).toEqual([`published:1@${digest}`, 'mine:1']);
    expect([of('agent')?.base, of('agent')?.node]).toEqual([`published:1@${digest}`, `node:22@${digest}`]);
    expect(world.program.stderr()).toContain(`server stands on published:1@${digest}\n`);
    expect(world.program.stderr()).toContain(`agent stands on node:22@${digest}\n`);
    expect(world.program.stderr()).toContain('worker stands on mine:1 by its tag: no registry tells its digest\n');
  });

  it('makes images and no attestations of them', async () => {
    const { docker, run } = prepare();
    expect(await run('--no-wait')).toBe(0);
    expect(Object.values(docker.state().pushed).filter(({ attested }) => attested)).toEqual([]);
  });

  it('makes attestations where the environment asks for them', async () => {
    const { docker, run } = prepare();
    world.program.settings.childEnvironment.BUILDX_NO_DEFAULT_ATTESTATIONS = '0';
    expect(await run('--no-wait')).toBe(0);
    expect(Object.values(docker.state().pushed).filter(({ attested }) => !attested)).toEqual([]);
  });

  it('says before it builds that the chosen builder can’t build for several machines at once', async () => {
    const { docker, run } = prepare({ driver: 'docker' });
    expect(await run()).toBe(78);
    expect(world.program.stderr()).toMatch(
      /images for linux\/amd64 and linux\/arm64 in one are needed, and buildx’s builder chosen \(driver docker\) .*\n {2}try: docker buildx create --use/,
    );
    expect(docker.state()).toMatchObject({ pushed: {}, logins: {} });
  });

  it('for one machine is content with the engine’s own builder', async () => {
    await world.put(clusterKey('main'), document({}));
    const { docker, run } = prepare({ driver: 'docker' });
    expect(await run('--no-wait')).toBe(0);
    expect(Object.keys(docker.state().pushed)).toHaveLength(ENGINE.length);
  });

  it('says how to run the programs of other machines, where a build lacks that', async () => {
    const { run } = prepare();
    expect(await run('--bases=agent=foreign:1')).toBe(71);
    expect(world.program.stderr()).toMatch(/could not build the image of the agent.*\n {2}try: docker run .*binfmt/);
  });

  it('without buildx builds and pushes in two steps, for the machine that it is on', async () => {
    await world.put(clusterKey('main'), document({}));
    const { docker, run } = prepare({ buildx: false });
    expect(await run('--no-wait')).toBe(0);
    const [[reference = '', { digest: pushed = '' } = {}] = []] = Object.entries(docker.state().pushed).filter(
      ([one]) => one.includes('/server:'),
    );
    expect((await engineNow()).server).toBe(`${reference.replace(/:[^:]*$/, '')}@${pushed}`);
    expect(world.program.stderr()).toContain(
      'agent stands on node:22 by its tag: Docker without buildx tells no digest\n',
    );
  });

  it('without buildx says that it can’t build for another machine, and pushes nothing', async () => {
    const { docker, run } = prepare({ buildx: false });
    expect(await run()).toBe(78);
    expect(world.program.stderr()).toContain(
      'images for linux/arm64 are needed, and this Docker builds for linux/amd64 only',
    );
    expect(docker.state()).toMatchObject({ pushed: {}, logins: {} });
  });

  it('leaves an image that is one’s own alone, and replaces one of an earlier release', async () => {
    const own = 'registry.example/team/worker@sha256:1';
    const others = Object.fromEntries(
      ['storage', 'backplane', 'gateway', 'agent', 'server'].map((name) => [name, `${REGISTRY}/bbf/${name}@sha256:1`]),
    );
    await world.put(clusterKey('main'), document({ engine: { ...others, worker: own } }));
    const { docker, run } = prepare();
    expect(await run('--no-wait')).toBe(0);
    expect(Object.keys(docker.state().pushed).some((reference) => reference.includes('/worker:'))).toBe(false);
    const engine = await engineNow();
    expect(engine.worker).toBe(own);
    expect(engine.server).not.toBe(others.server);
    expect(world.program.stderr()).toContain('spec.engine.worker is an image of your own, and stays');
  });

  it('takes another base where one is given', async () => {
    const { docker, run } = prepare();
    expect(await run('--no-wait', '--bases=worker=mine:1,agent=theirs:2')).toBe(0);
    const bases = Object.entries(docker.state().pushed).flatMap(([reference, { base }]) =>
      base ? [`${reference.split('/').at(-1)?.split(':')[0]} ${base}`] : [],
    );
    expect(bases.sort()).toEqual(['agent theirs:2', 'worker mine:1']);
  });

  it('of some companions only is refused before anything is built', async () => {
    const { docker, run } = prepare();
    expect(await run('--no-wait', '--only=agent')).toBe(65);
    expect(world.program.stderr()).toContain('an engine has all companions or none');
    expect(await engineNow()).toBeUndefined();
    expect(docker.state()).toMatchObject({ pushed: {}, built: {} });
  });

  it('--from has a cluster run what another one runs, but for images of its own, and builds nothing', async () => {
    const own = 'registry.example/team/worker@sha256:1';
    const { docker, run } = prepare({ engine: false });
    const images = Object.fromEntries(ENGINE.map((name) => [name, `${REGISTRY}/bbf/${name}@sha256:2`]));
    const staging = document({ pools: { arm: { architecture: 'arm64' } }, engine: images });
    await world.put(clusterKey('staging'), { ...staging, metadata: { name: 'staging' } });
    await world.put(
      clusterKey('main'),
      document({ pools: { arm: { architecture: 'arm64' } }, engine: { worker: own } }),
    );
    expect(await run('--no-wait', '--from=staging')).toBe(0);
    expect(await engineNow()).toEqual({ ...images, worker: own });
    expect(world.program.stderr()).toContain('spec.engine.worker is an image of your own, and stays');
    expect(docker.state()).toMatchObject({ pushed: {}, built: {} });
  });

  it.each([
    [{ engine: {} }, ['--from=staging'], 78, 'the document of staging names no image in spec.engine'],
    [{ engine: { worker: 'w' } }, ['--from=staging'], 78, 'main has pools for linux/arm64, for which staging has none'],
    [{ engine: { worker: 'w' } }, ['--from=staging', '--bases=worker=w'], 64, '--from builds nothing, so --bases'],
    [{ engine: { worker: 'w' } }, ['--from=staging', '--load'], 64, '--from builds nothing, so --load'],
    [{ engine: { worker: 'w' } }, ['--from=stagin'], 66, 'there is no cluster stagin'],
  ])('of a source with %j, %j is refused with %d', async (spec, args, code, text) => {
    const { run } = prepare();
    await world.put(clusterKey('staging'), { ...document(spec), metadata: { name: 'staging' } });
    expect(await run(...args)).toBe(code);
    expect(world.program.stderr()).toContain(text);
    expect(await engineNow()).toBeUndefined();
  });

  it.each([
    [['--only=servr'], 64, 'there is no image servr'],
    [['--only=worker-dind'], 64, 'no task of a cluster runs worker-dind, so it can’t be released'],
    [['--only=worker,worker-dind'], 64, 'try: bbf images release --load --only=worker,worker-dind'],
    [['--bases=server'], 64, '--bases has server, which is no IMAGE=BASE'],
    [['--cluster=none'], 66, 'there is no cluster none'],
  ])('%j is refused with %d', async (args, code, text) => {
    const { docker, run } = prepare();
    expect(await run(...args)).toBe(code);
    expect(world.program.stderr()).toContain(text);
    expect(docker.state().pushed).toEqual({});
  });

  it('to a local cloud, which has no registry, says how its tasks get images', async () => {
    const { docker, run } = prepare();
    const { settings, directory } = world.program;
    const credentialsFile = join(directory, 'credentials');
    const { accessKeyId, secretAccessKey } = settings.aws;
    const keys = `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    writeFileSync(credentialsFile, keys);
    const { contexts } = await readConfig(settings);
    await saveContext(settings, 'test', { ...(contexts.test as Context), credentialsFile });
    expect(await run()).toBe(exitCodes.unavailable);
    expect(world.program.stderr()).toContain(`the local cloud has no registry to push to or pull from: ${REGISTRY} is`);
    expect(world.program.stderr()).toContain('try: bbf images release --load');
    expect(docker.state()).toMatchObject({ built: {}, logins: {} });
  });

  it('of a package that lacks its programs says how to get them', async () => {
    const { run } = prepare();
    world.program.settings.program = join(world.program.directory, 'elsewhere', 'dist', 'bbf.cjs');
    expect(await run()).toBe(exitCodes.configuration);
    expect(world.program.stderr()).toMatch(/there is no .*agent\.mjs\n {2}try: install bbf again, or npm run build in/);
  });

  it('says that no Docker engine answers', async () => {
    const { run } = prepare({ engine: false });
    expect(await run()).toBe(69);
    expect(world.program.stderr()).toContain('no Docker engine answers: Cannot connect to the Docker daemon');
  });
});
