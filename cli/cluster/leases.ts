/** The leases of a cluster as they lie in the bucket. */
import type { Lease } from '../../config-schema/documents.ts';
import { isLeaseKey, leasesPrefix } from '../../config-schema/keys.ts';
import { UNPARSED_TTL_SECONDS } from '../../config-schema/lease.schema.ts';
import { parseLease } from '../../config-schema/parse.ts';
import type { Documents } from '../documents.ts';
import { parsed } from '../parsed.ts';

export interface FoundLease {
  id: string;
  /** What could be read of it; what is no lease claims no workers. */
  lease: Partial<Lease>;
  /** Why the reconciler takes it for no lease; null: it is one. */
  problem: string | null;
  /** Milliseconds since the epoch, S3's clock; of what is no lease, when it holds the cluster no more. */
  expiresAt: number;
}

/** Without those that were removed while they were being read. @throws Failure */
export async function readLeases(documents: Pick<Documents, 'list' | 'read'>, cluster: string): Promise<FoundLease[]> {
  const listed = (await documents.list(leasesPrefix(cluster))).filter(({ key }) => isLeaseKey(cluster, key));
  const found = await Promise.all(
    listed.map(async ({ key, modifiedAt }) => {
      const stored = await documents.read(key);
      if (typeof stored !== 'object') return [];
      const id = leaseId(cluster, key);
      const { ttlSeconds, ...read } = understood(stored.text, id);
      return { id, ...read, expiresAt: modifiedAt + ttlSeconds * 1_000 };
    }),
  );
  return found.flat();
}

/** As the reconciler takes it. */
function understood(text: string, id: string): Pick<FoundLease, 'lease' | 'problem'> & { ttlSeconds: number } {
  const read = parseLease(text, id);
  if (read.ok) return { lease: read.lease, problem: null, ttlSeconds: read.lease.ttlSeconds };
  const { holder } = (parsed(text) ?? {}) as { holder?: unknown };
  const lease = { ...(typeof holder === 'string' && { holder }), pools: {} };
  return { lease, problem: read.problems[0]?.message ?? 'no reason given', ttlSeconds: UNPARSED_TTL_SECONDS };
}

export const leaseId = (cluster: string, key: string) => key.slice(leasesPrefix(cluster).length).replace(/\.json$/, '');
