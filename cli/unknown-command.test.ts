import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from './dispatch.ts';
import { exitCodes } from './exit-codes.ts';
import { bucketOfEachTest } from './testing/bucket-of-each-test.ts';
import type { ProgramDouble } from './testing/program-double.ts';

const current = bucketOfEachTest();
let program: ProgramDouble;
beforeEach(() => {
  ({ program } = current());
});

const bbf = (...argv: string[]) => dispatch(argv, program);

describe('a command that bbf has never heard of', () => {
  /** Says what it was started with, and that it does not know it. */
  const bazelDouble = () => {
    const log = join(program.directory, 'started-with');
    const path = join(program.directory, 'bazel');
    writeFileSync(path, `#!/bin/sh\necho "$*" > ${log}\nexit 2\n`, { mode: 0o755 });
    program.settings.searchPath = [program.directory];
    return () => (existsSync(log) ? readFileSync(log, 'utf8') : undefined);
  };

  it.each([
    ['rm'],
    ['frobnicate //x --cluster=y'],
    ['modquery deps'],
    ['--output_base=/o help build'],
    ['help target-syntax'],
    ['help frobnicate'],
    // Commands that other wrappers of Bazel have.
    ['lint //...'],
    ['configure'],
    ['docs'],
    ['init'],
    ['help lint'],
    ['--output_base=/o config'],
  ])('is for Bazel to judge: %s', async (typed) => {
    const startedWith = bazelDouble();
    expect(await bbf(...typed.split(' '))).toBe(2);
    expect(startedWith()).toBe(`${typed}\n`);
  });

  it('gets bbf’s word behind Bazel’s, where that does not know it either', async () => {
    bazelDouble();
    await bbf('rm');
    await bbf('configure');
    expect(program.stderr()).toBe(
      'bbf: bbf has no command rm either: bbf --help\nbbf: bbf has no command configure either; did you mean config?\n',
    );
  });

  it.each([['stauts'], ['wnat'], ['wnt'], ['biuld'], ['buidl'], ['statuss'], ['statis'], ['up'], ['local'], ['3s']])(
    'is none that may be a slip: %s',
    async (word) => {
      const startedWith = bazelDouble();
      await expect(bbf(word)).rejects.toMatchObject({ exitCode: exitCodes.usage });
      expect(startedWith()).toBeUndefined();
    },
  );

  it.each([
    ['local upp', 'bbf has no command local upp; did you mean bbf local up?'],
    ['ca rotat', 'bbf has no command ca rotat; did you mean bbf ca rotate?'],
    ['images relase', 'bbf has no command images relase; did you mean bbf images release?'],
    ['leases releas x', 'bbf leases takes CLUSTER, and "x" is one too many; did you mean bbf leases release?'],
    ['help wnat', 'neither bbf nor Bazel has a command wnat; did you mean want?'],
    ['help local upp', 'bbf has no command local upp; did you mean bbf local up?'],
    ['local', 'bbf local needs one word more'],
  ])('says what may be meant by %s', async (typed, message) => {
    const startedWith = bazelDouble();
    await expect(bbf(...typed.split(' '))).rejects.toMatchObject({ exitCode: exitCodes.usage, message });
    expect(startedWith()).toBeUndefined();
  });

  it.each([
    ['remote', 'bbf status; bbf want --workers=N for more or fewer'],
    ['remote status', 'bbf status'],
    ['remote up', 'bbf want --workers=N'],
    ['remote up --to=3 --force_update', 'bbf want --workers=3'],
    ['remote up --force_update --to 3', 'bbf want --workers=3'],
    ['remote down --to=1', 'bbf want --workers=1'],
    ['down', 'bbf want --workers=0, or nothing: a cluster goes to zero by itself'],
    ['up --to=2', 'bbf want --workers=2'],
    ['--workers 2 --force_update build //... -- --force_update', 'bbf --workers 2 build //... -- --force_update'],
    ['--force_update --workers=2 test //:a', 'bbf --workers=2 test //:a'],
    ['setup --s3_bucket=b --s3_key=k --region=r', 'bbf setup --bucket=b --region=r'],
    ['setup --s3_key k --s3_bucket b', 'bbf setup --bucket=b'],
    ['want --to=3 --force_update', 'bbf want --workers=3'],
  ])('or a flag, of bazel_bf is said to be one, with what to type today: %s', async (typed, next) => {
    const startedWith = bazelDouble();
    const message = expect.stringContaining('of bazel_bf (docs/migration.md)');
    await expect(bbf(...typed.split(' '))).rejects.toMatchObject({ exitCode: exitCodes.usage, message, next });
    expect(startedWith()).toBeUndefined();
  });

  it('is a slip where there is no Bazel to ask', async () => {
    program.settings.searchPath = [];
    const failure = { exitCode: exitCodes.usage, message: 'neither bbf nor Bazel has a command rm' };
    await expect(bbf('rm')).rejects.toMatchObject(failure);
    await expect(bbf('modquery')).rejects.toMatchObject({ exitCode: exitCodes.unavailable });
  });
});
