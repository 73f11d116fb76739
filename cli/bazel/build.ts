/** Runs a Bazel command on the farm: lease, wait, certificate, forwarder, Bazel, and everything taken back at its end. */

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Pool, PoolStatus } from '../../config-schema/documents.ts';
import { certificateForBuild } from '../access/certificate-for-build.ts';
import type { CertificateSource } from '../access/certificate-source.ts';
import { activityReader } from '../cluster/activity-reader.ts';
import { untilGone } from '../cluster/gone.ts';
import { askedPlatform, choosePool, claimablePools } from '../cluster/pools.ts';
import { type StatusReader, statusReader } from '../cluster/status-reader.ts';
import { usualTime } from '../cluster/usual-time.ts';
import type { Program } from '../command.ts';
import { clusterName } from '../context/cluster.ts';
import { type Installation, openInstallation } from '../context/installation.ts';
import { abortable, Interrupted, isInterrupted } from '../interrupt.ts';
import { type HeldLease, takeLease } from '../lease/lease.ts';
import { meanwhile } from '../meanwhile.ts';
import { minute } from '../output/minute.ts';
import { notesOf, repeatedAtEnd } from '../output/notes.ts';
import { count, countFlag, durationFlag } from '../quantities.ts';
import { waitFor } from '../wait.ts';
import { findVersionedBazel } from './find.ts';
import { farmFlags } from './flags.ts';
import { judgeReadiness } from './readiness.ts';
import { recentEndpoint } from './recent-endpoint.ts';
import { untilProgramRuns } from './run-program.ts';
import { runThroughForwarder } from './run-through-forwarder.ts';
import { bazelArguments, beforeDashes, type CommandLine } from './split.ts';
import { crosstoolFlags } from './toolchain.ts';
import { watchUnmatched } from './unmatched.ts';
import { userFlags } from './user-rc.ts';
import type { BazelVersion } from './version.ts';

/** One build, with everything that was found out about it. */
interface Build {
  line: CommandLine;
  program: Program;
  installation: Installation;
  cluster: string;
  pool: string;
  workers: number;
  platform: Record<string, string>;
  architecture: Pool['architecture'] | undefined;
  slotsMax: number;
  crosstool: string[];
  /** Of the user's own bazelrc. */
  userFlags: string[];
  pools: string[];
  bazel: string;
  version: BazelVersion;
  timeoutMs: number;
  quiet: boolean;
  note(text: string): void;
  signal: AbortSignal;
}

/** @returns Bazel's exit code */
export async function buildOnFarm(line: CommandLine, program: Program, signal: AbortSignal): Promise<number> {
  const build = await abortable(prepare(line, program, signal), signal);
  const { installation, cluster, note } = build;
  // Before the lease: a refusal shall wake no farm.
  const source = await abortable(certificateForBuild(installation, cluster, program, note), signal);
  const lease = await takeLease(installation.documents, wishOf(build), { note, now: program.now, signal });
  return whileHeld(lease, note, async (giveBack) => {
    signal.throwIfAborted();
    return runWithLease(build, lease, source, giveBack);
  });
}

const RELEASED = 'the lease of this build is released: the cluster sleeps again unless something else wants it';

/**
 * Whoever interrupts it is told what became of the lease.
 * @param work may give the lease back before it ends, once the program of `run` is all that runs
 */
async function whileHeld(
  lease: HeldLease,
  note: Build['note'],
  work: (giveBack: () => void) => Promise<number>,
): Promise<number> {
  const release = (tell?: Build['note']) =>
    lease.release(tell).then(
      () => undefined,
      (error: Error) => `the lease ends by itself in a while: ${error.message}`,
    );
  let givenBack: Promise<void> | undefined;
  const giveBack = () => {
    // Nobody waits for it, and Ctrl-C would be the program's.
    givenBack ??= release(() => {}).then((stays) => note(`the program runs, and ${stays ?? RELEASED}`));
  };
  const [outcome] = await Promise.allSettled([work(giveBack)]);
  const stays = await (givenBack ?? release());
  if (outcome.status === 'rejected' && isInterrupted(outcome.reason))
    throw new Interrupted(outcome.reason.signal, `Bazel had not started, and ${stays ?? RELEASED}`);
  if (typeof stays === 'string') note(stays);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/** What costs a process and what costs a request run side by side. */
async function prepare(line: CommandLine, program: Program, signal: AbortSignal): Promise<Build> {
  const { settings } = program;
  const own = { text: (flag: string) => line.own.get(flag) };
  const workers = countFlag(own, 'workers', 1) ?? count('BUILD_WORKERS', settings.buildWorkers, 1) ?? 1;
  const timeoutMs = durationFlag(own, 'wait', '10m');
  const quiet = line.own.has('quiet');
  const installation = await openInstallation(program, own.text('context'), { timeoutMs, quiet });
  const cluster = clusterName(installation, own.text('cluster'));
  const [pools, bazel, ownFlags] = await Promise.all([
    claimablePools(installation, cluster),
    meanwhile(() => findVersionedBazel(own.text('bazel_bin'), settings, signal)),
    meanwhile(() => userFlags(settings, line.command ?? '')),
  ]);
  const name = choosePool(cluster, pools, own.text('pool'));
  const { platform = {}, slots = 1, workersMax = 1, architecture } = pools[name] ?? {};
  const slotsMax = slots * workersMax;
  const crosstool = crosstoolFlags(bazel.version, own.text('crosstool_top'), architecture);
  return {
    line,
    program,
    installation,
    cluster,
    pool: name,
    workers,
    platform: askedPlatform(platform, own.text('pool')),
    architecture,
    slotsMax,
    crosstool,
    userFlags: ownFlags,
    pools: Object.keys(pools),
    ...bazel,
    timeoutMs,
    quiet,
    note: notesOf(program, quiet),
    signal,
  };
}

function wishOf({ line, program, cluster, pool, workers }: Build) {
  const host =
    hostname()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 30) || 'host';
  return {
    cluster,
    id: `${host}-${process.pid}-${randomBytes(4).toString('hex')}`,
    holder: program.settings.author,
    purpose: purpose(line),
    pool,
    workers,
  };
}

