/** `bbf explain`: reads what there is to know of a cluster and says why it is as it is. */
import type { Status } from '../../config-schema/documents.ts';
import { clusterKey, clusterPrefix, isLeaseKey, lockKey } from '../../config-schema/keys.ts';
import { activityReader } from '../cluster/activity-reader.ts';
import { leaseId } from '../cluster/leases.ts';
import { statusReader } from '../cluster/status-reader.ts';
import type { Call, Program } from '../command.ts';
import { clusterName, noSuchCluster } from '../context/cluster.ts';
import { type Installation, openInstallation } from '../context/installation.ts';
import type { Documents } from '../documents.ts';
import { Failure } from '../failure.ts';
import { wantsJson, writeJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import { parsed } from '../parsed.ts';
import { inSameContext } from '../same-context.ts';
import { suggestion } from '../suggest.ts';
import { documentFacts } from './document-facts.ts';
import { explain, type Question } from './explain.ts';
import { explanationText } from './explanation-text.ts';
import type { Finding, LockFacts } from './finding.ts';
import { earlierStatuses } from './status-history.ts';

export async function explainCommand(call: Call, program: Program): Promise<number> {
  const named = call.text('context');
  const installation = await openInstallation(program, named);
  const cluster = clusterName(installation, call.text('cluster'));
  const [pool] = call.arguments;
  const question = await ask(installation, cluster, program.now());
  if (pool !== undefined) refuseUnknownPool(cluster, pool, question.status);
  const found = explain({ ...question, pool });
  const told = ({ remedy }: Finding) => ({ remedy: remedy && inSameContext(remedy, named) });
  const explanation = { ...found, findings: found.findings.map((one) => ({ ...one, ...told(one) })) };
  const { result } = program.terminal;
  if (wantsJson(call)) await writeJson(explanation, call, program);
  else result.write(explanationText(printable(explanation), result.width(), result.colors));
  return 0;
}

/** @throws Failure (notFound) where there is neither a document nor a status */
async function ask(installation: Installation, cluster: string, now: number): Promise<Question> {
  const { documents, context } = installation;
  const [document, status, activity, listed, lock, earlier] = await Promise.all([
    documents.read(clusterKey(cluster)),
    statusReader(documents, cluster)(),
    activityReader(documents, cluster)(),
    documents.list(clusterPrefix(cluster)),
    lockFacts(documents, cluster),
    earlierStatuses(installation, cluster),
  ]);
  if (typeof document !== 'object' && status === null) throw await noSuchCluster(installation, cluster);
  return {
    now,
    installation: context.installation,
    cluster,
    status,
    earlier,
    document: typeof document === 'object' ? documentFacts(document) : null,
    activity,
    leases: listed
      .filter(({ key }) => isLeaseKey(cluster, key))
      .map(({ key, modifiedAt }) => ({ id: leaseId(cluster, key), modifiedAt })),
    lock,
  };
}

/** S3's clock says when it was taken, and its holder for how long (reconciler/lock.ts). */
async function lockFacts(documents: Documents, cluster: string): Promise<LockFacts | null> {
  const stored = await documents.read(lockKey(cluster));
  if (typeof stored !== 'object') return null;
  const { ttlMs } = (parsed(stored.text) ?? {}) as { ttlMs?: unknown };
  return { takenAt: stored.modifiedAt, endsAt: stored.modifiedAt + (typeof ttlMs === 'number' ? ttlMs : 0) };
}

function refuseUnknownPool(cluster: string, pool: string, status: Status | null): void {
  if (status === null || status.pools[pool] !== undefined) return;
  throw new Failure(
    'notFound',
    `cluster ${cluster} has no pool ${pool}${suggestion(pool, Object.keys(status.pools))}`,
    {
      next: `bbf explain --cluster=${cluster}`,
    },
  );
}
