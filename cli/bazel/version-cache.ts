/** Which version a Bazel is, without starting it again: it takes as long to say so as the rest of bbf. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ancestors } from '../context/ancestors.ts';
import { optionalText } from '../optional-text.ts';
import type { Settings } from '../settings.ts';
import { readPrivate, writePrivate } from './private-file.ts';
import type { BazelVersion } from './version.ts';

interface Known {
  /** By everything that a version hangs on. */
  versions: Record<string, { version: BazelVersion; askedAt: number }>;
}

const MOST = 50;
/** Bazelisk, by whatever name it is called, runs the newest version where a workspace names none, and that changes by itself. */
const AGE_MS = 86_400_000;

/** @param ask Bazel itself */
export async function cachedVersion(
  bazel: string,
  settings: Pick<Settings, 'cwd' | 'cacheDirectory' | 'childEnvironment'>,
  now: number,
  ask: () => Promise<BazelVersion>,
): Promise<BazelVersion> {
  const path = join(settings.cacheDirectory, 'versions', 'bazel.json');
  const key = keyOf(bazel, settings);
  const { versions = {} } = (await readPrivate<Known>(path)) ?? {};
  const known = versions[key];
  if (known !== undefined && now - known.askedAt <= AGE_MS) return known.version;
  const version = await ask();
  const kept = Object.entries(versions).slice(1 - MOST);
  await writePrivate(path, { versions: { ...Object.fromEntries(kept), [key]: { version, askedAt: now } } }).catch(
    () => {},
  );
  return version;
}

/** The file, and what tells a launcher which Bazel to run. */
function keyOf(bazel: string, { cwd, childEnvironment }: Pick<Settings, 'cwd' | 'childEnvironment'>): string {
  const real = existsSync(bazel) ? realpathSync(bazel) : bazel;
  const { mtimeMs = 0, size = 0 } = statSync(real, { throwIfNoEntry: false }) ?? {};
  const texts = ['.bazelversion', '.bazeliskrc'].map((name) => nearest(cwd, name));
  const { USE_BAZEL_VERSION = '', BAZELISK_BASE_URL = '' } = childEnvironment;
  return [real, mtimeMs, size, ...texts, USE_BAZEL_VERSION, BAZELISK_BASE_URL].join('\n');
}

function nearest(cwd: string, name: string): string {
  const path = ancestors(cwd)
    .map((folder) => join(folder, name))
    .find((one) => existsSync(one));
  return path === undefined ? '' : optionalText(path).trim();
}
