/** The flags that make Bazel build on the farm, for its version. */
import type { BazelVersion } from './version.ts';
import { atLeast } from './version.ts';

interface FarmShape {
  /** As Bazel's flag of this name. */
  remoteExecutor: string;
  /** Actions that the pool can run at a time when it has as many workers as it may; 0 where nobody knows. */
  slotsMax: number;
  /** Platform properties of the pool: what an action asks for to land there. */
  platform: Record<string, string>;
  /** Whether bbf's gateway or its own farm answers, which take any number of pings. A bare Buildfarm hangs up on more than one in five minutes. */
  isCluster: boolean;
}

/** More actions in flight than slots keep workers busy; queued ones make the farm grow. */
const JOBS_PER_SLOT = 1.5;
const JOBS_EXTRA = 8;
/** Enough of a queue to show that the farm should grow. */
const JOBS_LEAST = 64;
/** Bazel's own limit; above half of it each job mostly costs memory. */
const JOBS_MOST = 2500;
/** Of one transfer, in seconds: a large blob over a slow line. Bazel's default of 60 ends those. */
const TRANSFER_SECONDS = 600;
/** The default of 5 is over after about 3 s; 12 survive a restart of the server (25 s measured). */
const RETRIES = 12;

/**
 * Else the PATH of this machine is part of every action, and nobody hits anybody's cache. It is also what all builds on a farm have
 * that changes what Bazel analyses: a command without it between two of them would have everything analysed, and built, anew.
 */
export const STRICT_ENVIRONMENT = '--incompatible_strict_action_env';

/** @param others what Bazel gets besides: the user's own flags, and what was typed */
export function farmFlags(version: BazelVersion, farm: FarmShape, others: readonly string[]): string[] {
  return [
    `--remote_executor=${farm.remoteExecutor}`,
    // Else one that a .bazelrc names would get the inputs, and the farm would look for them in vain.
    `--remote_cache=${farm.remoteExecutor}`,
    // Such as a .bazelrc has for that cache. The farm would be shown them too, and gRPC refuses them on every channel without TLS.
    '--nogoogle_default_credentials',
    `--jobs=${jobs(farm.slotsMax)}`,
    `--remote_timeout=${TRANSFER_SECONDS}`,
    `--remote_retries=${RETRIES}`,
    STRICT_ENVIRONMENT,
    ...propertyFlags(farm.platform, others),
    // What this machine built by itself is not what the farm would have built.
    '--noremote_upload_local_results',
    ...[...(farm.isCluster ? [PING] : []), ...newerFlags]
      .filter((flag) => known(version, flag))
      .map(({ flag }) => flag),
  ];
}

function jobs(slotsMax: number): number {
  return Math.min(JOBS_MOST, Math.max(JOBS_LEAST, Math.ceil(slotsMax * JOBS_PER_SLOT) + JOBS_EXTRA));
}

const PROPERTY = '--remote_default_exec_properties';

/**
 * None that others name: Bazel up to 9.1 crashes on a name that comes twice, also with one value (bazelbuild/bazel#29145). A .bazelrc
 * may name the system, which every pool has and so nobody has to ask for.
 */
function propertyFlags(platform: Record<string, string>, others: readonly string[]): string[] {
  const words = others.flatMap((word, at) => (word === PROPERTY ? [`${PROPERTY}=${others[at + 1]}`] : [word]));
  const isNamed = (name: string) => words.some((word) => word.startsWith(`${PROPERTY}=${name}=`));
  return Object.entries(platform)
    .filter(([name, value]) => !isNamed(name) && !(name === 'OSFamily' && value.toLowerCase() === 'linux'))
    .map(([name, value]) => `${PROPERTY}=${name}=${value}`);
}

interface NewerFlag {
  flag: string;
  /** First release that knows it. */
  since: string;
  /** First release that does it by itself, or does harm with it. */
  before?: string;
}

/** Else a build whose network changes under it waits for the dead connection: until --remote_timeout, or as long as the system resends. */
const PING: NewerFlag = { flag: '--grpc_keepalive_time=30s', since: '4.0.0', before: '9.0.0' };

const KEEPALIVE = '--experimental_remote_execution_keepalive';

const newerFlags: NewerFlag[] = [
  // A lost answer to Execute would hang the build for ever. From 6.4 on Bazel fails an action that a server which has been started
  // anew does not know, and from 7.2 on it sends that one again: bazelbuild/bazel#21530.
  { flag: KEEPALIVE, since: '4.0.0', before: '6.4.0' },
  { flag: KEEPALIVE, since: '7.2.0', before: '9.0.0' },
  { flag: '--remote_retry_max_delay=10s', since: '6.2.0' },
  // Recovers from blobs that the farm's cache has lost.
  { flag: '--experimental_remote_cache_eviction_retries=5', since: '6.2.0', before: '8.0.0' },
];

function known(version: BazelVersion, { since, before }: NewerFlag): boolean {
  return atLeast(version, since) && (before === undefined || !atLeast(version, before));
}
