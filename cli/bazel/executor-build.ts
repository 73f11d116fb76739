/** Runs a Bazel command on the farm that the command line names: no lease, no wait; with TLS, as the client of a cluster. */

import { certificateForBuild } from '../access/certificate-for-build.ts';
import type { Program } from '../command.ts';
import { clusterName } from '../context/cluster.ts';
import { openInstallation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { abortable } from '../interrupt.ts';
import { notesOf } from '../output/notes.ts';
import { probe } from './farm-connection.ts';
import { findVersionedBazel } from './find.ts';
import { farmFlags } from './flags.ts';
import type { Place } from './place.ts';
import { runBazel } from './process.ts';
import { runThroughForwarder } from './run-through-forwarder.ts';
import { bazelArguments, type CommandLine } from './split.ts';
import { crosstoolFlags } from './toolchain.ts';
import { userFlags } from './user-rc.ts';

/** @returns Bazel's exit code */
export async function buildOnExecutor(
  line: CommandLine,
  place: Place & { kind: 'executor' },
  program: Program,
  signal: AbortSignal,
): Promise<number> {
  const { settings } = program;
  const { bazel, version } = await findVersionedBazel(line.own.get('bazel_bin'), settings, signal);
  const crosstool = crosstoolFlags(version, line.own.get('crosstool_top'));
  const users = userFlags(settings, line.command ?? '');
  const arguments_ = (remoteExecutor: string) => {
    const ours = farmFlags(version, { remoteExecutor, slotsMax: 0, platform: {}, isCluster: place.secure }, []);
    return bazelArguments(line, [...ours, ...crosstool, ...users]);
  };
  if (place.secure) return throughTls(line, place.endpoint, program, { bazel, arguments: arguments_, signal });
  return runBazel(settings, { bazel, arguments: arguments_(`grpc://${place.endpoint}`) });
}

async function throughTls(
  { own }: CommandLine,
  endpoint: string,
  program: Program,
  run: { bazel: string; arguments(remoteExecutor: string): string[]; signal: AbortSignal },
): Promise<number> {
  const { signal } = run;
  const installation = await abortable(
    openInstallation(program, own.get('context'), { quiet: own.has('quiet') }),
    signal,
  );
  const cluster = clusterName(installation, own.get('cluster'));
  const note = notesOf(program, own.has('quiet'));
  const source = await abortable(certificateForBuild(installation, cluster, program, note), signal);
  // Nothing else would end a build that waits for an address that nobody serves.
  const identity = await abortable(source.get(), signal);
  const answering = probe(endpoint, cluster, identity).catch((error: Error) => {
    throw new Failure('unavailable', `no farm of cluster ${cluster} answers there: ${error.message}`, {
      next: 'correct --remote_executor or --cluster, or leave --remote_executor out',
    });
  });
  await abortable(answering, signal);
  return runThroughForwarder({ ...run, program, cluster, source, endpoint: async () => endpoint, note });
}
