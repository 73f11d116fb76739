/** Which version a Bazel is, without starting it again: it takes as long to say so as the rest of bbf. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ancestors } from '../context/ancestors.ts';
import type { Settings } from '../settings.ts';
import { readPrivate, writePrivate } from './private-file.ts';
import type { BazelVersion } from './version.ts';

interface Known {
  /** By everything that a version hangs on. */
  versions: Record<string, { version: BazelVersion; askedAt: number }>;
}

const MOST = 50;
/** Bazelisk without a version of the workspace runs the newest one, which changes by itself. */
const BAZELISK_AGE_MS = 86_400_000;

/** @param ask Bazel itself */
export async function cachedVersion(
  bazel: string,
  settings: Pick<Settings, 'cwd' | 'cacheDirectory' | 'childEnvironment'>,
  now: number,
  ask: () => Promise<BazelVersion>,
): Promise<BazelVersion> {
  const path = join(settings.cacheDirectory, 'versions', 'bazel.json');
  const key = await keyOf(bazel, settings);
  const { versions = {} } = (await readPrivate<Known>(path)) ?? {};
  const known = versions[key];
  const isOld = known !== undefined && basename(bazel) === 'bazelisk' && now - known.askedAt > BAZELISK_AGE_MS;
  if (known !== undefined && !isOld) return known.version;
  const version = await ask();
  const kept = Object.entries(versions).slice(1 - MOST);
  await writePrivate(path, { versions: { ...Object.fromEntries(kept), [key]: { version, askedAt: now } } }).catch(
    () => {},
  );
  return version;
}

/** The file, and what tells a launcher which Bazel to run. */
async function keyOf(
  bazel: string,
  { cwd, childEnvironment }: Pick<Settings, 'cwd' | 'childEnvironment'>,
): Promise<string> {
  const real = await realpath(bazel).catch(() => bazel);
  const { mtimeMs = 0, size = 0 } = await stat(real).catch(() => ({}) as { mtimeMs?: number; size?: number });
  const texts = await Promise.all(['.bazelversion', '.bazeliskrc'].map((name) => nearest(cwd, name)));
  const { USE_BAZEL_VERSION = '', BAZELISK_BASE_URL = '' } = childEnvironment;
  return [real, mtimeMs, size, ...texts, USE_BAZEL_VERSION, BAZELISK_BASE_URL].join('\n');
}

async function nearest(cwd: string, name: string): Promise<string> {
  for (const folder of ancestors(cwd)) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
    if (text !== undefined) return text.trim();
  }
  return '';
}
