import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from './build.ts';
import { BASE_IMAGE } from './engine.ts';
import { missingEngine } from './engine-answer.ts';

const IMAGE = 'bbf-test/worker-dind';
const images = join(import.meta.dirname, '../../images');
const MINUTES_MS = 300_000;

/** An image of a shell and what it needs, which no registry has to have, run by the engine in the container. */
const INNER = `
  tar -ch /bin/sh /lib/*-linux-gnu/libc.so.6 /lib*/ld-linux*.so.* | docker import - tiny &&
  docker run --rm --network=none tiny /bin/sh -c "echo from within"`;

/** As Bazel's Docker strategy runs an action: as the user who builds, whom the image does not know. */
const asUser = (user: string, ...more: string[]) =>
  promisify(execFile)('docker', ['run', '--rm', ...more, `--user=${user}`, IMAGE, 'sh', '-c', INNER]);

describe.skipIf(missingEngine)('worker-dind', () => {
  beforeAll(async () => {
    await buildImage(images, IMAGE, { file: join(images, 'worker-dind/Dockerfile'), base: BASE_IMAGE });
  }, MINUTES_MS);

  it(
    'has a Docker engine of its own for the action of a user whom it does not know',
    async () => {
      expect((await asUser('54321:54321', '--privileged')).stdout).toMatch(/from within\n$/);
    },
    MINUTES_MS,
  );

  it('says what it lacks where it is not privileged', async () => {
    await expect(asUser('54321:54321')).rejects.toThrow(
      'It has to run with --privileged, which Fargate does not allow',
    );
  });
});