const PURPOSE_CHARACTERS = 200;

/** The command and its targets. Flags stay out: they may carry secrets, and others read leases. */
export function purpose(line: CommandLine): string {
  const isTarget = (word: string) => word.startsWith('//') || word.startsWith('@') || word.startsWith(':');
  const targets = beforeDashes(line.rest).filter(isTarget);
  return [line.command ?? '', ...targets].join(' ').slice(0, PURPOSE_CHARACTERS);
}

async function runWithLease(
  build: Build,
  lease: HeldLease,
  source: CertificateSource,
  giveBack: () => void,
): Promise<number> {
  const { program, installation, cluster, signal } = build;
  const readStatus = statusReader(installation.documents, cluster);
  const farm = recentEndpoint(readStatus, program.now);
  const beside = repeatedAtEnd(build.note, program.terminal.notes.interactive);
  const stopped = new AbortController();
  /** Aborts once nothing is left of the build. */
  const built = new AbortController();
  let stopWatching = () => {};
  let asked = build;
  try {
    const code = await runThroughForwarder({
      program,
      cluster,
      bazel: build.bazel,
      source,
      endpoint: farm.endpoint,
      note: beside.note,
      ready: async () => {
        const ready = await untilReady(build, lease, readStatus, await source.get());
        farm.found(ready.endpoint);
        asked = onWorkersOf(build, ready.pool);
        stopWatching = watchUnmatched({
          ...build,
          note: beside.note,
          leaseId: lease.id,
          readActivity: activityReader(installation.documents, cluster),
          readStatus,
          // A look may be under way when the build ends.
          end: (why) => built.signal.aborted || stopped.abort(why),
        });
      },
      arguments: (remoteExecutor) => bazelArguments(build.line, flagsOf(asked, remoteExecutor)),
      stop: stopped.signal,
      spawned: async (started) => {
        if (build.line.command !== 'run' || !(await untilProgramRuns(started, program, built.signal))) return;
        built.abort();
        stopWatching();
        giveBack();
      },
      signal,
    });
    stopped.signal.throwIfAborted();
    return code;
  } finally {
    built.abort();
    stopWatching();
    beside.end();
  }
}

/** @returns where the farm is, and the pool as it is there */
async function untilReady(
  build: Build,
  lease: HeldLease,
  readStatus: StatusReader,
  { notAfter }: { notAfter: string },
): Promise<{ endpoint: string; pool: PoolStatus | undefined }> {
  const { program, installation, cluster, signal } = build;
  const certificate = {
    key: 'certificate',
    state: 'done',
    text: `certificate: good until ${minute(notAfter)}`,
  } as const;
  const readAwaited = untilGone(installation, cluster, readStatus);
  let pool: PoolStatus | undefined;
  const endpoint = await waitFor(
    {
      what: `cluster ${cluster}`,
      look: async () => {
        const status = await readAwaited();
        pool = status?.pools[build.pool];
        const verdict = judgeReadiness({ ...build, leaseId: lease.id }, status);
        return { ...verdict, lines: [certificate, ...verdict.lines] };
      },
      timeoutMs: build.timeoutMs,
      quiet: build.quiet,
      usually: usualTime(installation, cluster),
      next: `bbf status --cluster=${cluster}, or a longer --wait`,
      signal,
    },
    program,
  );
  return { endpoint, pool };
}

/** What the build asks for so that the workers that it has can run it: they may be from before the newest document, until no build has them. */
function onWorkersOf(build: Build, seen: PoolStatus | undefined): Build {
  const own = { text: (flag: string) => build.line.own.get(flag) };
  const platform = seen?.platform ? askedPlatform(seen.platform, own.text('pool')) : build.platform;
  const architecture = (seen?.architecture ?? build.architecture) as Build['architecture'];
  if (architecture === build.architecture && isDeepStrictEqual(platform, build.platform)) return build;
  build.note(
    `pool ${build.pool} has workers of before its last edit, which are replaced once no build has them: this one asks for ${architecture}, ${JSON.stringify(platform)}`,
  );
  return {
    ...build,
    platform,
    architecture,
    crosstool: crosstoolFlags(build.version, own.text('crosstool_top'), architecture),
  };
}

const flagsOf = (build: Build, remoteExecutor: string): string[] => [
  ...farmFlags(build.version, { ...build, remoteExecutor, isCluster: true }, [
    ...build.userFlags,
    ...beforeDashes(build.line.rest),
  ]),
  ...build.crosstool,
  ...build.userFlags,
];
