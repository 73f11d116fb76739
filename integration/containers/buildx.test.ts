/** What `bbf images release` expects of buildx, with the real one: its builders, images for several machines, and its end. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dispatch } from '../../cli/dispatch.ts';
import { type BuildWish, load } from '../../cli/images/build.ts';
import { engineBuilder } from '../../cli/images/builder.ts';
import { dockerEngine } from '../../cli/images/docker.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import { root } from '../programs.ts';
import { openWorlds, type WorldOnPort } from '../world-on-port.ts';
import { missingBuildkit, startBuildkit } from './buildkit.ts';
import { dockerWithBuildx, missingBuildx } from './buildx.ts';
import { BASE_IMAGE } from './engine.ts';
import { missingEngine } from './engine-answer.ts';
import { missingRegistry, startRegistry } from './registry.ts';

const missing = missingEngine || missingBuildx();
if (missing) console.warn(`buildx itself is not tested: ${missing}`);
const missingMore = missing || missingRegistry() || missingBuildkit();
if (missingMore && !missing) console.warn(`no image is made for several machines: ${missingMore}`);

const LONG_MS = 240_000;
const LOADED = 'bbf-test/loaded:1';
const ENGINE = Object.fromEntries(['storage', 'backplane', 'gateway', 'agent'].map((name) => [name, `mine/${name}:1`]));

describe.skipIf(missing)('bbf images release through buildx', () => {
  let worlds: Awaited<ReturnType<typeof openWorlds>>;
  let world: WorldOnPort;
  const docker = async (...words: string[]) =>
    (await promisify(execFile)('docker', words, { env: world.program.settings.childEnvironment })).stdout.trim();

  /** A cluster with workers of both machines, whose images are in this registry. */
  async function begin(registry?: string): Promise<void> {
    world = await worlds.fresh({ authorities: '', registry });
    const spec = { engine: ENGINE, pools: { default: {}, arm: { architecture: 'arm64' } } };
    await world.put(clusterKey('main'), { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });
    const { settings, directory } = world.program;
    settings.program = join(root, 'dist', 'bbf.cjs');
    settings.childEnvironment = dockerWithBuildx(directory);
  }
  /** An image of a package whose only Dockerfile has these lines after its FROM. */
  function wishFor(lines: string): BuildWish {
    const folder = mkdtempSync(join(world.program.directory, 'package-'));
    mkdirSync(join(folder, 'images/worker'), { recursive: true });
    writeFileSync(join(folder, 'images/worker/Dockerfile'), `ARG BASE\nFROM \${BASE}\n${lines}\n`);
    const image = { name: 'worker', context: 'images', field: undefined, serverOnly: false };
    return { image, root: folder, reference: LOADED, base: BASE_IMAGE };
  }
  const loadOf = async (wish: BuildWish) =>
    load(wish, await engineBuilder(await dockerEngine(world.program), world.program), world.program);

  beforeAll(async () => {
    worlds = await openWorlds();
    await begin();
  });
  afterAll(async () => {
    world.end();
    await worlds.close();
  });

  it('for several machines is refused before a build by the engine’s own builder', async () => {
    expect(await docker('buildx', 'inspect')).toMatch(/^Driver: +docker$/m);
    const release = dispatch(['images', 'release', '--no-wait'], world.program);
    await expect(release).rejects.toThrow(
      /^images for linux\/amd64 and linux\/arm64 in one are needed, .*builder default /,
    );
  });

  it('--load builds on what only the engine has, whichever builder is chosen', async () => {
    // Nobody listens there.
    await docker('buildx', 'create', '--use', '--name=elsewhere', '--driver=remote', 'tcp://127.0.0.1:1');
    await loadOf(wishFor('RUN touch /loaded'));
    expect(await docker('run', '--rm', LOADED, 'ls', '/loaded')).toBe('/loaded');
    await docker('rmi', LOADED);
  });

  it('that is told to end ends what the build runs', async () => {
    // A number that no other process has for an argument.
    const seconds = `${process.pid}.${Date.now()}`;
    const runs = () =>
      execFileSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' }).match(
        new RegExp(`^[^Z].* sleep ${seconds}$`, 'm'),
      );
    const building = loadOf(wishFor(`RUN exec sleep ${seconds}`));
    const ended = expect(building).rejects.toMatchObject({ name: 'Interrupted', signal: 'SIGINT' });
    await expect.poll(runs).not.toBeNull();
    process.emit('SIGINT');
    await ended;
    await expect.poll(runs).toBeNull();
    await expect(docker('image', 'inspect', LOADED)).rejects.toThrow('No such image');
  });

  it.skipIf(missingMore)(
    'for several machines makes one index of images and nothing else',
    { timeout: LONG_MS },
    async () => {
      const registry = await startRegistry();
      const buildkit = await startBuildkit();
      try {
        world.end();
        await begin(registry.url);
        await docker('login', '--username=any', '--password=any', registry.host);
        await docker('buildx', 'create', '--use', '--name=several', '--driver=remote', buildkit.address);
        const base = `${registry.host}/base:1`;
        const context = mkdtempSync(join(world.program.directory, 'base-'));
        writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
        await docker('buildx', 'build', '--platform=linux/amd64,linux/arm64', '--push', `--tag=${base}`, context);
        const args = ['images', 'release', `--bases=server=${base},worker=${base}`, '--no-wait'];
        expect(await dispatch(args, world.program), world.program.stderr()).toBe(0);
        const stored = await world.s3.send(new GetObjectCommand({ Bucket: world.bucket, Key: clusterKey('main') }));
        const { worker, server } = JSON.parse((await stored.Body?.transformToString()) ?? '').spec.engine;
        const digestOf = (image: string) => image.split('@')[1] ?? '';
        expect(await registry.platforms('bbf/worker', digestOf(worker))).toEqual(['linux/amd64', 'linux/arm64']);
        expect(await registry.platforms('bbf/server', digestOf(server))).toEqual([]);
        for (const [image, platform] of [
          [worker, 'linux/arm64'],
          [worker, 'linux/amd64'],
          [server, 'linux/amd64'],
        ]) {
          await docker('pull', '--quiet', `--platform=${platform}`, image);
          expect(await docker('image', 'inspect', '--format={{.Os}}/{{.Architecture}}', image)).toBe(platform);
          await docker('rmi', '--force', image);
        }
      } finally {
        await buildkit.close();
        await registry.close();
      }
    },
  );
});
