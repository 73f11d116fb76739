/** The leases of a cluster as they lie in the bucket. The reconciler has the last word on what is one. */
import type { Lease } from '../../config-schema/documents.ts';
import { isLeaseKey, leasesPrefix } from '../../config-schema/keys.ts';
import { UNPARSED_TTL_SECONDS } from '../../config-schema/lease.schema.ts';
import type { Documents } from '../documents.ts';
import { parsed } from '../parsed.ts';

/** Ids of the leases that `bbf want --for` writes begin so. */
export const CLAIM_PREFIX = 'want-';

export interface FoundLease {
  id: string;
  /** What could be read of it. */
  lease: Partial<Lease>;
  /** Milliseconds since the epoch, S3's clock; of what names no life, when it holds the cluster no more. */
  expiresAt: number;
}

/** Without those that were removed while they were being read. @throws Failure */
export async function readLeases(documents: Pick<Documents, 'list' | 'read'>, cluster: string): Promise<FoundLease[]> {
  const listed = (await documents.list(leasesPrefix(cluster))).filter(({ key }) => isLeaseKey(cluster, key));
  const found = await Promise.all(
    listed.map(async ({ key, modifiedAt }) => {
      const stored = await documents.read(key);
      if (typeof stored !== 'object') return [];
      const lease = (parsed(stored.text) ?? {}) as Partial<Lease>;
      const { ttlSeconds } = lease;
      const life = typeof ttlSeconds === 'number' ? ttlSeconds : UNPARSED_TTL_SECONDS;
      return { id: leaseId(cluster, key), lease, expiresAt: modifiedAt + life * 1_000 };
    }),
  );
  return found.flat();
}

export const leaseId = (cluster: string, key: string) => key.slice(leasesPrefix(cluster).length).replace(/\.json$/, '');
