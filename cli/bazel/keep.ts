/** `bbf keep`: holds a lease for a while, for those who call Bazel themselves, and a port that leads to the farm. */
import { randomBytes } from 'node:crypto';
import { certificateForBuild } from '../access/certificate-for-build.ts';
import { chosenPool } from '../cluster/chosen-pool.ts';
import { untilGone } from '../cluster/gone.ts';
import { statusReader } from '../cluster/status-reader.ts';
import { typed } from '../cluster/too-many-workers.ts';
import { usualTime } from '../cluster/usual-time.ts';
import type { Call, Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { interruptible, isInterrupted, signalExitCode } from '../interrupt.ts';
import { type HeldLease, takeLease } from '../lease/lease.ts';
import { counted } from '../output/counted.ts';
import { notesOf } from '../output/notes.ts';
import { countFlag, durationFlag, portFlag } from '../quantities.ts';
import { waitFor } from '../wait.ts';
import { openForwarder } from './forwarder.ts';
import { judgeReadiness } from './readiness.ts';
import { recentEndpoint } from './recent-endpoint.ts';

/** Ends when its time is up (0) or by a signal; the lease ends with it. */
export async function keep(call: Call, program: Program): Promise<number> {
  const lasts = call.text('for') ?? '2h';
  const forMs = durationFlag(call, 'for', lasts);
  const wish = { workers: countFlag(call, 'workers', 1) ?? 1, timeoutMs: durationFlag(call, 'timeout', '10m') };
  const port = portFlag(call, 8980);
  const { settings, terminal } = program;
  const quiet = call.has('quiet');
  const { installation, cluster, pool } = await chosenPool(call, program, { timeoutMs: wish.timeoutMs, quiet });
  const note = notesOf(program, quiet);
  const warn = notesOf(program);
  const source = await certificateForBuild(installation, cluster, program, warn);
  const readStatus = statusReader(installation.documents, cluster);
  const id = `keep-${randomBytes(6).toString('hex')}`;
  const claim = { cluster, pool, workers: wish.workers, leaseId: id };
  return interruptible(async (signal) => {
    const purpose = `bbf keep --for=${lasts}`;
    const wanted = { ...claim, id, holder: settings.author, purpose };
    const lease = await takeLease(installation.documents, wanted, { note: warn, now: program.now, signal });
    const readAwaited = untilGone(installation, cluster, readStatus);
    const look = async () => judgeReadiness(claim, await readAwaited());
    const next = `bbf status --cluster=${cluster}`;
    const forwarder = await openForwarder({
      cluster,
      endpoint: recentEndpoint(readStatus, program.now).endpoint,
      identity: source.get,
      note: warn,
      port,
    }).catch((error: NodeJS.ErrnoException) => failed(lease, portFailure(port, error)));
    const stopRenewing = source.keepFresh();
    try {
      const { timeoutMs } = wish;
      const usually = usualTime(installation, cluster);
      await waitFor({ what: `cluster ${cluster}`, look, timeoutMs, quiet, usually, next, signal }, program);
      terminal.result.write(`grpc://127.0.0.1:${forwarder.port}\n`);
      note(
        `${counted(wish.workers, 'worker')} of pool ${pool} ${wish.workers === 1 ? 'is' : 'are'} claimed for ${lasts}; Ctrl-C ends it. For Bazel: ${['bbf bazelrc', `--cluster=${cluster}`, ...typed(call, 'pool'), `--port=${forwarder.port}`].join(' ')}`,
      );
      await untilClock(program.now() + forMs, program, signal);
      return 0;
    } catch (error) {
      if (!isInterrupted(error)) throw error;
      return signalExitCode(error.signal);
    } finally {
      stopRenewing();
      await forwarder.close();
      note(`the port is closed, and ${await released(lease)}`);
    }
  });
}

/** A timer stands still while the machine sleeps, and holds no more than 24 days. */
const LOOK_MS = 60_000;

async function untilClock(end: number, { now, sleep }: Program, signal: AbortSignal): Promise<void> {
  for (let left = end - now(); left > 0; left = end - now()) await sleep(Math.min(left, LOOK_MS), signal);
}

const released = (lease: HeldLease): Promise<string> =>
  lease.release().then(
    () => 'the lease has ended',
    (error: Error) => `the lease ends by itself in a while: ${error.message}`,
  );

async function failed(lease: HeldLease, failure: Failure): Promise<never> {
  failure.details.push(await released(lease));
  throw failure;
}

function portFailure(port: number | undefined, { message }: Error): Failure {
  return new Failure('system', `port ${port ?? ''} of 127.0.0.1 can't be used: ${message}`.replace('  ', ' '), {
    next: 'another --port, or none: then any that is free',
  });
}
