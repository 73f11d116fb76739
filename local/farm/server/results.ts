/** What becomes of a result that a worker reports. */
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { ActionCache } from '../store/action-cache.ts';
import type { BlobStore } from '../store/blob-store.ts';
import type { ActionResult, BlobData, ExecuteResponse, RpcStatus } from '../wire/messages.ts';
import { asCallError, CallError, Code } from '../wire/status.ts';
import type { ActionJob, ActionWork } from './action-work.ts';
import type { Totals } from './totals.ts';

export interface JobResult {
  job: string;
  result: ActionResult | null;
  status: RpcStatus | null;
  abandoned: boolean;
  blobs: BlobData[];
  busyMs: number;
}

export interface ResultParts {
  blobs: BlobStore;
  cache: ActionCache;
  scheduler: Scheduler<ActionWork, ExecuteResponse>;
  totals: Totals;
  now(): number;
}

/** Faults of the worker or of its machine: another one may do better. */
const WORKER_FAULTS = new Set<number>([Code.INTERNAL, Code.UNAVAILABLE, Code.RESOURCE_EXHAUSTED, Code.ABORTED]);

async function storeInline(blobs: BlobStore, inline: BlobData[]): Promise<void> {
  for (const { digest, data } of inline) {
    if (!digest) throw new CallError(Code.INVALID_ARGUMENT, 'a blob of a result has no digest');
    await blobs.put(digest, data);
  }
}

/** False when the outputs that the result names can't be found. */
async function keep(parts: ResultParts, job: ActionJob, result: ActionResult): Promise<boolean> {
  if (result.exitCode !== 0 || job.work.doNotCache) return true;
  return parts.cache.put(job.work.digest, result);
}

/** Never rejects: what the server can't keep, such as with a full disk, is for another try, and no reason to let the worker's others wait. */
export async function acceptResult(parts: ResultParts, worker: string, report: JobResult): Promise<void> {
  try {
    await settle(parts, worker, report);
  } catch (error) {
    const reason = `the server could not keep the result of worker ${worker}: ${asCallError(error).message}`;
    parts.scheduler.giveBack(worker, report.job, reason, true, parts.now());
  }
}

/** Results of jobs that are not known (any more) are dropped: after a restart of the server its clients ask anew. */
async function settle(parts: ResultParts, worker: string, report: JobResult): Promise<void> {
  const { scheduler, now, totals } = parts;
  const job = scheduler.job(report.job);
  const code = report.status?.code ?? Code.OK;
  const giveBack = (reason: string, counts: boolean) => scheduler.giveBack(worker, report.job, reason, counts, now());
  if (report.abandoned || code === Code.CANCELLED) return giveBack(`worker ${worker} gave it back`, false);
  if (WORKER_FAULTS.has(code)) return giveBack(`worker ${worker} failed: ${report.status?.message}`, true);
  await storeInline(parts.blobs, report.blobs);
  if (report.result) totals.executed += 1;
  if (job && report.result && code === Code.OK && !(await keep(parts, job, report.result))) {
    return giveBack(`outputs that worker ${worker} reported are not in the store`, true);
  }
  const outcome: ExecuteResponse = {
    ...(report.result && { result: report.result }),
    ...(code !== Code.OK && { status: report.status, message: report.status?.message ?? '' }),
  };
  scheduler.finish(worker, report.job, outcome, now(), report.busyMs);
}
