/** Reads an observation once into the terms that every rule speaks in: which spec is in force, who is busy, what runs. */
import type { Activity, Spec, Status } from '../../config-schema/documents.ts';
import { parseOwnedName, poolStackName, serverStackName } from '../../templates/names.ts';
import { CLOCK_TOLERANCE_MS, liveLeases } from './live-leases.ts';
import type { ActivityObservation, LeaseObservation, Observation, ServiceObservation } from './observation.ts';
import type { WaitReason } from './reasons.ts';

/** The farm reports at least every 30 s; three missed reports make its last word unknown. */
const ACTIVITY_FRESH_MS = 90_000;
/** A server that was told to stop goes on for so long at most: the stop timeout of its task and some slack. */
const STOPPING_MS = 150_000;

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
  deployedAt: number | null;
  troubles: string[];
}

type ActivityFacts =
  | { state: 'known'; activity: Activity; reportedAt: number }
  /** No server runs, so nothing can be busy. */
  | { state: 'not-expected' }
  /** `served`: a server may be working without our knowing. */
  | { state: 'unknown'; reason: UnknownActivity; why: string; served: boolean };

/** Why nothing is known of the farm, as the condition ActivityKnown carries it from pass to pass. */
type UnknownActivity = Extract<WaitReason, 'NotReported' | 'ReportRemoved' | 'ServerStarting'>;

export interface Situation {
  now: number;
  /** Of this reconciler. */
  version: string;
  installation: string;
  cluster: string;
  publicAddresses: boolean;
  spec: Spec;
  revision: string;
  /** Of the text of this revision; null where it is not known. */
  etag: string | null;
  /** When this revision was written, or 0 where that is not known. */
  modifiedAt: number;
  uid: string;
  previous: Status | null;
  /** Live leases, or null when they could not be read. */
  leases: LeaseObservation[] | null;
  activity: ActivityFacts;
  servicesKnown: boolean;
  server: ServiceFacts;
  /** Every pool of the spec and every pool that still has a service or a stack. */
  pools: Record<string, ServiceFacts>;
}

/** What the last status says of a stack. The word of an earlier cluster of this name is no word that it is this one's. */
export function recordOf({ status }: Observation, uid: string | null, stack: string) {
  const record = status?.stacks[stack];
  return record && status.uid !== uid ? { ...record, hash: null } : record;
}

/** The situation, or null when no valid revision is known, so that nothing may be changed. */
export function situationOf(o: Observation): Situation | null {
  const document = documentInForce(o);
  if (!document) return null;
  const server = serviceFacts(o, serverStackName(o.installation, o.cluster));
  // Of a cluster that was deleted only the tombstone is left: it is not to be taken for another one's.
  const uid = document.uid ?? o.status?.uid ?? document.spec.delete?.uid ?? o.cluster;
  const pools = Object.fromEntries(
    poolNames(o, document.spec).map((pool) => [pool, serviceFacts(o, poolStackName(o.installation, o.cluster, pool))]),
  );
  return {
    now: o.now,
    version: o.version,
    installation: o.installation,
    cluster: o.cluster,
    publicAddresses: o.publicAddresses,
    ...document,
    uid,
    // What was known of an earlier cluster of this name says nothing of this one.
    previous: o.status?.uid === uid ? o.status : null,
    leases: liveLeases(o),
    activity: activityFacts(o, server),
    servicesKnown: o.services.known,
    server,
    pools,
  };
}

function documentInForce(o: Observation) {
  if (o.document.state === 'valid') {
    const { spec, revision, etag, modifiedAt, uid } = o.document;
    return { spec, revision, etag, modifiedAt, uid };
  }
  if (!o.accepted) return null;
  const { acceptedRevision, acceptedEtag = null } = o.status ?? {};
  return { ...o.accepted, etag: acceptedRevision === o.accepted.revision ? acceptedEtag : null, modifiedAt: 0 };
}

/** Pools that are wanted, in the order of the spec, then those that are only left over. */
export function poolNames(
  o: Pick<Observation, 'status' | 'inventory' | 'installation' | 'cluster'>,
  spec: Spec,
): string[] {
  return [...new Set([...Object.keys(spec.pools), ...Object.keys(o.status?.pools ?? {}), ...inventoried(o)])];
}

function inventoried(o: Pick<Observation, 'inventory' | 'installation' | 'cluster'>): string[] {
  return ownStacks(o).flatMap((name) => parseOwnedName(o.installation, name)?.pool ?? []);
}

