import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { type ProgramDouble, programDouble } from '../testing/program-double.ts';
import { orElseHere } from './fallback.ts';
import { splitCommandLine } from './split.ts';
import { flagsIn } from './user-rc.ts';
import type { BazelVersion } from './version.ts';
import { cachedVersion } from './version-cache.ts';

let program: ProgramDouble;
beforeEach(() => {
  program = programDouble();
});
afterEach(() => rmSync(program.directory, { recursive: true, force: true }));

describe('a user’s own bazelrc', () => {
  it.each([
    ['build --jobs=100', 'build', ['--jobs=100']],
    ['build --jobs=100', 'test', ['--jobs=100']],
    ['test --test_output=errors', 'build', []],
    ['common --a\nbuild --b\ntest --c\nrun --d', 'coverage', ['--a', '--b', '--c']],
    ['build --a --b=2  # why\n# build --c\n\nbuild:name --d', 'build', ['--a', '--b=2']],
    ['build --define="a b" --x=\'#1\' --y=a\\ b --z=a#b', 'build', ['--define=a b', '--x=#1', '--y=a b', '--z=a#b']],
    ['build --a \\\n  --b', 'build', ['--a', '--b']],
    ['test --jobs=5\nbuild --jobs=7', 'test', ['--jobs=7', '--jobs=5']],
    ['coverage --e\ntest --d\nbuild --c\ncommon --b\nalways --a', 'coverage', ['--a', '--b', '--c', '--d', '--e']],
    ['build --a\ncommon --x\nbuild --b', 'build', ['--x', '--a', '--b']],
  ])('%s, for %s', (text, command, expected) => {
    expect(flagsIn(text, command)).toEqual(expected);
  });
});

describe('the version of a Bazel', () => {
  const bazel = () => join(program.directory, 'bazel');
  let asked: number;
  const ask = async (): Promise<BazelVersion> => {
    asked += 1;
    return [7, 0, asked];
  };
  const version = (now = 0) => cachedVersion(bazel(), program.settings, now, ask);
  beforeEach(() => {
    asked = 0;
    writeFileSync(bazel(), 'x');
  });

  it('is asked for once, and again when the file or what Bazelisk goes by is another', async () => {
    expect([await version(), await version()]).toEqual([
      [7, 0, 1],
      [7, 0, 1],
    ]);
    utimesSync(bazel(), 1, statSync(bazel()).mtimeMs / 1000 + 5);
    expect(await version()).toEqual([7, 0, 2]);
    writeFileSync(join(program.directory, '.bazelversion'), '6.5.0\n');
    expect(await version()).toEqual([7, 0, 3]);
    expect(await version()).toEqual([7, 0, 3]);
  });

  it('is good for a day: Bazelisk may be called bazel', async () => {
    expect([await version(0), await version(80_000_000)]).toEqual([
      [7, 0, 1],
      [7, 0, 1],
    ]);
    expect(await version(90_000_000)).toEqual([7, 0, 2]);
  });

  it('is found out even where nothing can be kept', async () => {
    writeFileSync(join(program.directory, 'blocked'), '');
    const settings = { ...program.settings, cacheDirectory: join(program.directory, 'blocked') };
    expect(await cachedVersion(bazel(), settings, 0, ask)).toEqual([7, 0, 1]);
  });

  it('kept by a broken file is asked for again', async () => {
    await version();
    mkdirSync(join(program.settings.cacheDirectory, 'versions'), { recursive: true });
    writeFileSync(join(program.settings.cacheDirectory, 'versions', 'bazel.json'), '{', { mode: 0o600 });
    expect(await version()).toEqual([7, 0, 2]);
  });
});

describe('--fallback=local', () => {
  const line = (...words: string[]) => splitCommandLine([...words, 'build']);
  const unreachable = new Failure('timeout', 'cluster main took longer than 10m', {
    next: 'x',
    details: ['server: starts'],
  });
  const fails = (failure: Error) => async (): Promise<number> => {
    throw failure;
  };
  const here = async () => 3;

  it('builds here when the farm can’t, and says why', async () => {
    expect(await orElseHere(line('--fallback=local'), program, fails(unreachable), here)).toBe(3);
    expect(program.stderr()).toBe(
      'bbf: cluster main took longer than 10m\nbbf:   server: starts\nbbf: building on this machine instead (--fallback=local)\n',
    );
  });
  it.each(['invalidDocument', 'conflict'] as const)(
    'builds here where the cluster takes no build: %s',
    async (kind) => {
      const failure = new Failure(kind, 'the cluster takes none', { next: 'x' });
      expect(await orElseHere(line('--fallback=local'), program, fails(failure), here)).toBe(3);
    },
  );
  it('is not asked where the farm builds', async () => {
    expect(await orElseHere(line('--fallback=local'), program, async () => 1, here)).toBe(1);
  });
  it('is for what is wrong with the farm, not with the command line', async () => {
    const slip = new Failure('usage', 'no', { next: 'x' });
    await expect(orElseHere(line('--fallback=local'), program, fails(slip), here)).rejects.toBe(slip);
    const misnamed = new Failure('notFound', 'there is no cluster mian', { next: 'x' });
    await expect(orElseHere(line('--fallback=local'), program, fails(misnamed), here)).rejects.toBe(misnamed);
    await expect(orElseHere(line(), program, fails(unreachable), here)).rejects.toBe(unreachable);
    await expect(orElseHere(line('--fallback=cloud'), program, async () => 0, here)).rejects.toMatchObject({
      exitCode: exitCodes.usage,
    });
  });
});
