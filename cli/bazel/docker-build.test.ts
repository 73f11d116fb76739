import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { Interrupted } from '../interrupt.ts';
import { type BucketDouble, openBucketDouble } from '../testing/bucket-double.ts';
import { chooseContext, type ProgramDouble, programDouble } from '../testing/program-double.ts';
import { needImage } from './docker.ts';

let program: ProgramDouble;
let bucket: BucketDouble;
let bin: string;
beforeEach(async () => {
  program = programDouble();
  bucket = await openBucketDouble();
  bin = join(program.directory, 'bin');
  mkdirSync(bin);
  program.settings.childEnvironment = { PATH: `${bin}:/usr/bin:/bin` };
  script(
    'bazel',
    `case "$*" in --version) echo bazel 6.2.0;; *flags-as-proto) echo ${FLAGS};; *) printf '%s\\n' "$@" > ran;; esac`,
  );
  script('docker', 'true');
});
afterEach(async () => {
  await bucket.close();
  rmSync(program.directory, { recursive: true, force: true });
});

const FLAGS = Buffer.from('…experimental_enable_docker_sandbox…').toString('base64');

function script(name: string, text: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
}

const bbf = (...argv: string[]) => dispatch([`--bazel_bin=${join(bin, 'bazel')}`, ...argv], program);
const ran = () => {
  const path = join(program.directory, 'ran');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};

describe('bbf --local', () => {
  it('runs Bazel with its Docker strategy on the image that is named, and needs no installation', async () => {
    expect(await bbf('--local=image:1', '--privileged', '--batch', 'build', '--jobs=2', '//...')).toBe(0);
    expect(ran()).toEqual([
      '--batch',
      'build',
      '--experimental_enable_docker_sandbox',
      '--spawn_strategy=docker',
      '--genrule_strategy=docker',
      '--experimental_docker_image=image:1',
      '--noexperimental_docker_use_customized_images',
      '--incompatible_strict_action_env',
      '--experimental_docker_privileged',
      '--jobs=2',
      '//...',
    ]);
  });

  it('takes the image of the cluster’s workers, and asks for no lease', async () => {
    await chooseContext(program, bucket.endpoint);
    bucket.put(clusterKey('main'), JSON.stringify({ spec: { engine: { worker: 'registry/worker@sha256:1' } } }));
    program.settings.buildLocal = true;
    expect(await bbf('test', '//...')).toBe(0);
    expect(ran()).toContain('--experimental_docker_image=registry/worker@sha256:1');
    expect(bucket.versions.map(([key]) => key)).toEqual([clusterKey('main')]);
  });

  it('pulls an image that is not there', async () => {
    script('docker', `case "$1" in image) exit 1;; pull) echo "$2" > ${bin}/pulled;; esac`);
    expect(await bbf('--local=image:1', 'build', '//...')).toBe(0);
    expect(readFileSync(join(bin, 'pulled'), 'utf8')).toBe('image:1\n');
  });

  it('leaves other Bazel commands alone', async () => {
    await bbf('--local=image:1', 'query', '//...');
    expect(ran()).toEqual(['query', '//...']);
  });

  const troubles: [what: string, docker: string, bazel: string | undefined, message: RegExp][] = [
    [
      'no engine',
      'echo "Cannot connect to the Docker daemon" >&2; exit 1',
      undefined,
      /no Docker engine answers: Cannot connect/,
    ],
    ['no image', 'case "$1" in image|pull) exit 1;; esac', undefined, /image image:1 is not on this machine/],
    [
      'no strategy',
      'true',
      'case "$1" in --version) echo bazel 19.0.0;; *) echo bm90aGluZw==;; esac',
      /it has no such strategy/,
    ],
    [
      'a Bazel that fails',
      'true',
      'case "$1" in --version) echo bazel 6.2.0;; *) echo bad >&2; exit 2;; esac',
      /: bad$/,
    ],
  ];
  it.each(troubles)('with %s says so, and runs nothing', async (_what, docker, bazel, message) => {
    script('docker', docker);
    if (bazel !== undefined) script('bazel', bazel);
    await expect(bbf('--local=image:1', 'build', '//...')).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: expect.stringMatching(message),
    });
    expect(ran()).toEqual([]);
  });

  it('that is interrupted while an image is pulled ends for that reason', async () => {
    script('docker', `case "$1" in image) exit 1;; pull) touch ${bin}/pulling; exec sleep 60;; esac`);
    const asked = new AbortController();
    const surroundings = { cwd: bin, env: program.settings.childEnvironment, signal: asked.signal };
    const need = expect(needImage('image:1', surroundings, async () => {})).rejects.toThrow('interrupted by SIGINT');
    await expect.poll(() => existsSync(join(bin, 'pulling'))).toBe(true);
    asked.abort(new Interrupted('SIGINT', null));
    await need;
  });

  it('without Docker says so', async () => {
    rmSync(join(bin, 'docker'));
    program.settings.childEnvironment = { PATH: bin };
    await expect(bbf('--local=image:1', 'build')).rejects.toMatchObject({ exitCode: exitCodes.unavailable });
  });
});
