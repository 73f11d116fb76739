import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import { keepCertificate } from '../testing/kept-certificate.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { sourceProgram } from '../testing/source-program.ts';
import { lease, pool, statusDouble } from '../testing/status-double.ts';
import { purpose } from './build.ts';
import { splitCommandLine } from './split.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
let bazel: string;
beforeEach(async () => {
  ({ bucket, program } = current());
  const pools = { default: { platform: { OSFamily: 'linux', disk: 'ssd', size: 's' } } };
  bucket.put(clusterKey('main'), JSON.stringify({ metadata: { name: 'main' }, spec: { pools } }));
  bazel = join(program.directory, 'bazel');
  writeFileSync(
    bazel,
    `#!/bin/sh\nif [ "$1" = --version ]; then echo bazel 6.2.0; exit; fi\nprintf '%s\\n' "$@" > ran\nwhile [ -e hold ]; do sleep 0.05; done\nexit 3\n`,
  );
  chmodSync(bazel, 0o755);
  await keepCertificate(program);
});

const isLease = (key: string) => key.includes('/leases/');
const leases = () => [...bucket.objects.keys()].filter(isLease);
/** Also those that are gone again. */
const leasesEver = () => bucket.versions.map(([key]) => key).filter(isLease);
const ran = () =>
  existsSync(join(program.directory, 'ran'))
    ? readFileSync(join(program.directory, 'ran'), 'utf8').trim().split('\n')
    : [];
const build = (...argv: string[]) => dispatch([`--bazel_bin=${bazel}`, ...argv], program);

const PROPERTY = '--remote_default_exec_properties';

describe('a build', () => {
  it('on a farm that is ready runs at once, between its lease’s beginning and end', async () => {
    bucket.put(statusKey('main'), JSON.stringify(statusDouble()));
    const hold = join(program.directory, 'hold');
    writeFileSync(hold, '');
    const building = build('--output_base=o', 'build', PROPERTY, 'size=xl', '//...');
    await expect.poll(ran).not.toEqual([]);
    expect(leases()).toHaveLength(1);
    rmSync(hold);
    expect(await building).toBe(3);
    expect(leases()).toEqual([]);
    const [startup, command, executor, ...rest] = ran();
    expect([startup, command]).toEqual(['--output_base=o', 'build']);
    expect(executor).toMatch(/^--remote_executor=grpc:\/\/127\.0\.0\.1:\d+$/);
    // One that came twice would crash Bazel.
    expect(rest.filter((flag) => flag.startsWith(PROPERTY))).toEqual([`${PROPERTY}=disk=ssd`, PROPERTY]);
    expect(rest.slice(-3)).toEqual([PROPERTY, 'size=xl', '//...']);
    expect(program.stderr()).toBe('');
  });

  it('asks for what the workers offer that are there, where an edit has not reached them yet', async () => {
    const offer = { architecture: 'arm64', platform: { OSFamily: 'linux', disk: 'hdd' } };
    bucket.put(statusKey('main'), JSON.stringify(statusDouble({ pools: { default: pool(1, offer) } })));
    expect(await build('--crosstool_top=@tools//:suite', 'build', '//...')).toBe(3);
    const flags = ran();
    expect(flags.filter((flag) => flag.startsWith(PROPERTY))).toEqual([`${PROPERTY}=disk=hdd`]);
    expect(flags).toContain('--cpu=aarch64');
    expect(program.stderr()).toBe(
      'bbf: pool default has workers of before its last edit, which are replaced once no build has them: this one asks for arm64, {"OSFamily":"linux","disk":"hdd"}\n',
    );
  });

  it('has its lease before it looks at the farm: whoever goes to sleep says so first, and looks for leases then', async () => {
    bucket.put(statusKey('main'), JSON.stringify(statusDouble()));
    let leasesAtLook: string[] | undefined;
    bucket.onRead = (key) => {
      if (key === statusKey('main')) leasesAtLook ??= leases();
    };
    await build('build', '//...');
    expect(leasesAtLook).toHaveLength(1);
  });

  it('outside of any workspace is Bazel’s to refuse, and asks for no farm', async () => {
    rmSync(join(program.directory, 'MODULE.bazel'));
    expect(await build('build', '//...')).toBe(3);
    expect(ran()).toEqual(['build', '//...']);
    expect(bucket.requests).toEqual([]);
    expect(program.stderr()).toBe('bbf: no MODULE.bazel or WORKSPACE here or above: Bazel runs without the farm\n');
  });

  it('with a flag that is nearly one of bbf wakes no farm, which could be another than was meant', async () => {
    await expect(build('--clster=ci', 'build', '//...')).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: '--clster is no flag of bbf; did you mean --cluster?',
    });
    expect(bucket.requests).toEqual([]);
    expect(ran()).toEqual([]);
  });

  it('on a farm by its address has the user’s own flags too, behind those of bbf', async () => {
    mkdirSync(program.settings.configDirectory, { recursive: true });
    writeFileSync(join(program.settings.configDirectory, 'bazelrc'), 'build --jobs=7\n');
    expect(await build('--remote_executor=grpc://127.0.0.1:1', 'build', '//...')).toBe(3);
    expect(ran().slice(-2)).toEqual(['--jobs=7', '//...']);
    expect(ran().filter((flag) => flag.startsWith('--jobs='))).toHaveLength(2);
  });

  it('on one that sleeps waits until its own lease has woken it', async () => {
    bucket.put(
      statusKey('main'),
      JSON.stringify(statusDouble({ endpoint: null, asleep: { since: '2026-01-01T00:00:00Z', revision: 'v1' } })),
    );
    program.onSleep = () => {
      const [key = ''] = leases();
      const id = key.replace(/.*\/|\.json/g, '');
      bucket.put(statusKey('main'), JSON.stringify(statusDouble({ leases: [lease(id)], pools: { default: pool(1) } })));
    };
    expect(await build('build', '//...')).toBe(3);
    expect(program.stderr()).toContain('waiting for cluster main');
    expect(leases()).toEqual([]);
  });

  it('that waits too long ends without Bazel, and without a lease', async () => {
    await expect(build('--wait=1m', 'test', '//...')).rejects.toMatchObject({ exitCode: exitCodes.timeout });
    expect(ran()).toEqual([]);
    expect(leases()).toEqual([]);
  });

  it.each([
    [['--cluster=nian'], exitCodes.notFound],
    [['--pool=defualt'], exitCodes.notFound],
    [['--workers=0'], exitCodes.usage],
    [['--wait=soon'], exitCodes.usage],
  ])('with %j takes no lease', async (flags, exitCode) => {
    await expect(build(...flags, 'build', '//...')).rejects.toMatchObject({ exitCode });
    expect(leasesEver()).toEqual([]);
  });

  it('that could outlast its certificate takes no lease', async () => {
    const minute = 1 / 24 / 60;
    await keepCertificate(program, { ends: 30 * minute, renews: 20 * minute });
    program.settings.aws.credentialExpiration = new Date(program.now() + 10 * 60_000).toISOString();
    await expect(build('build', '//...')).rejects.toMatchObject({
      exitCode: exitCodes.permission,
      message: expect.stringMatching(/certificate ends in 30m 00s.*credentials end in 10m 00s/),
    });
    expect(leasesEver()).toEqual([]);
    expect(ran()).toEqual([]);
  });
});