/** The stacks of this cluster that were found by listing; empty when none were listed. */
export function ownStacks(o: Pick<Observation, 'inventory' | 'installation' | 'cluster'>): string[] {
  const names = o.inventory?.known ? o.inventory.value : [];
  return names.filter((name) => parseOwnedName(o.installation, name)?.cluster === o.cluster);
}

const NOTHING: ServiceFacts = {
  exists: false,
  state: 'absent',
  desired: 0,
  running: 0,
  pending: 0,
  rollout: null,
  rolloutReason: null,
  deployedAt: null,
  troubles: [],
};

function serviceFacts(o: Observation, name: string): ServiceFacts {
  const service: ServiceObservation | undefined = o.services.known ? o.services.value[name] : undefined;
  if (!service || !('desired' in service)) return NOTHING;
  return isThere(service) ? { exists: true, ...service } : { ...NOTHING, state: service.state };
}

/** ECS shows a deleted service for a while. */
const isThere = (service: ServiceObservation) => 'desired' in service && service.state !== 'INACTIVE';

/** No stack of the cluster was found by listing, and none of its services is there. False where that is not known. */
export const isBare = (o: Observation): boolean =>
  o.inventory?.known === true &&
  ownStacks(o).length === 0 &&
  o.services.known &&
  !Object.values(o.services.value).some(isThere);

function activityFacts(o: Observation, server: ServiceFacts): ActivityFacts {
  const unknown = (why: string, served = true, reason: UnknownActivity = 'NotReported'): ActivityFacts => ({
    state: 'unknown',
    reason,
    why,
    served,
  });
  if (!o.services.known) return unknown(`ECS could not be read: ${o.services.error}`);
  if (server.desired === 0 && server.running === 0) return { state: 'not-expected' };
  // ECS may show how it was a moment ago: a server that has just reported may be working.
  if (server.running === 0) return unknown('the server does not run yet', hasJustReported(o, server), 'ServerStarting');
  if (server.desired === 0) return unknown('the server is being stopped');
  if (!o.activity.known) return unknown(`activity.json could not be read: ${o.activity.error}`);
  const report = o.activity.value;
  if (!report)
    return isReportRemoved(o)
      ? unknown('the farm’s last report was removed, and the next one is not there yet', true, 'ReportRemoved')
      : unknown('the farm has not reported yet', false);
  if (isOfEarlierServer(report, serverSince(o, server)))
    return unknown('the last report is of an earlier server', false);
  if (!isFresh(o, report))
    return unknown(`the farm has not reported since ${new Date(report.reportedAt).toISOString()}`);
  if (isFromBeforeItEnded(o, report))
    return unknown('the last report is from before the server was replaced', true, 'ServerStarting');
  return { state: 'known', activity: report.activity, reportedAt: report.reportedAt };
}

const activityKnown = ({ status }: Pick<Observation, 'status'>) =>
  status?.conditions.find(({ type }) => type === 'ActivityKnown');

/** ECS replaces a server’s task that ended by itself, at another address. A server that ran on, as ECS was a moment behind, reports again. */
function isFromBeforeItEnded(o: Observation, { activity, reportedAt }: ActivityObservation): boolean {
  const known = activityKnown(o);
  if (known?.reason !== 'ServerStarting') return false;
  const ended = Date.parse(known.lastTransitionTime);
  return reportedAt <= ended + CLOCK_TOLERANCE_MS && Date.parse(activity.server.startedAt) < ended - CLOCK_TOLERANCE_MS;
}

/** By a person, as bbf removes it with the cluster alone: a farm that works reports again within half a minute. */
function isReportRemoved(o: Observation): boolean {
  const known = activityKnown(o);
  if (known?.status === 'True') return true;
  return known?.reason === 'ReportRemoved' && o.now - Date.parse(known.lastTransitionTime) <= ACTIVITY_FRESH_MS;
}

const isFresh = (o: Observation, { reportedAt }: ActivityObservation) => o.now - reportedAt <= ACTIVITY_FRESH_MS;

function hasJustReported(o: Observation, server: ServiceFacts): boolean {
  const report = o.activity.known ? o.activity.value : null;
  return report !== null && isFresh(o, report) && !isOfEarlierServer(report, serverSince(o, server));
}

/** What was written long after the server was told to run is of a server that still runs, whenever it says it began. */
function isOfEarlierServer({ activity, reportedAt }: ActivityObservation, since: string | null): boolean {
  if (since === null) return false;
  const told = Date.parse(since);
  const begun = Date.parse(activity.server.startedAt);
  return begun < told - CLOCK_TOLERANCE_MS && reportedAt < told + STOPPING_MS;
}

