/** Which version a Bazel is, without starting it again: it takes as long to say so as the rest of bbf. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivate, writePrivate } from '../access/private-file.ts';
import { optionalText } from '../optional-text.ts';
import type { Settings } from '../settings.ts';
import type { BazelVersion } from './version.ts';
import { workspaceRoot } from './workspace.ts';

interface Known {
  /** By everything that a version hangs on. */
  versions: Record<string, { version: BazelVersion; askedAt: number }>;
}

const MOST = 50;
/** Bazelisk, by whatever name it is called, runs the newest version where a workspace names none, and that changes by itself. */
const AGE_MS = 86_400_000;

type Place = Pick<Settings, 'cwd' | 'cacheDirectory' | 'childEnvironment'>;

const pathOf = ({ cacheDirectory }: Place) => join(cacheDirectory, 'versions', 'bazel.json');

/** @param ask Bazel itself */
export async function cachedVersion(
  bazel: string,
  settings: Place,
  now: number,
  ask: () => Promise<BazelVersion>,
): Promise<BazelVersion> {
  const path = pathOf(settings);
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

/** What a launcher goes by may be nothing that `keyOf` knows: it is asked for again. */
export async function forgetVersion(bazel: string, settings: Place): Promise<void> {
  const { versions = {} } = (await readPrivate<Known>(pathOf(settings))) ?? {};
  const { [keyOf(bazel, settings)]: known, ...others } = versions;
  if (known !== undefined) await writePrivate(pathOf(settings), { versions: others }).catch(() => {});
}

/** The file, and what tells a launcher which Bazel to run: Bazelisk looks into the workspace's own folder, and into the user's. */
function keyOf(bazel: string, { cwd, childEnvironment }: Place): string {
  const real = existsSync(bazel) ? realpathSync(bazel) : bazel;
  const { mtimeMs = 0, size = 0 } = statSync(real, { throwIfNoEntry: false }) ?? {};
  const root = workspaceRoot(cwd);
  const { HOME = '/', USE_BAZEL_VERSION, USE_BAZEL_FALLBACK_VERSION, BAZELISK_BASE_URL } = childEnvironment;
  const ofWorkspace = root === undefined ? [] : [join(root, '.bazelversion'), join(root, '.bazeliskrc')];
  const texts = [...ofWorkspace, join(HOME, '.bazeliskrc')].map((file) => optionalText(file).trim());
  const named = [USE_BAZEL_VERSION, USE_BAZEL_FALLBACK_VERSION, BAZELISK_BASE_URL];
  return [real, mtimeMs, size, root, ...texts, ...named].join('\n');
}