describe('--fallback=local', () => {
  beforeEach(() => {
    // There is no Docker.
    Object.assign(program.settings, { childEnvironment: { PATH: program.directory } });
  });

  it.each(['--cluster=main', '--remote_executor=grpcs://127.0.0.1:1', '--local=image:1'])(
    'builds on this machine what can not be built with %s',
    async (place) => {
      expect(await build('--fallback=local', place, '--quiet', 'build', '//...')).toBe(3);
      expect(ran()).toEqual(['build', '--incompatible_strict_action_env', '//...']);
      expect(program.stderr()).toMatch(/bbf: building on this machine instead \(--fallback=local\)\n$/);
    },
  );

  it.each(['--cluster=main', '--remote_executor=grpc://127.0.0.1:1', '--local=image:1'])(
    'is the only one there is, also with %s',
    async (place) => {
      await expect(build('--fallback=nowhere', place, 'build', '//...')).rejects.toMatchObject({
        exitCode: exitCodes.usage,
        message: '--fallback=nowhere is no place to build',
      });
      expect(ran()).toEqual([]);
    },
  );
});

describe('a build that is interrupted', () => {
  const bbfProgram = sourceProgram();
  beforeEach(() => keepCertificate(program, { now: Date.now() }));

  function start() {
    const { directory } = program;
    const env = { PATH: process.env.PATH, HOME: directory, AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 's' };
    const [node = '', ...source] = bbfProgram();
    const arguments_ = [...source, `--bazel_bin=${bazel}`, 'build', '//...'];
    const child = spawn(node, arguments_, { cwd: directory, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const ended = once(child, 'close').then(([code]) => ({ code, stderr }));
    return { ended, stderr: () => stderr, kill: (signal: NodeJS.Signals) => void child.kill(signal) };
  }

  it('while it waits gives its lease back', async () => {
    const bbf = start();
    await expect.poll(leases, { timeout: 20_000 }).toHaveLength(1);
    bbf.kill('SIGINT');
    const { code, stderr } = await bbf.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain('bbf: stopped by SIGINT; Bazel had not started, and the lease of this build is released');
    expect(leases()).toEqual([]);
    expect(ran()).toEqual([]);
  });

  it('while AWS does not answer ends at once', async () => {
    bucket.silent.add('GET');
    const bbf = start();
    await expect.poll(() => bucket.requests, { timeout: 20_000 }).not.toEqual([]);
    bbf.kill('SIGTERM');
    expect(await bbf.ended).toEqual({ code: 143, stderr: 'bbf: stopped by SIGTERM; Bazel had not started\n' });
    expect(leasesEver()).toEqual([]);
  });

  it('while its lease is written removes it all the same', async () => {
    bucket.silent.add('PUT');
    const bbf = start();
    await expect.poll(leases, { timeout: 20_000 }).toHaveLength(1);
    bbf.kill('SIGINT');
    const { code, stderr } = await bbf.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain('the lease of this build is released');
    expect(leases()).toEqual([]);
    expect(leasesEver()).toHaveLength(1);
    expect(ran()).toEqual([]);
  });

  it('twice leaves its lease to end by itself', async () => {
    bucket.silent.add('DELETE');
    const bbf = start();
    await expect.poll(leases, { timeout: 20_000 }).toHaveLength(1);
    bbf.kill('SIGINT');
    await expect.poll(bbf.stderr).toContain('bbf: releasing the lease; Ctrl-C leaves it to end by itself\n');
    bbf.kill('SIGINT');
    const { code, stderr } = await bbf.ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(
      /bbf: stopped by SIGINT; Bazel had not started, and the lease ends by itself in a while: interrupted by SIGINT\n$/,
    );
  });
});

describe('what a lease tells others', () => {
  it.each([
    [['build', '--remote_header=token=secret', '//a', '//b:c'], 'build //a //b:c'],
    [['run', '//:tool', '--', '//secret'], 'run //:tool'],
    [['test', '@repo//x', '--', '//y'], 'test @repo//x'],
  ])('%j: %s', (argv, text) => {
    expect(purpose(splitCommandLine(argv))).toBe(text);
  });
});
