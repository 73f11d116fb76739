import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../exit-codes.ts';
import { findBazel } from './find.ts';
import { runBazel } from './process.ts';
import { bazelVersion } from './version.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'bbf-find-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = (...parts: string[]) => join(root, ...parts);
function file(executable: boolean, ...parts: string[]): string {
  mkdirSync(dirname(path(...parts)), { recursive: true });
  writeFileSync(path(...parts), '#!/bin/sh\n');
  chmodSync(path(...parts), executable ? 0o755 : 0o644);
  return path(...parts);
}
function find(named?: string, bazel?: string, childEnvironment: NodeJS.ProcessEnv = {}): Promise<string> {
  const searchPath = [path('a'), path('b')];
  const place = { cwd: path('work', 'deep'), bazel, searchPath, cacheDirectory: path('cache'), childEnvironment };
  return findBazel(place, named, path('bbf', 'bbf.mjs'));
}

it('a launcher that refuses the version of the workspace is heard, to its last line', async () => {
  const launcher = file(true, 'a', 'bazel');
  writeFileSync(
    launcher,
    `#!/bin/sh\nprintf '\\033[31mERROR: wants 4.2.3\\033[0m\\n\\n  apt install bazel-4.2.3\\n'\nexit 1\n`,
  );
  await expect(bazelVersion(launcher, root, { PATH: '/bin' }, new AbortController().signal)).rejects.toMatchObject({
    exitCode: exitCodes.unavailable,
    message: `${launcher} --version failed: ERROR: wants 4.2.3`,
    details: ['  apt install bazel-4.2.3'],
  });
});

describe('a script called bazel that starts bbf', () => {
  const PATH = process.env.PATH ?? '';
  const next = () =>
    `bbf --bazel_bin=PATH …, or BBF_BAZEL=PATH, with Bazel’s own path in place of ${path('a', 'bazel')}`;

  it('is told by the version that it says', async () => {
    const script = file(true, 'a', 'bazel');
    writeFileSync(script, '#!/bin/sh\necho bbf 0.1.0\n');
    await expect(bazelVersion(script, root, { PATH }, new AbortController().signal)).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: `${script} says that it is bbf 0.1.0: it starts bbf where bbf looks for Bazel`,
      next: next(),
    });
  });

  it('is told by how often bbf has come to itself', async () => {
    const script = file(true, 'a', 'bazel');
    expect(await find(undefined, undefined, { BBF_NESTING: '3' })).toBe(script);
    await expect(find(undefined, undefined, { BBF_NESTING: '4' })).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: `bbf was started 4 times by what it had started itself: ${script} starts bbf where bbf looks for Bazel`,
      next: next(),
    });
  });

  it('hears how often that was', async () => {
    const script = file(true, 'a', 'bazel');
    writeFileSync(script, '#!/bin/sh\nexit "$BBF_NESTING"\n');
    const run = (childEnvironment: NodeJS.ProcessEnv) =>
      runBazel({ cwd: root, childEnvironment, onTerminal: false }, { bazel: script, arguments: [] });
    expect([await run({ PATH }), await run({ PATH, BBF_NESTING: '2' })]).toEqual([1, 3]);
  });
});

describe('the Bazel to run', () => {
  it('is the one that is named, then that of BBF_BAZEL, then Bazelisk, then Bazel', async () => {
    const plain = file(true, 'a', 'bazel');
    expect(await find()).toBe(plain);
    const bazelisk = file(true, 'b', 'bazelisk');
    expect(await find()).toBe(bazelisk);
    const other = file(true, 'other', 'bazel');
    expect(await find(undefined, other)).toBe(other);
    expect(await find('bazel', other)).toBe(plain);
    expect(await find('../../other/bazel')).toBe(other);
  });

  it('is not bbf itself under another name', async () => {
    file(true, 'bbf', 'bbf.mjs');
    mkdirSync(path('a'));
    symlinkSync(path('bbf', 'bbf.mjs'), path('a', 'bazel'));
    const real = file(true, 'b', 'bazel');
    expect(await find()).toBe(real);
    expect(await find('bazel')).toBe(real);
    expect(await find(undefined, 'bazel')).toBe(real);
    await expect(find(undefined, path('a', 'bazel'))).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: `BBF_BAZEL names ${path('a', 'bazel')}, which is bbf itself`,
      next: 'name Bazel’s own path there, or none: bbf passes itself over on the PATH',
    });
  });

  it('is not npm’s launcher, which ends with 0 without having run anything', async () => {
    const launcher = file(true, 'node_modules', '@bazel', 'bazel', 'index.js');
    mkdirSync(path('a'));
    symlinkSync(launcher, path('a', 'bazel'));
    const real = file(true, 'b', 'bazel');
    expect(await find()).toBe(real);
  });

  it('is the program beside npm’s launcher of Bazelisk, which Ctrl-C ends with 0 before Bazel has ended', async () => {
    const home = ['node_modules', '@bazel', 'bazelisk'];
    const launcher = file(true, ...home, 'bazelisk.js');
    mkdirSync(path('a'));
    symlinkSync(launcher, path('a', 'bazelisk'));
    expect(await find(), 'a package without one for this machine').toBe(path('a', 'bazelisk'));
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const binary = file(true, ...home, `bazelisk-${process.platform}_${architecture}`);
    expect(await find()).toBe(binary);
    expect(await find(undefined, 'bazelisk')).toBe(binary);
    expect(await find(launcher)).toBe(binary);
  });

  it('is a file that may be run', async () => {
    file(false, 'a', 'bazel');
    mkdirSync(path('b', 'bazel'), { recursive: true });
    await expect(find()).rejects.toMatchObject({ exitCode: exitCodes.unavailable });
  });

  it('is npm’s at last, made executable in the cache', async () => {
    const name = `bazel-${process.platform}_${process.arch}`;
    file(false, 'work', 'node_modules', '@bazel', name, 'bazel-2.1.0-linux-x86_64');
    const found = await find();
    expect(found).toBe(path('cache', 'bazel', 'bazel-2.1.0-linux-x86_64'));
    expect(statSync(found).mode & 0o111).not.toBe(0);
    expect(await find()).toBe(found);
  });

  it.each([
    ['missing', /does not exist/],
    ['a/plain', /is not executable/],
    ['a', /is a folder/],
  ])('%s is refused', async (name, message) => {
    file(false, 'a', 'plain');
    await expect(find(path(name))).rejects.toMatchObject({
      exitCode: exitCodes.unavailable,
      message: expect.stringMatching(message),
    });
  });
});
