/** The leases of a cluster, also those that this bbf does not understand. */
import type { Lease } from '../config-schema/documents.ts';
import { isLeaseKey, leasesPrefix } from '../config-schema/keys.ts';
import { LEASE_TTL_MAX_SECONDS, UNPARSED_TTL_SECONDS } from '../config-schema/lease.schema.ts';
import { parseLease } from '../config-schema/parse.ts';
import { CLOCK_TOLERANCE_MS } from './core/live-leases.ts';
import type { LeaseObservation, Read } from './core/observation.ts';
import { attempt, type Reader, readOnce } from './reader.ts';

/** A cluster may have a thousand of them, and somebody else writes them (see bytesMax). */
const LEASE_BYTES = 65_536;
const LEASES = 1_000;

/**
 * One lease that can't be fetched makes all leases unknown; one that was removed since the listing claims nothing. Clients that are killed
 * leave theirs behind, which nobody removes: the newest count.
 * @param now milliseconds since the epoch
 */
export async function readLeases(reader: Reader, cluster: string, now: number): Promise<Read<LeaseObservation[]>> {
  const entries = reader.entries
    .filter(({ key, modifiedAt }) => isLeaseKey(cluster, key) && !isLongOver(modifiedAt, now))
    .sort((one, other) => other.modifiedAt - one.modifiedAt);
  return attempt(async () => {
    const outcomes = await Promise.allSettled(
      entries.map(async ({ key, modifiedAt, size }, index) => {
        const id = key.slice(leasesPrefix(cluster).length).replace(/\.json$/, '');
        const why = whyUnread(index, entries.length, size);
        const lease = why === null ? await readLease(reader, key, id) : notUnderstood(id, why);
        return lease ? [{ lease, expiresAt: modifiedAt + lease.ttlSeconds * 1000 }] : [];
      }),
    );
    const failed = outcomes.flatMap((outcome, i) =>
      outcome.status === 'rejected' ? { key: entries[i]?.key ?? '', reason: outcome.reason as unknown } : [],
    );
    // Always of the same one: status says why, and shall not be written for another order.
    const [first] = failed.sort((one, other) => (one.key < other.key ? -1 : 1));
    if (first) throw first.reason;
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  });
}

/** Null: it is to be read. */
function whyUnread(index: number, count: number, size: number): string | null {
  if (index >= LEASES) return `there are ${count} leases`;
  return size > LEASE_BYTES ? `it has ${size} bytes` : null;
}

/** Whatever it says: no lease is longer. */
export const isLongOver = (modifiedAt: number, now: number) =>
  now - modifiedAt > LEASE_TTL_MAX_SECONDS * 1_000 + CLOCK_TOLERANCE_MS;

async function readLease(reader: Reader, key: string, id: string): Promise<Lease | null> {
  const document = await reader.read(key);
  return document && leaseIn(document, id);
}

const leaseIn = readOnce(leaseOf);

function leaseOf(text: string, id: string): Lease {
  const parsed = parseLease(text, id);
  return parsed.ok ? parsed.lease : notUnderstood(id, parsed.problems[0]?.message ?? 'no reason given');
}

/** Somebody meant to hold the cluster, e.g. a newer bbf: what can't be understood holds it for a while, without workers. */
const notUnderstood = (id: string, why: string): Lease => ({
  apiVersion: 'bbf/v1',
  kind: 'Lease',
  id,
  holder: 'unknown',
  purpose: `not a lease that this bbf understands: ${why}`,
  pools: {},
  ttlSeconds: UNPARSED_TTL_SECONDS,
});