/** When the server was last told to run; also where whoever told it could not note it down any more. */
export function serverSince(o: Observation, server: Counts): string | null {
  const before = o.status;
  // A status of a cluster that nothing was known of has counted nothing.
  if (!before || before.uid === null) return null;
  if (!o.services.known) return before.server.since;
  return before.server.desired === 0 && server.desired > 0 ? before.heartbeatAt : before.server.since;
}

/** Of one pool; where ECS can't be read, as the pass before saw them. */
export const countsOf = ({ servicesKnown, pools, previous }: Situation, pool: string): Counts =>
  (servicesKnown ? pools[pool] : previous?.pools[pool]) ?? NOTHING;

/** The pass before went by the same text, under whatever revision: a copy from git may write it again and again. */
export const isSameText = ({ previous, revision, etag }: Situation): boolean =>
  previous !== null && (previous.acceptedRevision === revision || (etag !== null && previous.acceptedEtag === etag));

/** Nothing is done. What can't be read may be newer than what was accepted, a deletion even: nothing is done for the older one. */
export const standsStill = ({ document }: Observation, { spec }: Situation): boolean =>
  spec.suspend || document.state === 'unreadable';

/** The document is a tombstone, and of this very cluster. */
export const isBeingDeleted = ({ spec, uid }: Situation): boolean =>
  spec.delete !== undefined && spec.delete.uid === uid;

/** True when no build can be using the server: none runs, or the one that runs has never been heard of. */
export function serverIdle(s: Situation): boolean {
  if (!s.servicesKnown) return false;
  if (s.activity.state === 'not-expected') return true;
  if (s.activity.state === 'unknown') return !s.activity.served;
  const { queued, running } = s.activity.activity;
  return s.leases?.every((lease) => !isServable(s, lease)) === true && queued + running === 0;
}

/** A build that claims only pools of which the server has no queue was not told that it may start: it waits for the server’s update. */
function isServable({ previous }: Situation, { lease }: LeaseObservation): boolean {
  const [queues, claimed] = [previous?.server.pools, Object.keys(lease.pools)];
  return queues === undefined || claimed.length === 0 || claimed.some((pool) => queues.includes(pool));
}

/** No server runs, or the one that runs has never been heard of: no build was sent to it, and what its workers run another one gave them. */
export const isUnheard = (s: Situation): boolean =>
  s.server.running === 0 || (s.activity.state === 'unknown' && !s.activity.served);

/** A worker that the server does not know may still be about to register for so long after the server is first heard of. */
const REGISTRATION_GRACE_MS = 60_000;

/** Tasks that the farm does not know, once it has had time to know them: they run nothing. */
export function unregistered(s: Situation, pool: string): number {
  if (s.activity.state !== 'known' || s.now - heardSince(s, s.activity.activity) < REGISTRATION_GRACE_MS) return 0;
  return Math.max(0, (s.pools[pool]?.desired ?? 0) - workersOf(s, pool).length);
}

/** Milliseconds. Buildfarm may take minutes to its first report, which is where workers learn its address from. */
function heardSince({ now, previous }: Situation, { server }: Activity): number {
  const known = activityKnown({ status: previous });
  const since = known && (known.status === 'True' ? Date.parse(known.lastTransitionTime) : now);
  return Math.max(since ?? 0, Date.parse(server.startedAt));
}

/**
 * True when no task of the pool is a worker: replacing them takes nothing away, not even from a lease that waits for them. So a
 * shape that doesn't work can be mended while builds wait for it. What ECS shows may be older than what the farm reports: a worker
 * that either of them knows is one.
 */
export function workless(s: Situation, pool: string): boolean {
  const facts = s.pools[pool];
  if (!s.servicesKnown || !facts || countsAreOld(s)) return false;
  if (facts.running === 0) return workersOf(s, pool).length === 0;
  return facts.desired > 0 && unregistered(s, pool) === facts.desired;
}

/** ECS shows no server, and yet one has just reported. */
const countsAreOld = (s: Situation) => s.activity.state === 'unknown' && s.activity.served && s.server.running === 0;

/** Workers that the farm hears of. One that has ended is listed for a while longer, as it might be at work. */
export function presentWorkers(s: Situation, pool: string) {
  return workersOf(s, pool).filter(({ lost }) => !lost);
}

/** What the farm reports of one pool's workers; empty while activity is unknown. */
export function workersOf(s: Situation, pool: string) {
  return s.activity.state === 'known' ? s.activity.activity.workers.filter((worker) => worker.pool === pool) : [];
}
