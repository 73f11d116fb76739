/** A Lambda in virtual time whose function `f` is one of this process, for the tests beside this file. */
import { strToU8, zipSync } from 'fflate';
import { ServiceError } from '../kernel.ts';
import { createMemoryBlobs } from '../s3/state.ts';
import { createVirtualWorld } from '../virtual-world.ts';
import { createInProcessRuntime, type InProcessFunction } from './in-process-runtime.ts';
import { createLambda } from './lambda.ts';
import type { LambdaState } from './state.ts';

export const zip = (source = 'x') => zipSync({ 'reconciler.mjs': strToU8(source) });
/** The one role that is not there. */
export const NO_ROLE = 'arn:aws:iam::000000000000:role/nobody';
export const definition = {
  FunctionName: 'f',
  Role: 'arn:aws:iam::000000000000:role/r',
  Runtime: 'nodejs22.x',
  Handler: 'reconciler.handler',
  Timeout: 10,
} as const;
export const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';

export function start(run: InProcessFunction = () => 'done', saved?: LambdaState) {
  const world = createVirtualWorld();
  const began = world.now();
  const seconds = () => (world.now() - began) / 1_000;
  const log: string[] = [];
  const objects: Record<string, Uint8Array> = { 'b/code.zip': zip() };
  const lambda = createLambda({
    world,
    runtime: createInProcessRuntime(world, { f: run }),
    blobs: createMemoryBlobs(),
    readObject(bucket, key) {
      const bytes = objects[`${bucket}/${key}`];
      if (!bytes) throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
      return bytes;
    },
    issueSession({ roleArn }) {
      if (roleArn === NO_ROLE) throw new ServiceError('NoSuchEntity', 'There is no such role.', 404);
      return { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' };
    },
    appendLog: (group, _, line) => void log.push(`${group} ${line}`),
    urlBase: 'http://127.0.0.1:4599',
    concurrency: 2,
    saved,
  });
  return { world, seconds, lambda, log, objects };
}

export function deployed(run?: InProcessFunction) {
  const room = start(run);
  room.lambda.createFunction({ ...definition, Code: { ZipFile: zip() } });
  room.world.advance(1_000);
  return room;
}
