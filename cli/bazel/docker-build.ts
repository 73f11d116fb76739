/** Runs a Bazel command with its actions in containers of this machine, of the image that the cluster's workers have: no lease, no wait. */
import type { Program } from '../command.ts';
import { clusterName, readCluster } from '../context/cluster.ts';
import { type Installation, openInstallation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { abortable } from '../interrupt.ts';
import { PROCESS_WORKER } from '../local/farm-engine.ts';
import { dockerFlags, needImage, needStrategy } from './docker.ts';
import { findVersionedBazel } from './find.ts';
import type { Place } from './place.ts';
import { runBazel } from './process.ts';
import { bazelArguments, type CommandLine } from './split.ts';
import { crosstoolFlags } from './toolchain.ts';

/** @returns Bazel's exit code */
export async function buildInDocker(
  line: CommandLine,
  place: Place & { kind: 'docker' },
  program: Program,
  signal: AbortSignal,
): Promise<number> {
  const { settings } = program;
  const { bazel, version } = await findVersionedBazel(line.own.get('bazel_bin'), settings, signal);
  const crosstool = crosstoolFlags(version, line.own.get('crosstool_top'));
  const image = place.image ?? (await abortable(workerImage(line, program), signal));
  const surroundings = { cwd: settings.cwd, env: settings.childEnvironment, signal };
  await needImage(image, surroundings, (registry) => abortable(logInto(registry, line, program), signal));
  await needStrategy(bazel, line.startup, surroundings);
  signal.throwIfAborted();
  return runBazel(settings, {
    bazel,
    arguments: bazelArguments(line, [...dockerFlags({ ...place, image }), ...crosstool]),
  });
}

/** The cluster's own, or the installation's. @throws Failure (unavailable) where its workers are processes */
async function workerImage({ own }: CommandLine, program: Program): Promise<string> {
  const installation = await openInstallation(program, own.get('context'), { quiet: own.has('quiet') });
  const cluster = clusterName(installation, own.get('cluster'));
  const { text } = await readCluster(installation, cluster);
  const document = JSON.parse(text) as { spec?: { engine?: { worker?: string } } } | null;
  const image = document?.spec?.engine?.worker ?? (await defaultWorkerImage(installation));
  if (image !== PROCESS_WORKER) return image;
  throw new Failure(
    'unavailable',
    `--local builds in containers of the workers’ image, and those of ${cluster} are processes of this machine, which have none`,
    {
      next: 'bbf --local=IMAGE build …, with an image that has what your actions need (docker images shows yours); or bbf local down, then bbf local up --tasks=docker, whose workers have one',
    },
  );
}

/** With the keys of the context; where these are of another account or region, what the user has told Docker has to do. */
async function logInto(registry: string, { own }: CommandLine, program: Program): Promise<void> {
  const { access } = await openInstallation(program, own.get('context'), { quiet: own.has('quiet') });
  if (!registry.includes(`.ecr.${access.region}.`)) return;
  const { logIn } = await import('../images/registry.ts');
  await logIn(access, program);
}

async function defaultWorkerImage({ access, context }: Installation): Promise<string> {
  const { foundationSettings } = await import('../plan/foundation-settings.ts');
  return (await foundationSettings(access, context.installation)).defaultEngine.worker;
}
