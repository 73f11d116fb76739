/** Finds the Bazel to run: the one that was named, Bazelisk or Bazel on the PATH, else the one of npm's packages. */
import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdir, readdir, realpath, rename, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { ancestors } from '../context/ancestors.ts';
import { Failure } from '../failure.ts';
import type { Settings } from '../settings.ts';
import { type BazelVersion, bazelVersion } from './version.ts';
import { cachedVersion } from './version-cache.ts';

type Place = Pick<Settings, 'cwd' | 'bazel' | 'searchPath' | 'cacheDirectory'>;

/**
 * @param named value of `--bazel_bin`, or undefined
 * @param self path of bbf's own program, which may be on the PATH under Bazel's name
 * @throws Failure (unavailable)
 */
export async function findBazel(place: Place, named: string | undefined, self: string): Promise<string> {
  const chosen = named ?? place.bazel;
  if (chosen !== undefined) return chosenBazel(place, chosen, named === undefined ? 'BBF_BAZEL' : '--bazel_bin');
  const own = await realpath(self).catch(() => self);
  for (const name of ['bazelisk', 'bazel']) {
    const found = await onPath(place.searchPath, name, own);
    if (found !== undefined) return found;
  }
  const packaged = await ofNpm(place, self);
  if (packaged !== undefined) return packaged;
  throw new Failure('unavailable', 'no Bazel was found: neither bazelisk nor bazel is on the PATH', {
    next: 'npm install -g @bazel/bazelisk, or bbf --bazel_bin=PATH build …',
  });
}

/** @param named value of `--bazel_bin`, or undefined */
export async function findVersionedBazel(
  named: string | undefined,
  settings: Settings,
  signal: AbortSignal,
): Promise<{ bazel: string; version: BazelVersion }> {
  const bazel = await findBazel(settings, named, settings.program);
  const ask = () => bazelVersion(bazel, settings.cwd, settings.childEnvironment, signal);
  return { bazel, version: await cachedVersion(bazel, settings, Date.now(), ask) };
}

async function chosenBazel(place: Place, chosen: string, source: string): Promise<string> {
  if (!chosen.includes('/')) {
    const found = await onPath(place.searchPath, chosen, '');
    if (found !== undefined) return found;
  }
  const path = isAbsolute(chosen) ? chosen : resolve(place.cwd, chosen);
  if (await isExecutable(path)) return path;
  const state = (await stat(path).catch(() => undefined)) ? 'is not executable' : 'does not exist';
  throw new Failure('unavailable', `${source} names ${chosen}, which ${state}`, {
    next: state === 'does not exist' ? 'correct the path' : `chmod +x ${chosen}`,
  });
}

async function onPath(directories: readonly string[], name: string, except: string): Promise<string | undefined> {
  for (const directory of directories) {
    const path = join(directory, name);
    if (!(await isExecutable(path))) continue;
    const real = await realpath(path);
    if (real !== except && !isNpmLauncher(real)) return path;
  }
  return undefined;
}

/**
 * npm's launcher of `@bazel/bazel` starts a binary that has no run bit, says nothing and exits with 0: a build that never ran would look
 * like one that succeeded. The binary itself is found by `ofNpm`.
 */
const isNpmLauncher = (path: string) => /[/\\]node_modules[/\\]@bazel[/\\]bazel[/\\]index\.js$/.test(path);

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** npm's packages hold the binary without its run bit, so it is copied to the cache and made executable there. */
async function ofNpm(place: Place, self: string): Promise<string | undefined> {
  const packageName = `bazel-${process.platform}_${process.arch}`;
  for (const directory of [...ancestors(place.cwd), ...ancestors(dirname(self))]) {
    const home = join(directory, 'node_modules', '@bazel', packageName);
    const files = await readdir(home).catch((): string[] => []);
    const binary = files.find((file) => /^bazel-\d/.test(file));
    if (binary !== undefined) return runnable(join(home, binary), place.cacheDirectory);
  }
  return undefined;
}

async function runnable(path: string, cacheDirectory: string): Promise<string> {
  if (await isExecutable(path)) return path;
  const target = join(cacheDirectory, 'bazel', basename(path));
  if (await isExecutable(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  // By rename: another bbf may be about to run it.
  const temporary = `${target}.${process.pid}`;
  await copyFile(path, temporary);
  await chmod(temporary, 0o755);
  await rename(temporary, target);
  return target;
}
