/** Finds the Bazel to run: the one that was named, Bazelisk or Bazel on the PATH, else the one of npm's packages. */
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  statSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { ancestors } from '../context/ancestors.ts';
import { Failure } from '../failure.ts';
import { unguessable } from '../replace-file.ts';
import type { Settings } from '../settings.ts';
import { refuseLoop } from './nesting.ts';
import { type BazelVersion, bazelVersion } from './version.ts';
import { cachedVersion } from './version-cache.ts';

type Place = Pick<Settings, 'cwd' | 'bazel' | 'searchPath' | 'cacheDirectory' | 'childEnvironment'>;

/**
 * @param named value of `--bazel_bin`, or undefined
 * @param self path of bbf's own program, which may be on the PATH under Bazel's name
 * @throws Failure (unavailable)
 */
export async function findBazel(place: Place, named: string | undefined, self: string): Promise<string> {
  const bazel = besideNpmScript(foundBazel(place, named, self));
  refuseLoop(bazel, place.childEnvironment);
  return bazel;
}

function foundBazel(place: Place, named: string | undefined, self: string): string {
  const own = existsSync(self) ? realpathSync(self) : self;
  const chosen = named ?? place.bazel;
  if (chosen !== undefined) return chosenBazel(place, chosen, named === undefined ? 'BBF_BAZEL' : '--bazel_bin', own);
  for (const name of ['bazelisk', 'bazel']) {
    const found = onPath(place.searchPath, name, own);
    if (found !== undefined) return found;
  }
  const packaged = ofNpm(place, self);
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

function chosenBazel(place: Place, chosen: string, source: string, own: string): string {
  if (!chosen.includes('/')) {
    const found = onPath(place.searchPath, chosen, own);
    if (found !== undefined) return found;
  }
  const path = isAbsolute(chosen) ? chosen : resolve(place.cwd, chosen);
  if (isExecutable(path)) {
    if (realpathSync(path) !== own) return path;
    throw new Failure('unavailable', `${source} names ${chosen}, which is bbf itself`, {
      next: 'name Bazel’s own path there, or none: bbf passes itself over on the PATH',
    });
  }
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const state = isFolder ? 'is a folder' : existsSync(path) ? 'is not executable' : 'does not exist';
  throw new Failure('unavailable', `${source} names ${chosen}, which ${state}`, {
    next: state === 'is not executable' ? `chmod +x ${chosen}` : 'correct the path',
  });
}

function onPath(directories: readonly string[], name: string, except: string): string | undefined {
  for (const directory of directories) {
    const path = join(directory, name);
    if (!isExecutable(path)) continue;
    const real = realpathSync(path);
    if (real !== except && !isNpmLauncher(real)) return path;
  }
  return undefined;
}

/**
 * npm's launcher of `@bazel/bazel` starts a binary that has no run bit, says nothing and exits with 0: a build that never ran would look
 * like one that succeeded. The binary itself is found by `ofNpm`.
 */
const isNpmLauncher = (path: string) => /[/\\]node_modules[/\\]@bazel[/\\]bazel[/\\]index\.js$/.test(path);

/**
 * npm's launcher of Bazelisk is a script that SIGINT and SIGTERM end at once, with 0, up to 1.26, while Bazel still cancels; newer ones
 * leave it 5 s and kill it then. The program that it would start lies beside it.
 */
function besideNpmScript(path: string): string {
  const real = realpathSync(path);
  if (!/[/\\]@bazel[/\\]bazelisk[/\\]bazelisk\.js$/.test(real)) return path;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const binary = join(dirname(real), `bazelisk-${process.platform}_${architecture}`);
  return isExecutable(binary) ? binary : path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** npm's packages hold the binary without its run bit, so it is copied to the cache and made executable there. */
function ofNpm(place: Place, self: string): string | undefined {
  const packageName = `bazel-${process.platform}_${process.arch}`;
  for (const directory of [...ancestors(place.cwd), ...ancestors(dirname(self))]) {
    const home = join(directory, 'node_modules', '@bazel', packageName);
    const files = existsSync(home) ? readdirSync(home) : [];
    const binary = files.find((file) => /^bazel-\d/.test(file));
    if (binary !== undefined) return runnable(join(home, binary), place.cacheDirectory);
  }
  return undefined;
}

function runnable(path: string, cacheDirectory: string): string {
  if (isExecutable(path)) return path;
  const target = join(cacheDirectory, 'bazel', basename(path));
  if (isExecutable(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  // By rename: another bbf may be about to run it.
  const temporary = unguessable(target);
  copyFileSync(path, temporary, constants.COPYFILE_EXCL);
  chmodSync(temporary, 0o755);
  renameSync(temporary, target);
  return target;
}
