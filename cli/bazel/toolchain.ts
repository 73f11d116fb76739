/** The flags that make Bazel take a C++ toolchain in the old way, by `--crosstool_top`. */
import type { Pool } from '../../config-schema/documents.ts';
import { Failure } from '../failure.ts';
import { atLeast, type BazelVersion } from './version.ts';

/** Bazel's names of CPUs, by which a toolchain suite is indexed. */
const CPUS: Record<Pool['architecture'], string> = { x86_64: 'k8', arm64: 'aarch64' };

/**
 * CPU and EXECUTOR are what suites made for remote execution choose by.
 * @param label undefined: none was asked for
 * @throws Failure (usage) for a Bazel that knows this way no more
 */
export function crosstoolFlags(
  version: BazelVersion,
  label: string | undefined,
  architecture: Pool['architecture'] = 'x86_64',
): string[] {
  if (label === undefined) return [];
  // Both flags are without effect from 8 on: bazelbuild/bazel#28563.
  if (atLeast(version, '8.0.0'))
    throw new Failure('usage', `Bazel ${version?.join('.')} ignores --crosstool_top=${label}`, {
      next: 'bbf build --extra_toolchains=LABEL …, with a toolchain of the platforms API',
    });
  const cpu = CPUS[architecture];
  const flags = [`--crosstool_top=${label}`, `--cpu=${cpu}`, `--host_cpu=${cpu}`, '--define=EXECUTOR=remote'];
  // Bazel 7 looks at it only where told so: bazelbuild/bazel#21121.
  return atLeast(version, '7.0.0') ? [...flags, '--noincompatible_enable_cc_toolchain_resolution'] : flags;
}
