/** Whether a build can start: the farm serves, and the pool has the workers that the build's lease claims. */
import type { Condition, PoolStatus, Status } from '../../config-schema/documents.ts';
import { parseOwnedName } from '../../templates/names.ts';
import { reasonNotToWait, stalledFailure } from '../cluster/convergence.ts';
import { isHeld, progressLines, readyWorkers } from '../cluster/progress-lines.ts';
import { exitCodes } from '../exit-codes.ts';
import { needsPerson } from '../explain/reasons.ts';
import { Failure } from '../failure.ts';
import type { ProgressLine } from '../output/progress.ts';
import type { Verdict } from '../wait.ts';

export interface BuildClaim {
  cluster: string;
  pool: string;
  workers: number;
  leaseId: string;
}

/**
 * @param status read after the lease was written. One of the two sees the other: a reconciler that puts the cluster to sleep reads
 *   the leases once more before it takes anything away, so a status that still shows the workers is as good as a new one.
 */
export function judgeReadiness(claim: BuildClaim, status: Status | null): Verdict<string> {
  if (status === null) return { state: 'waiting', lines: [busy('reconciler', 'reconciler: has not looked yet')] };
  const noticed = status.leases.some((lease) => lease.id === claim.leaseId);
  const pool = status.pools[claim.pool];
  const queued = hasQueue(claim, status);
  const lines: ProgressLine[] = [
    ...(noticed ? [] : [busy('lease', 'reconciler: has not seen this build yet')]),
    ...(queued
      ? []
      : [
          busy(
            'queue',
            `server: has no queue of pool ${claim.pool} before its update, which waits for the builds that use it`,
          ),
        ]),
    ...progressLines(noticed ? status : claimed(claim, status)),
  ];
  if (status.endpoint !== null && status.asleep === null && queued && hasWorkers(claim, pool, noticed))
    return { state: 'done', value: status.endpoint, lines: lines.filter(({ key }) => isWaitedFor(claim, key)) };
  const failure = noticed ? noHope(claim, status, pool) : undefined;
  return failure === undefined ? { state: 'waiting', lines } : { state: 'stuck', failure, lines };
}

/** What the reconciler will want at least, as far as it goes by this claim alone. */
function claimed(claim: BuildClaim, status: Status): Status {
  const pool = status.pools[claim.pool];
  if (pool === undefined || pool.wanted >= claim.workers) return status;
  return { ...status, pools: { ...status.pools, [claim.pool]: { ...pool, wanted: claim.workers } } };
}

const busy = (key: string, text: string): ProgressLine => ({ key, state: 'busy', text });

/** Buildfarm puts what it has no queue for into the one of another pool. */
const hasQueue = ({ pool }: BuildClaim, { server }: Status): boolean =>
  server.pools === undefined || server.pools.includes(pool);

/** What else is under way would stand at the end of the wait as if it went on. */
const isWaitedFor = ({ pool }: BuildClaim, key: string) => key === 'server' || key === `pool ${pool}`;

/** Once the reconciler has seen the lease, it has also cut the claim down to what limits and budget allow. */
function hasWorkers({ workers }: BuildClaim, pool: PoolStatus | undefined, noticed: boolean): boolean {
  if (pool === undefined) return false;
  const needed = noticed ? Math.min(workers, Math.max(1, pool.wanted)) : workers;
  return readyWorkers(pool) >= needed;
}

function noHope(claim: BuildClaim, told: Status, pool: PoolStatus | undefined): Failure | undefined {
  const status = concerning(claim, told);
  // A refused newest revision leaves the last valid one in force, and that one may build, unless none is known.
  const failure = reasonNotToWait(claim.cluster, status);
  const refusedButRunning = failure?.exitCode === REFUSED && status.acceptedRevision !== null && !isHeld(status);
  if (failure !== undefined && !refusedButRunning) return failure;
  const next = `bbf status --cluster=${claim.cluster}`;
  const stalled = stalledFailure(claim.cluster, status, next);
  if (stalled !== undefined) return stalled;
  if (pool === undefined)
    return new Failure('configuration', `the running cluster ${claim.cluster} has no pool ${claim.pool}`, { next });
  if (pool.wanted > 0) return undefined;
  return new Failure('configuration', `pool ${claim.pool} of ${claim.cluster} may have no worker: ${pool.because}`, {
    next: raising(claim, pool.limit),
  });
}

/** What to type so that a limit of the spec allows what is claimed; an older reconciler does not name the limit. */
export function raising({ cluster, pool, workers }: BuildClaim, limit: PoolStatus['limit']): string {
  const by = {
    workersMax: `bbf want --cluster=${cluster} --pool=${pool} --max=${workers} (workersMax)`,
    budget: `bbf edit --cluster=${cluster} (spec.budget)`,
  };
  return limit === undefined ? `${by.workersMax}, or ${by.budget}` : by[limit.by];
}

/** A status whose condition Stalled is of what this build needs: what is stuck of another pool keeps nobody from this one. */
function concerning(claim: BuildClaim, status: Status): Status {
  const own = [status.server.waiting, status.pools[claim.pool]?.waiting].find(
    (waiting) => waiting !== undefined && needsPerson(waiting.reason),
  );
  const conditions = status.conditions.flatMap((condition) => {
    if (condition.type !== 'Stalled' || !isOfOtherPool(claim, condition)) return [condition];
    // The condition tells of one part alone.
    return own === undefined ? [] : [{ ...condition, reason: own.reason, message: own.message }];
  });
  return { ...status, conditions };
}

/** An installation's name has no double dash, so that the first part of a stack's name is all of it. */
function isOfOtherPool({ pool }: BuildClaim, { target = '' }: Condition): boolean {
  const [installation = ''] = target.split('--');
  const other = parseOwnedName(installation, target)?.pool;
  return other !== undefined && other !== pool;
}

const REFUSED = exitCodes.invalidDocument;
