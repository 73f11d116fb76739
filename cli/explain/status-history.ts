/** What a cluster's status said before: read back for as long as it says something. */
import type { Status } from '../../config-schema/documents.ts';
import { readStatusVersion, statusVersions } from '../cluster/status-versions.ts';
import type { Installation } from '../context/installation.ts';

/** Far enough back for any roll-out; what has lasted longer is said to have lasted at least so long. */
const VERSIONS_MAX = 30;

/** Versions before the newest, newest first. History is an extra: where it can't be read, there is none. */
export async function earlierStatuses(
  installation: Pick<Installation, 'documents'>,
  cluster: string,
): Promise<Status[]> {
  const versions = await statusVersions(installation, cluster).catch(() => []);
  const statuses = await Promise.all(
    versions
      .slice(1, VERSIONS_MAX)
      .map((version) => readStatusVersion(installation, cluster, version).catch(() => null)),
  );
  const gap = statuses.indexOf(null);
  return statuses.slice(0, gap < 0 ? undefined : gap) as Status[];
}
