/** The leases that count, and as status shows them. */
import type { Status } from '../../config-schema/documents.ts';
import type { LeaseObservation, Observation } from './observation.ts';

/** Clocks of S3, the farm and the reconciler differ by less than this. */
export const CLOCK_TOLERANCE_MS = 5_000;

/** Null when they could not be read. Clocks differ, and one that is just being renewed shall not be missed for it (S7 of the invariants). */
export const liveLeases = ({ leases, now }: Observation): LeaseObservation[] | null =>
  leases.known ? leases.value.filter(({ expiresAt }) => expiresAt + CLOCK_TOLERANCE_MS > now) : null;

/** @param pools those that the cluster has: a lease may name thousands that there are not */
export const leaseStatuses = (leases: readonly LeaseObservation[], pools: object): Status['leases'] =>
  leases.map(({ lease, expiresAt }) => ({
    id: lease.id,
    holder: lease.holder,
    purpose: lease.purpose,
    pools: Object.fromEntries(
      Object.entries(lease.pools).flatMap(([pool, claim]) => (pool in pools ? [[pool, claim.workers]] : [])),
    ),
    expiresAt: new Date(expiresAt).toISOString(),
  }));
