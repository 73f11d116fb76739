/** Whether a cluster has done what a revision of its document says. */
import type { Status } from '../../config-schema/documents.ts';
import { Failure } from '../failure.ts';
import type { ProgressLine } from '../output/progress.ts';
import type { Verdict } from '../wait.ts';
import { conditionOf, holds, progressLines } from './progress-lines.ts';

/**
 * @param revision S3 version that was written
 * @param status null before the first pass
 * @param suspends it is suspended by this revision
 */
export function judgeConvergence(
  cluster: string,
  revision: string | null,
  status: Status | null,
  suspends = false,
): Verdict<Status> {
  if (status === null)
    return { state: 'waiting', lines: [{ key: 'reconciler', state: 'busy', text: 'reconciler: has not looked yet' }] };
  const seen = conditionOf(status, 'Ready')?.observedRevision === revision;
  if (!seen)
    return {
      state: 'waiting',
      lines: [{ key: 'reconciler', state: 'busy', text: 'reconciler: has not seen this revision yet' }],
    };
  const lines = progressLines(status);
  if (suspends && conditionOf(status, 'Reconciling')?.reason === 'Suspended')
    return { state: 'done', value: status, lines };
  const failure = reasonNotToWait(cluster, status) ?? overBudget(cluster, status);
  if (failure !== undefined) return { state: 'stuck', failure, lines };
  if (status.observedRevision === revision && holds(status, 'Ready'))
    return { state: 'done', value: status, lines: lines.map(unwantedIsDone) };
  return { state: 'waiting', lines };
}

/** A server that nothing wants is waited for while a build comes, and at the end of an edit all is as it should be. */
const unwantedIsDone = (line: ProgressLine): ProgressLine =>
  line.key === 'server' && line.state === 'waiting' ? { ...line, state: 'done' } : line;

/** Of the document's own wish alone: what builds and queues ask for is theirs to wait for. */
function overBudget(cluster: string, status: Status): Failure | undefined {
  const cut = Object.entries(status.pools).find(
    ([, { wanted, limit }]) => limit?.by === 'budget' && wanted < limit.askedBySpec,
  );
  if (cut === undefined) return undefined;
  const [name, pool] = cut;
  const reason = `pool ${name} gets ${pool.wanted} of ${pool.limit?.askedBySpec} workers: ${pool.because}`;
  return new Failure('configuration', `${cluster} does not get all that it wants: ${reason}`, {
    next: `bbf edit --cluster=${cluster}, and raise spec.budget; or bbf want --cluster=${cluster} --pool=${name} --workers=${pool.wanted}`,
  });
}

export function stalledFailure(cluster: string, status: Status, next: string): Failure | undefined {
  const stalled = conditionOf(status, 'Stalled');
  if (stalled?.status !== 'True') return undefined;
  return new Failure('configuration', `${cluster} is stalled: ${stalled.reason}: ${stalled.message}`, { next });
}

/**
 * Why the newest revision will not come true before a person acts; undefined while there is hope.
 * @param next what to type where it is stalled
 */
export function reasonNotToWait(
  cluster: string,
  status: Status,
  next = `bbf status --cluster=${cluster}`,
): Failure | undefined {
  const accepted = conditionOf(status, 'Accepted');
  if (accepted?.status === 'False')
    return new Failure('invalidDocument', `the reconciler refused ${cluster}: ${accepted.message}`, {
      details: status.problems.map(({ pointer, message, fix }) => `${pointer || '/'}: ${message} (${fix})`),
      next: `bbf status --cluster=${cluster}`,
    });
  const stalled = stalledFailure(cluster, status, next);
  if (stalled !== undefined) return stalled;
  const reconciling = conditionOf(status, 'Reconciling');
  if (reconciling?.reason === 'Suspended')
    return new Failure('configuration', `${cluster} is suspended: ${reconciling.message}`, {
      next: `bbf resume ${cluster}`,
    });
  return undefined;
}
