/** Installations in virtual time that programs reach over HTTP: made by the CLI's own set-up, with a reconciler that a test scripts. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { setUp } from '../cli/setup/set-up.ts';
import { type ProgramDouble, programDouble } from '../cli/testing/program-double.ts';
import { openFront } from '../local/cloud/front.ts';
import type { WireRequest, WireResponse } from '../local/cloud/kernel.ts';
import { createMemoryBlobs } from '../local/cloud/s3/state.ts';
import { startCloud } from './contract/harness.ts';

export interface Script {
  /** PEM that the reconciler answers at its Function URL. */
  authorities: string;
  /** The caller may not use the Function URL. */
  isRefused?: boolean;
  /** URL of a registry that has the account's images. */
  registry?: string;
}

export type WorldOnPort = Awaited<ReturnType<Awaited<ReturnType<typeof openWorlds>>['fresh']>>;

/** The end record alone: a zip without entries (PKWARE's APPNOTE, 4.3.16). */
const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
const INSTALLATION = 'bbf';
/** A name that a test may set up itself. */
export const OTHER = 'other';

/** One port, and one set-up that every world begins with a copy of. */
export async function openWorlds() {
  let answer: (request: WireRequest) => Promise<WireResponse> = () => Promise.reject(new Error('no world yet'));
  const front = await openFront({ port: 0, handle: (request) => answer(request) });
  const endpoint = `http://127.0.0.1:${front.port}`;
  const home = mkdtempSync(join(tmpdir(), 'bbf-world-'));
  const blobs = createMemoryBlobs();
  const start = (script: Script, saved = {}) => {
    const reconciler = async (event: unknown) => urlAnswer(event, script);
    const functions = { [`${INSTALLATION}--reconciler`]: reconciler, [`${OTHER}--reconciler`]: reconciler };
    return startCloud({ endpoint, checkSkew: false, functions, blobs, registry: script.registry, saved });
  };
  const ground = await start({ authorities: '' });
  answer = ground.cloud.handle;
  const program = programOf(ground);
  const context = { endpoint, region: 'us-east-1', installation: INSTALLATION };
  const wish = { contextName: 'test', context, choices: { ServerImage: 'server', WorkerImage: 'worker' } };
  const {
    context: { bucket },
  } = await setUp(wish, program);
  const saved = structuredClone(ground.cloud.snapshot());
  const readyAt = ground.world.now();
  cpSync(program.directory, home, { recursive: true });
  rmSync(program.directory, { recursive: true, force: true });
  return {
    async fresh(script: Script) {
      const cloud = await start(script, structuredClone(saved));
      await cloud.advance(readyAt - cloud.world.now());
      const requests: WireRequest[] = [];
      answer = (request) => {
        requests.push(request);
        return cloud.cloud.handle(request);
      };
      const own = programOf(cloud);
      cpSync(home, own.directory, { recursive: true });
      return {
        ...cloud,
        endpoint,
        bucket,
        program: own,
        /** What came over the port, oldest first: all that programs and the CLI asked for. */
        requests,
        /** Writes a document as it is; answers its revision. */
        async put(key: string, document: object): Promise<string> {
          const object = { Bucket: bucket, Key: key, Body: JSON.stringify(document) };
          return (await cloud.s3.send(new PutObjectCommand(object))).VersionId ?? '';
        },
        end: () => rmSync(own.directory, { recursive: true, force: true }),
      };
    },
    async close() {
      rmSync(home, { recursive: true, force: true });
      await front.close();
    },
  };
}

/** Its clock is the world's, and whoever waits lets the world go on. */
function programOf(cloud: Awaited<ReturnType<typeof startCloud>>): ProgramDouble {
  const program = programDouble();
  const { accessKeyId, secretAccessKey } = cloud.credentials;
  Object.assign(program.settings.aws, { accessKeyId, secretAccessKey });
  program.now = cloud.world.now;
  program.sleep = (ms) => cloud.advance(ms);
  mkdirSync(program.directory, { recursive: true });
  writeFileSync(join(program.directory, 'reconciler.zip'), EMPTY_ZIP);
  return program;
}

function urlAnswer(event: unknown, { authorities, isRefused = false }: Script) {
  if (typeof (event as { rawPath?: unknown }).rawPath !== 'string') return undefined;
  // Lambda's own words, in the place of the function's.
  if (isRefused) return { statusCode: 403, headers: {}, body: '{"Message":"Forbidden"}' };
  const one = { certificate: authorities, signsFrom: new Date(0).toISOString(), trustedUntil: null };
  const trusted = authorities === '' ? [] : [one];
  return { statusCode: 200, headers: {}, body: JSON.stringify({ authorities, trusted }) };
}
