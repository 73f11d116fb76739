/** What happens next by itself, and when. */
import type { Status } from '../../config-schema/documents.ts';
import type { DocumentFacts, Finding, LockFacts } from './finding.ts';
import { FAST_SCHEDULE_MS, SLOW_SCHEDULE_MS } from './silence.ts';

export interface NextStep {
  /** ISO instant, at the latest; null: nobody knows. */
  at: string | null;
  what: string;
}

interface Outlook {
  now: number;
  status: Status | null;
  document: DocumentFacts | null;
  lock: LockFacts | null;
}

const LOCKED = 'the pass that holds the lock comes to its end, and the next one looks';

/** Null: nothing happens by itself. */
export function nextStep({ now, status, document, lock }: Outlook, findings: Finding[]): NextStep | null {
  const has = (reason: string) => findings.some((one) => one.reason === reason);
  if (has('ReconcilerSilent')) return { at: null, what: 'nothing, as long as the reconciler does not look' };
  if (has('DocumentLeft')) return null;
  if (status === null || has('NotLookedAt') || has('RevisionNotSeen') || has('LeaseNotSeen'))
    return nextLook({ now, status, document, lock });
  const retry = has('StackBackoff') ? retryAt(status, now) : null;
  if (retry !== null) return { at: retry, what: 'the reconciler tries again' };
  const due = status.next !== null && Date.parse(status.next.at) > now ? status.next : null;
  const reconciling = status.conditions.find(({ type }) => type === 'Reconciling');
  const moving = reconciling?.status === 'True' || reconciling?.reason === 'Draining';
  const look = { at: iso(now + FAST_SCHEDULE_MS), what: 'the reconciler looks again' };
  if (!moving) return due;
  return due !== null && Date.parse(due.at) < now + FAST_SCHEDULE_MS ? due : look;
}

const iso = (at: number) => new Date(at).toISOString();

/** Events wake it within seconds; where they are lost, a schedule does. While another pass holds the lock, both wait for that. */
function nextLook({ now, status, document, lock }: Outlook): NextStep {
  if (lock !== null && lock.endsAt > now) return { at: iso(lock.endsAt), what: LOCKED };
  const period = status?.awake ? FAST_SCHEDULE_MS : SLOW_SCHEDULE_MS;
  const at = iso(Math.max(now, document?.modifiedAt ?? now) + period);
  return { at, what: 'the reconciler looks, by its schedule where no event woke it' };
}

/** The earliest end of a pause between two tries. */
function retryAt({ server, pools }: Status, now: number): string | null {
  const times = [server, ...Object.values(pools)].flatMap(({ waiting }) => waiting?.retryAt ?? []);
  return times.filter((at) => Date.parse(at) > now).sort()[0] ?? null;
}
