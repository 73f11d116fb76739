/** `bbf images release` with a real Docker engine and a real registry; only ECR's own API is the local cloud's. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dispatch } from '../../cli/dispatch.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import { root } from '../programs.ts';
import { openWorlds, type WorldOnPort } from '../world-on-port.ts';
import { dockerWithBuildx, dockerWithoutBuildx, missingBuildx } from './buildx.ts';
import { BASE_IMAGE } from './engine.ts';
import { missingEngine } from './engine-answer.ts';
import { missingRegistry, type Registry, startRegistry } from './registry.ts';

const missing = missingRegistry();
if (missing) console.warn(`no image is pushed: ${missing}`);
const WAYS = [
  { name: 'by Docker alone', missing, environment: dockerWithoutBuildx },
  { name: 'through buildx', missing: missing || missingBuildx(), environment: dockerWithBuildx },
];

const LONG_MS = 240_000;
const RELEASED = ['server', 'storage', 'worker'];
/** Buildfarm's own images may be out of reach; what bbf adds to them is the same on any base. */
const BASES = RELEASED.map((name) => `${name}=${BASE_IMAGE}`).join(',');
const OTHERS = Object.fromEntries(['backplane', 'gateway', 'agent'].map((name) => [name, `mine/${name}:1`]));

for (const way of WAYS)
  describe.skipIf(missingEngine || way.missing)(`bbf images release to a real registry, ${way.name}`, () => {
    let registry: Registry;
    let worlds: Awaited<ReturnType<typeof openWorlds>>;
    let world: WorldOnPort;
    /** This process is between Docker and the registry, so it can't stand still meanwhile. */
    const docker = async (...args: string[]) =>
      (await promisify(execFile)('docker', args, { env: world.program.settings.childEnvironment })).stdout;
    const engineNow = async (): Promise<Record<string, string>> => {
      const stored = await world.s3.send(new GetObjectCommand({ Bucket: world.bucket, Key: clusterKey('main') }));
      return JSON.parse((await stored.Body?.transformToString()) ?? '').spec.engine;
    };

    beforeAll(async () => {
      registry = await startRegistry();
      worlds = await openWorlds();
      world = await worlds.fresh({ authorities: '', registry: registry.url });
      const earlier = `${registry.host}/bbf/storage@sha256:${'0'.repeat(64)}`;
      const spec = { engine: { ...OTHERS, storage: earlier } };
      await world.put(clusterKey('main'), { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec });
      const { settings, directory } = world.program;
      settings.program = join(root, 'dist', 'bbf.cjs');
      settings.childEnvironment = way.environment(directory);
    }, LONG_MS);
    afterAll(async () => {
      const made = (await docker('images', '--format', '{{.Repository}}:{{.Tag}}')).split('\n');
      for (const image of made) if (image.startsWith(registry.host)) await docker('rmi', image);
      world.end();
      await worlds.close();
      await registry.close();
    });

    it('logs in, pushes, and the document names what the registry has', { timeout: LONG_MS }, async () => {
      expect(await registry.anonymous()).toBe(401);
      expect(await dispatch(['images', 'release', `--bases=${BASES}`, '--no-wait'], world.program)).toBe(0);
      const password = /^AWS:[0-9a-f-]{36}$/;
      expect([...registry.shown].filter((shown) => password.test(shown))).toHaveLength(1);
      const engine = await engineNow();
      expect(engine).toMatchObject(OTHERS);
      for (const name of RELEASED) {
        const [repository = '', digest = ''] = (engine[name] ?? '').split('@');
        expect(repository).toBe(`${registry.host}/bbf/${name}`);
        expect(await registry.manifest(`bbf/${name}`, digest)).toEqual({ status: 200, digest });
      }
    });

    it('what the document names can be pulled where it never was, and is bbf’s', { timeout: LONG_MS }, async () => {
      const { storage = '' } = await engineNow();
      const built = await docker('images', '--format', '{{.Repository}}:{{.Tag}}', storage.split('@')[0] ?? '');
      await docker('rmi', built.trim());
      await docker('pull', '--quiet', storage);
      const words = ['--entrypoint', 'bbf-buildfarm', storage, 'bash', '-c', 'cat $CONFIG_PATH'];
      expect(await docker('run', '--rm', '--env', 'BBF_CONFIGURATION={}', ...words)).toBe('{}\n');
      await docker('rmi', '--force', storage);
    });

    it('a second release makes new images, and leaves the first ones in the registry', {
      timeout: LONG_MS,
    }, async () => {
      const before = await engineNow();
      const args = ['images', 'release', `--bases=${BASES.replaceAll(BASE_IMAGE, before.worker ?? '')}`, '--no-wait'];
      await world.advance(1_000);
      expect(await dispatch(args, world.program)).toBe(0);
      const after = await engineNow();
      for (const name of RELEASED) {
        expect(after[name]).not.toBe(before[name]);
        const digest = before[name]?.split('@')[1] ?? '';
        expect(await registry.manifest(`bbf/${name}`, digest)).toEqual({ status: 200, digest });
      }
    });
  });
