import { describe, expect, it } from 'vitest';
import { crosstoolFlags } from './toolchain.ts';
import { parseVersion } from './version.ts';

const SUITE = '@rbe//cc:toolchain';
const x86 = [`--crosstool_top=${SUITE}`, '--cpu=k8', '--host_cpu=k8', '--define=EXECUTOR=remote'];

describe('a C++ toolchain suite of the old kind', () => {
  it.each([
    ['bazel no_version', x86],
    ['bazel 2.1.0', x86],
    ['bazel 6.5.0', x86],
    ['bazel 7.4.1', [...x86, '--noincompatible_enable_cc_toolchain_resolution']],
  ])('%s', (says, flags) => expect(crosstoolFlags(parseVersion(says), SUITE)).toEqual(flags));

  it('is for the architecture of the pool', () => {
    expect(crosstoolFlags(null, SUITE, 'arm64')).toContain('--cpu=aarch64');
  });

  it('is nothing that Bazel 8 would look at, and bbf says so', () => {
    expect(() => crosstoolFlags([8, 0, 0], SUITE)).toThrow(/Bazel 8.0.0 ignores --crosstool_top=@rbe/);
  });

  it('is not asked for by default', () => expect(crosstoolFlags([8, 0, 0], undefined)).toEqual([]));
});
