/** Removes leases that have long ended: killed builds and `bbf want --for` leave theirs, and no lifecycle rule ends what is current. */
import { isLeaseKey } from '../config-schema/keys.ts';
import type { Entry, Ports } from './ports.ts';
import { isLongOver } from './read-leases.ts';

/** A pass that writes anyway takes no more along: its time is for the cluster. */
const AT_ONCE = 10;

/** What can't be removed is left for another pass. */
export async function removeEndedLeases(ports: Ports, cluster: string, entries: readonly Entry[]): Promise<void> {
  const now = ports.time.now();
  const ended = entries.filter(({ key, modifiedAt }) => isLeaseKey(cluster, key) && isLongOver(modifiedAt, now));
  try {
    for (const { key, etag } of ended.slice(0, AT_ONCE)) await ports.documents.remove(key, etag);
  } catch (error) {
    ports.log.info({ cluster, error: (error as Error).message }, 'leases that have long ended could not be removed');
  }
}
