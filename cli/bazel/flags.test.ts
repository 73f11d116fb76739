import { describe, expect, it } from 'vitest';
import { farmFlags } from './flags.ts';
import { type BazelVersion, parseVersion } from './version.ts';

const farm = {
  remoteExecutor: 'grpc://127.0.0.1:4711',
  slotsMax: 80,
  platform: { OSFamily: 'linux', Pool: 'gpu', disk: 'ssd' },
  isCluster: true,
};
const everyVersion = [
  '--remote_executor=grpc://127.0.0.1:4711',
  '--remote_cache=grpc://127.0.0.1:4711',
  '--nogoogle_default_credentials',
  '--jobs=128',
  '--remote_timeout=600',
  '--remote_retries=12',
  '--incompatible_strict_action_env',
  '--remote_default_exec_properties=Pool=gpu',
  '--remote_default_exec_properties=disk=ssd',
  '--noremote_upload_local_results',
];
const ping = '--grpc_keepalive_time=30s';
const keepalive = '--experimental_remote_execution_keepalive';
const delay = '--remote_retry_max_delay=10s';
const eviction = '--experimental_remote_cache_eviction_retries=5';

const versions: [says: string, parsed: BazelVersion, more: string[]][] = [
  ['bazel no_version', null, []],
  ['bazel development version', null, []],
  ['bazel 2.1.0', [2, 1, 0], []],
  ['bazel 3.7.2', [3, 7, 2], []],
  ['bazel 4.0.0', [4, 0, 0], [ping, keepalive]],
  ['bazel 6.1.2', [6, 1, 2], [ping, keepalive]],
  ['bazel 6.2.0', [6, 2, 0], [ping, keepalive, delay, eviction]],
  ['bazel 6.3.2', [6, 3, 2], [ping, keepalive, delay, eviction]],
  ['bazel 6.4.0', [6, 4, 0], [ping, delay, eviction]],
  ['bazel 7.1.2', [7, 1, 2], [ping, delay, eviction]],
  ['bazel 7.2.0', [7, 2, 0], [ping, keepalive, delay, eviction]],
  ['bazel 7.4.1-homebrew', [7, 4, 1], [ping, keepalive, delay, eviction]],
  ['bazel 8.0.0', [8, 0, 0], [ping, keepalive, delay]],
  ['Bazelisk version: v1.25.0\nbazel 9.0.0rc1', [9, 0, 0], [delay]],
  ['bazel 10.1.0', [10, 1, 0], [delay]],
];

describe('the flags for a farm', () => {
  it.each(versions)('%s', (says, parsed, more) => {
    expect(parseVersion(says)).toEqual(parsed);
    expect(farmFlags(parsed, farm, [])).toEqual([...everyVersion, ...more]);
  });

  const PROPERTY = '--remote_default_exec_properties';
  it.each<[rule: string, platform: Record<string, string>, others: string[], asked: string[]]>([
    ['of a pool that offers what every pool does: none', { OSFamily: 'linux' }, [], []],
    ['in the case of letters that the document has', { OSFamily: 'Linux' }, [], []],
    ['of another system', { OSFamily: 'plan9' }, [], ['OSFamily=plan9']],
    ['none twice', farm.platform, [`${PROPERTY}=disk=hdd`, '//:x'], ['Pool=gpu']],
    ['none twice, with its value apart', farm.platform, ['-k', PROPERTY, 'Pool=big=er'], ['disk=ssd']],
    ['beside others of the user’s', farm.platform, [`${PROPERTY}=Disk=x`], ['Pool=gpu', 'disk=ssd']],
  ])('ask for properties %s', (_, platform, others, asked) => {
    const flags = farmFlags(null, { ...farm, platform }, others).filter((flag) => flag.startsWith(PROPERTY));
    expect(flags).toEqual(asked.map((property) => `${PROPERTY}=${property}`));
  });

  it('ask no server for signs of life that may take them amiss', () => {
    expect(farmFlags([7, 4, 1], { ...farm, isCluster: false }, [])).not.toContain(ping);
  });

  it.each([
    [1, 64],
    [100, 158],
    [100_000, 2500],
  ])('%i slots at most: %i jobs', (slotsMax, jobs) => {
    expect(farmFlags(null, { ...farm, slotsMax }, [])).toContain(`--jobs=${jobs}`);
  });
});
