/** What `aquery` and `cquery` are given: the flags of builds on the farm that change what Bazel analyses, as far as no cluster has a say. */
import { interruptible } from '../interrupt.ts';
import type { Settings } from '../settings.ts';
import { analyses } from './commands.ts';
import { findVersionedBazel } from './find.ts';
import { STRICT_ENVIRONMENT } from './flags.ts';
import type { CommandLine } from './split.ts';
import { crosstoolFlags } from './toolchain.ts';
import { userFlags } from './user-rc.ts';

/** Nothing for a command that analyses nothing. @throws Failure (usage) as `crosstoolFlags` does */
export async function analysisFlags({ command = '', own }: CommandLine, settings: Settings): Promise<string[]> {
  if (!analyses(command)) return [];
  return [
    STRICT_ENVIRONMENT,
    ...(await crosstool(own.get('crosstool_top'), own.get('bazel_bin'), settings)),
    ...userFlags(settings, command),
  ];
}

/** Which version it is need not be known otherwise, and takes Bazel's time. */
async function crosstool(label: string | undefined, bazel: string | undefined, settings: Settings): Promise<string[]> {
  if (label === undefined) return [];
  const { version } = await interruptible(
    (signal) => findVersionedBazel(bazel, settings, signal),
    'Bazel had not started',
  );
  return crosstoolFlags(version, label);
}
