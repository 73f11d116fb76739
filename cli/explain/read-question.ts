/** What the bucket knows of a cluster as it is now. */
import { clusterKey, clusterPrefix, isLeaseKey, lockKey } from '../../config-schema/keys.ts';
import { activityReader } from '../cluster/activity-reader.ts';
import { leaseId } from '../cluster/leases.ts';
import { statusReader } from '../cluster/status-reader.ts';
import { noSuchCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import type { Documents } from '../documents.ts';
import { parsed } from '../parsed.ts';
import { documentFacts } from './document-facts.ts';
import type { Question } from './explain.ts';
import type { LockFacts } from './finding.ts';

/** @throws Failure (notFound) where there is neither a document nor a status */
export async function readQuestion(
  installation: Installation,
  cluster: string,
  now: number,
): Promise<Omit<Question, 'earlier'>> {
  const { documents, context } = installation;
  const [document, status, activity, listed, lock] = await Promise.all([
    documents.read(clusterKey(cluster)),
    statusReader(documents, cluster)(),
    activityReader(documents, cluster)(),
    documents.list(clusterPrefix(cluster)),
    lockFacts(documents, cluster),
  ]);
  if (typeof document !== 'object' && status === null) throw await noSuchCluster(installation, cluster);
  return {
    now,
    installation: context.installation,
    cluster,
    status,
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
