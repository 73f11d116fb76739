/** Reads an observation once into the terms that every rule speaks in: which spec is in force, who is busy, what runs. */
import type { Activity, Spec, Status } from '../../config-schema/documents.ts';
import { poolStackName, serverStackName } from '../../templates/names.ts';
import type { LeaseObservation, Observation, ServiceObservation } from './observation.ts';

/** The farm reports at least every 30 s; three missed reports make its last word unknown. */
const ACTIVITY_FRESH_MS = 90_000;
/** Clocks of S3, the farm and the reconciler differ by less than this. */
const CLOCK_TOLERANCE_MS = 5_000;

export interface Counts {
  desired: number;
  running: number;
  pending: number;
}

/** `exists` is false for a service that ECS does not know or no longer runs, and for services that could not be read. */
export interface ServiceFacts extends Counts {
  exists: boolean;
  state: string;
  rollout: string | null;
  rolloutReason: string | null;
  troubles: string[];
}

export type ActivityFacts =
  | { state: 'known'; activity: Activity; reportedAt: number }
  /** No server runs, so nothing can be busy. */
  | { state: 'not-expected' }
  | { state: 'unknown'; why: string };

export interface Situation {
  now: number;
  /** Of this reconciler. */
  version: string;
  installation: string;
  cluster: string;
  spec: Spec;
  revision: string;
  /** When this revision was written, or 0 where that is not known. */
  modifiedAt: number;
  uid: string;
  previous: Status | null;
  /** Live leases, or null when they could not be read. */
  leases: LeaseObservation[] | null;
  activity: ActivityFacts;
  servicesKnown: boolean;
  server: ServiceFacts;
  /** Every pool of the spec and every pool that still has a service. */
  pools: Record<string, ServiceFacts>;
}

/** The situation, or null when no valid revision is known, so that nothing may be changed. */
export function situationOf(o: Observation): Situation | null {
  const document = documentInForce(o);
  if (!document) return null;
  const server = serviceFacts(o, serverStackName(o.installation, o.cluster));
  const pools = Object.fromEntries(
    poolNames(o, document.spec).map((pool) => [pool, serviceFacts(o, poolStackName(o.installation, o.cluster, pool))]),
  );
  return {
    now: o.now,
    version: o.version,
    installation: o.installation,
    cluster: o.cluster,
    ...document,
    uid: document.uid ?? o.status?.uid ?? o.cluster,
    previous: o.status,
    leases: o.leases.known ? o.leases.value.filter((lease) => lease.expiresAt > o.now) : null,
    activity: activityFacts(o, server),
    servicesKnown: o.services.known,
    server,
    pools,
  };
}

function documentInForce(o: Observation) {
  if (o.document.state === 'valid') {
    const { spec, revision, modifiedAt, uid } = o.document;
    return { spec, revision, modifiedAt, uid };
  }
  if (!o.accepted) return null;
  return { ...o.accepted, modifiedAt: 0 };
}

/** Pools that are wanted, in the order of the spec, then those that are only left over. */
export function poolNames(o: Pick<Observation, 'status'>, spec: Spec): string[] {
  return [...new Set([...Object.keys(spec.pools), ...Object.keys(o.status?.pools ?? {})])];
}

const NOTHING: ServiceFacts = {
  exists: false,
  state: 'absent',
  desired: 0,
  running: 0,
  pending: 0,
  rollout: null,
  rolloutReason: null,
  troubles: [],
};

function serviceFacts(o: Observation, name: string): ServiceFacts {
  const service: ServiceObservation | undefined = o.services.known ? o.services.value[name] : undefined;
  if (!service || !('desired' in service)) return NOTHING;
  const exists = service.state !== 'INACTIVE';
  return exists ? { exists, ...service } : { ...NOTHING, state: service.state };
}

function activityFacts(o: Observation, server: ServiceFacts): ActivityFacts {
  if (!o.services.known) return { state: 'unknown', why: `ECS could not be read: ${o.services.error}` };
  if (server.desired === 0 && server.running === 0) return { state: 'not-expected' };
  if (!o.activity.known) return { state: 'unknown', why: `activity.json could not be read: ${o.activity.error}` };
  const report = o.activity.value;
  if (!report) return { state: 'unknown', why: 'the farm has not reported yet' };
  const age = o.now - report.reportedAt;
  if (age > ACTIVITY_FRESH_MS) {
    return { state: 'unknown', why: `the farm last reported ${Math.round(age / 1000)} s ago` };
  }
  const since = o.status?.server.since;
  if (since && Date.parse(report.activity.server.startedAt) < Date.parse(since) - CLOCK_TOLERANCE_MS) {
    return { state: 'unknown', why: 'the last report is of an earlier server' };
  }
  return { state: 'known', activity: report.activity, reportedAt: report.reportedAt };
}

/** What the farm reports of one pool's workers; empty while activity is unknown. */
export function workersOf(s: Situation, pool: string) {
  return s.activity.state === 'known' ? s.activity.activity.workers.filter((worker) => worker.pool === pool) : [];
}
