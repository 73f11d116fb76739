/** The version chain of a cluster's status, which is its history: each thing that the reconciler did wrote a version. */
import type { Status } from '../../config-schema/documents.ts';
import { statusKey } from '../../config-schema/keys.ts';
import type { Installation } from '../context/installation.ts';
import { parsed } from '../parsed.ts';
import type { Version } from '../versions.ts';

type Place = Pick<Installation, 'documents'>;

/** Newest first; what was before a deletion is of an earlier cluster of that name. @throws Failure */
export async function statusVersions({ documents }: Place, cluster: string): Promise<Version[]> {
  const versions = await documents.versions(statusKey(cluster));
  // Of one second nobody knows the order; what is lost is less than what would be told of another cluster.
  const deletedAt = Math.max(0, ...versions.filter(({ deleted }) => deleted).map(({ modifiedAt }) => modifiedAt));
  return versions.filter(({ deleted, modifiedAt }) => !deleted && modifiedAt > deletedAt);
}

/** null where it is gone, or in a form that this bbf does not know. @throws Failure */
export async function readStatusVersion(
  { documents }: Place,
  cluster: string,
  { revision }: Pick<Version, 'revision'>,
): Promise<Status | null> {
  const stored = await documents.readVersion(statusKey(cluster), revision);
  const status = stored && (parsed(stored.text) as Partial<Status> | undefined);
  return status?.apiVersion === 'bbf/v1' && Array.isArray(status.conditions) ? (status as Status) : null;
}
