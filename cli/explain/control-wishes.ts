/** Wishes about the cluster as a whole: that it is looked at, that its document is in force, that nothing needs a person. */
import { isOfNewer, UPGRADE } from '../../config-schema/api-version.ts';
import { claimant } from '../../config-schema/claimant.ts';
import type { Condition, Status } from '../../config-schema/documents.ts';
import { parseOwnedName } from '../../templates/names.ts';
import { isHeld } from '../cluster/progress-lines.ts';
import { counted } from '../output/counted.ts';
import { elapsed } from '../output/elapsed.ts';
import { condition, type Finding, finding, type View } from './finding.ts';
import { silenceLimitMs } from './silence.ts';

export function reconcilerWish(view: View): Finding | null {
  const { status, now } = view;
  const age = now - Date.parse(status.heartbeatAt);
  if (age > silenceLimitMs(status.awake)) {
    const text = `the reconciler last looked ${elapsed(age)} ago (bbf ${status.version}), so what follows may be out of date`;
    const evidence = { heartbeatAt: status.heartbeatAt, version: status.version };
    return finding(view, { wish: 'reconciler', reason: 'ReconcilerSilent', text, evidence, since: status.heartbeatAt });
  }
  return unseenRevision(view) ?? unseenLease(view);
}

function unseenRevision(view: View): Finding | null {
  const { document, status, now } = view;
  const seen = status.conditions[0]?.observedRevision ?? null;
  if (!document?.revision || document.revision === seen) return null;
  const age = elapsed(now - document.modifiedAt);
  const text = `revision ${document.revision}, written ${age} ago, has not been looked at yet; this is of revision ${seen ?? 'none'}${lockText(view)}`;
  const since = new Date(document.modifiedAt).toISOString();
  const evidence = { revision: document.revision, seenRevision: seen };
  return finding(view, { wish: 'reconciler', reason: 'RevisionNotSeen', text, evidence, since });
}

/** A lease that the status does not list and that is younger than the status: the next look finds it. */
function unseenLease(view: View): Finding | null {
  const { status, now } = view;
  const listed = new Set(status.leases.map(({ id }) => id));
  const young = view.leases.find(
    ({ id, modifiedAt }) => !listed.has(id) && modifiedAt > Date.parse(status.heartbeatAt),
  );
  if (young === undefined) return null;
  const text = `lease ${young.id}, taken ${elapsed(now - young.modifiedAt)} ago, has not been looked at yet${lockText(view)}`;
  const since = new Date(young.modifiedAt).toISOString();
  return finding(view, { wish: 'reconciler', reason: 'LeaseNotSeen', text, evidence: { lease: young.id }, since });
}

/** A pass that works lets go of it within seconds. */
const LOCK_NOTABLE_MS = 15_000;

function lockText({ lock, now }: View): string {
  if (lock === null || now - lock.takenAt < LOCK_NOTABLE_MS) return '';
  return `; a pass has held the lock for ${elapsed(now - lock.takenAt)}, perhaps one that was killed`;
}

export function documentWish(view: View): Finding | null {
  const accepted = condition(view.status, 'Accepted');
  if (accepted === undefined || accepted.status === 'True') return null;
  const { problems } = view.status;
  const listed = problems.map(({ pointer, message, fix }) => `${pointer || '/'}: ${message} (${fix})`).join('; ');
  const kept = view.status.acceptedRevision;
  const text =
    problems.length > 0 ? `the newest document is refused, ${inForce(view.status)}: ${listed}` : accepted.message;
  const evidence = { revision: accepted.observedRevision, acceptedRevision: kept, problems: problems.length };
  const draft = { wish: 'document', reason: accepted.reason, text, evidence };
  return finding(view, problems.some(isOfNewer) ? { ...draft, remedy: UPGRADE } : draft);
}

function inForce(status: Status): string {
  const { acceptedRevision } = status;
  if (acceptedRevision === null) return 'no revision was ever valid';
  return isHeld(status)
    ? 'and no valid one is known, so nothing changes'
    : `revision ${acceptedRevision} stays in force`;
}

export function suspensionWish(view: View): Finding | null {
  const reconciling = condition(view.status, 'Reconciling');
  if (reconciling?.reason !== 'Suspended') return null;
  return finding(view, { wish: 'cluster', reason: 'Suspended', text: reconciling.message });
}

/** The document asks for the end of the cluster, and the cluster is still there. */
export function deletionWish(view: View): Finding | null {
  const { status } = view;
  const tombstone = view.document?.tombstone ?? null;
  if (tombstone === null && !status.deleting) return null;
  if (tombstone !== null && status.uid !== null && tombstone !== status.uid) return foreignTombstone(view, tombstone);
  const stacks = Object.keys(status.stacks).filter((name) => status.stacks[name]?.id !== '');
  const evidence = { leases: status.leases.length, stacks: stacks.length };
  if (status.leases.length > 0) {
    const holders = status.leases.map(claimant).join(', ');
    const text = `its deletion waits for ${counted(status.leases.length, 'lease')}: ${holders}`;
    return finding(view, { wish: 'deletion', reason: 'LeaseHolds', text, evidence });
  }
  const [stalled, reconciling] = [condition(status, 'Stalled'), condition(status, 'Reconciling')];
  const cause = stalled?.status === 'True' ? stalled : reconciling;
  const left = stacks.length > 0 ? `${counted(stacks.length, 'stack')} left` : 'no stack left';
  const text = `${left}: ${cause?.message ?? 'nothing more is known'}`;
  return finding(view, { wish: 'deletion', reason: cause?.reason ?? 'Draining', text, evidence });
}

function foreignTombstone(view: View, uid: string): Finding {
  const text = `the document asks to delete uid ${uid}, and this cluster has uid ${view.status.uid}, so nothing is deleted`;
  return finding(view, {
    wish: 'deletion',
    reason: 'ForeignTombstone',
    text,
    evidence: { uid, ours: view.status.uid },
  });
}

/** What stalls or moves the cluster and is about no single pool. */
export function clusterWish(view: View): Finding | null {
  const stalled = condition(view.status, 'Stalled');
  if (stalled?.status === 'True' && subjectOf(view, stalled) === null) {
    return finding(view, { wish: 'cluster', reason: stalled.reason, text: stalled.message });
  }
  const ready = condition(view.status, 'Ready');
  if (ready?.reason !== 'ActionFailed' || subjectOf(view, ready) !== null) return null;
  return finding(view, { wish: 'cluster', reason: 'ActionFailed', text: ready.message });
}

/** `server`, `pool NAME`, or null: whom a condition is about. */
export function subjectOf({ installation, cluster }: View, { target = '' }: Condition): string | null {
  const owned = parseOwnedName(installation, target);
  if (owned?.cluster !== cluster) return null;
  return owned.pool === undefined ? 'server' : `pool ${owned.pool}`;
}
