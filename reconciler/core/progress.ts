/** Whether what is wanted comes nearer: a wait in which nothing has for long is worth a person's look. */
import type { Status } from '../../config-schema/documents.ts';
import type { Observation } from './observation.ts';
import type { WaitReason } from './reasons.ts';
import { isSameText, presentWorkers, type Situation } from './situation.ts';

/** As long as a slow start on AWS may take: image pull, CloudFormation's own waits, a short lack of Spot capacity. */
export const PROGRESS_DEADLINE_MS = 15 * 60_000;

/** When something last came nearer, milliseconds: now, unless the status before saw all the same. */
export function progressAt(o: Observation, s: Situation, wanted: Record<string, number>): number {
  const before = s.previous;
  if (!before?.progressAt || !isSameText(s)) return s.now;
  const same = sameStacks(o, before) && samePools(s, before, wanted) && sameServer(s, before) && !mayGoOn(s, before);
  return same ? Date.parse(before.progressAt) : s.now;
}

/** Waits for people's own builds: they may take as long as they take. */
export const FOR_BUILDS: ReadonlySet<string> = new Set<WaitReason>(['Draining', 'UpdateWaits', 'DrainsFirst']);

/** What waited for builds may go on: none holds a lease any more. */
function mayGoOn(s: Situation, { leases, conditions }: Status): boolean {
  const waited = conditions.some(({ type, reason }) => type === 'Reconciling' && FOR_BUILDS.has(reason));
  return waited && leases.length > 0 && s.leases?.length === 0;
}

function sameStacks(o: Observation, before: Status): boolean {
  return Object.entries(o.stacks).every(([name, read]) => {
    if (!read.known) return true;
    const known = before.stacks[name];
    if (read.value.state === 'absent') return known === undefined || known.status === 'ABSENT';
    return known?.status === read.value.status && known.hash === read.value.hash;
  });
}

function samePools(s: Situation, before: Status, wanted: Record<string, number>): boolean {
  return Object.keys(s.pools).every((pool) => {
    const known = before.pools[pool];
    // Of what can't be read nothing is known to have changed.
    const registered = s.activity.state === 'unknown' ? known?.registered : presentWorkers(s, pool).length;
    return known?.registered === registered && known?.wanted === (wanted[pool] ?? 0);
  });
}

const sameServer = (s: Situation, before: Status) =>
  s.activity.state === 'unknown' || served(before) === (s.activity.state === 'known');

/** Not its endpoint: a server that is about to be replaced has none in the status. */
const served = ({ conditions }: Status) =>
  conditions.some(({ type, status }) => type === 'ServerAvailable' && status === 'True');

/** True when the cluster has waited in vain for the whole deadline. */
export const overdue = (s: Situation, since: number): boolean => s.now - since >= PROGRESS_DEADLINE_MS;

/** Of what the pass before saw. */
export const wasOverdue = (s: Situation): boolean =>
  s.previous?.progressAt != null && overdue(s, Date.parse(s.previous.progressAt));
