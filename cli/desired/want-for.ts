/** `bbf want --for`: workers for a while, as a lease in the user's name; the document stays as it is. */
import { randomBytes } from 'node:crypto';
import { CLAIM_PREFIX } from '../../config-schema/claimant.ts';
import type { PoolStatus, Status } from '../../config-schema/documents.ts';
import { leaseSchema } from '../../config-schema/lease.schema.ts';
import { type BuildClaim, judgeReadiness, raising } from '../bazel/readiness.ts';
import { chosenPool } from '../cluster/chosen-pool.ts';
import { untilGone } from '../cluster/gone.ts';
import { statusReader } from '../cluster/status-reader.ts';
import { tooManyWorkers, typed } from '../cluster/too-many-workers.ts';
import { usualTime } from '../cluster/usual-time.ts';
import type { Call, Program } from '../command.ts';
import { Failure } from '../failure.ts';
import { goesOn, interruptible } from '../interrupt.ts';
import { writeLease } from '../lease/lease.ts';
import { counted } from '../output/counted.ts';
import { elapsed } from '../output/elapsed.ts';
import { notesOf } from '../output/notes.ts';
import { countFlag, durationFlag } from '../quantities.ts';
import { reasonOf } from '../reason.ts';
import { type Verdict, waitFor } from '../wait.ts';
import { waitChoice } from '../wait-choice.ts';

export async function wantFor(call: Call, program: Program): Promise<number> {
  const workers = countFlag(call, 'workers', 1) ?? 1;
  const ttlSeconds = lifeOf(call);
  const wait = waitChoice(call);
  if (call.text('max') !== undefined)
    throw new Failure('usage', '--max is of the document, and --for leaves that alone', {
      next: inTwo(call, workers, call.text('max')),
    });
  const { settings, terminal } = program;
  const { installation, cluster, pool, spec } = await chosenPool(call, program, wait);
  refuseTooMany(call, pool, spec.workersMax, workers);
  const id = `${CLAIM_PREFIX}${randomBytes(6).toString('hex')}`;
  const purpose = reasonOf(call, `bbf want --workers=${workers} --for=${call.text('for')}`);
  const wish = { cluster, id, holder: settings.author, purpose, pool, workers, ttlSeconds };
  const note = notesOf(program, wait.quiet);
  await writeLease(installation.documents, wish, { note });
  terminal.result.write(`lease ${id}: ${workers} of pool ${pool} for ${elapsed(ttlSeconds * 1000)}\n`);
  note(`to end it sooner: bbf leases release ${id} --cluster=${cluster}`);
  if (!wait.waits) return 0;
  const readStatus = untilGone(installation, cluster, statusReader(installation.documents, cluster));
  const claim = { cluster, pool, workers, leaseId: id };
  await interruptible(
    (signal) =>
      waitFor(
        {
          what: `cluster ${cluster}`,
          look: async () => judge(claim, await readStatus()),
          ...wait,
          usually: usualTime(installation, cluster),
          next: `bbf status --cluster=${cluster}; the lease holds`,
          signal,
        },
        program,
      ),
    goesOn(cluster),
  );
  return 0;
}

function refuseTooMany(call: Call, pool: string, most: number, workers: number): void {
  if (workers > most) throw tooManyWorkers(pool, most, workers, inTwo(call, workers, `${workers}`));
}

/** The document first, then the lease. */
function inTwo(call: Call, workers: number, max: string | undefined): string {
  const where = typed(call, 'pool', 'cluster', 'context');
  const raised = ['bbf want', `--max=${max}`, ...where].join(' ');
  const again = ['bbf want', `--workers=${workers}`, `--for=${call.text('for')}`, ...where].join(' ');
  return `${raised}, then ${again}`;
}

/** A build begins with what it gets; who asks for so many workers is told where a limit allows fewer. */
function judge(claim: BuildClaim, status: Status | null): Verdict<string> {
  const verdict = judgeReadiness(claim, status);
  if (verdict.state === 'stuck' || !status?.leases.some(({ id }) => id === claim.leaseId)) return verdict;
  const failure = limited(claim, status.pools[claim.pool]);
  return failure === undefined ? verdict : { state: 'stuck', failure, lines: verdict.lines };
}

function limited(claim: BuildClaim, seen: PoolStatus | undefined): Failure | undefined {
  const { cluster, pool, workers, leaseId } = claim;
  if (seen?.limit === undefined || seen.wanted >= workers) return undefined;
  const what = `pool ${pool} of ${cluster} gets ${seen.wanted} of ${counted(workers, 'worker')}: ${seen.because}`;
  return new Failure('configuration', what, {
    details: [`lease ${leaseId} holds: it gets more once the limit allows more`],
    next: `${raising(claim, seen.limit)}, or bbf leases release ${leaseId} --cluster=${cluster}`,
  });
}

/** Seconds. @throws Failure (usage) for what no lease may have */
function lifeOf(call: Call): number {
  const seconds = Math.round(durationFlag(call, 'for', '') / 1000);
  const { minimum, maximum } = leaseSchema.properties.ttlSeconds;
  if (seconds >= minimum && seconds <= maximum) return seconds;
  throw new Failure(
    'usage',
    `--for=${call.text('for')} is ${seconds < minimum ? 'too short' : 'too long'} for a lease`,
    {
      next: `--for=${minimum}s up to --for=${maximum / 86_400}d`,
    },
  );
}
