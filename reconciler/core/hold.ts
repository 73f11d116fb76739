/** The plan when no valid revision is known: nothing is created, changed or taken away, and status says why. */
import type { Status } from '../../config-schema/documents.ts';
import { withTimes } from './condition-times.ts';
import type { DraftCondition } from './conditions.ts';
import type { Observation } from './observation.ts';
import type { Plan } from './plan.ts';
import { isBare } from './situation.ts';

export function holdPlan(o: Observation): Plan {
  const accepted = acceptance(o);
  const unknown = (type: DraftCondition['type']): DraftCondition => ({
    type,
    status: 'Unknown',
    reason: accepted.reason,
    message: 'not looked at: no valid cluster.json is known',
  });
  const conditions: DraftCondition[] = [
    { type: 'Ready', status: 'False', reason: accepted.reason, message: accepted.message },
    {
      type: 'Reconciling',
      status: 'False',
      reason: accepted.reason,
      message: 'nothing is changed without a valid document',
    },
    { type: 'Stalled', status: 'True', reason: accepted.reason, message: accepted.message },
    accepted,
    ...(['ServerAvailable', 'WorkersAvailable', 'Asleep', 'ActivityKnown', 'WithinBudget'] as const).map(unknown),
  ];
  return {
    actions: [],
    status: heldStatus(o, conditions),
    lookAgainAt: null,
    forget: neverWas(o) && isBare(o) ? 'status' : null,
  };
}

/** All that was ever written was refused, and is gone: a status is all that can be there. */
const neverWas = ({ document, status }: Observation): boolean =>
  document.state === 'absent' && status !== null && status.acceptedRevision === null;

function acceptance(o: Observation): DraftCondition {
  const { document } = o;
  if (document.state === 'invalid') {
    const first = document.problems[0];
    const message = `${document.problems.length} problem(s), first: ${first?.pointer || '/'}: ${first?.message} (${first?.fix})`;
    return { type: 'Accepted', status: 'False', reason: 'Invalid', message };
  }
  if (document.state === 'unreadable') {
    return {
      type: 'Accepted',
      status: 'Unknown',
      reason: 'DocumentUnreadable',
      message: `cluster.json could not be read: ${document.error}`,
    };
  }
  return {
    type: 'Accepted',
    status: 'False',
    reason: 'DocumentMissing',
    message: 'there is no cluster.json and none was ever accepted',
  };
}

function heldStatus(o: Observation, conditions: DraftCondition[]): Status {
  const at = new Date(o.now).toISOString();
  const revision = 'revision' in o.document ? o.document.revision : (o.status?.observedRevision ?? null);
  const before = o.status;
  return {
    apiVersion: 'bbf/v1',
    kind: 'Status',
    cluster: o.cluster,
    uid: before?.uid ?? null,
    observedRevision: revision,
    acceptedRevision: before?.acceptedRevision ?? null,
    ...(before?.acceptedEtag != null && { acceptedEtag: before.acceptedEtag }),
    conditions: withTimes(conditions, before?.conditions ?? [], o.now, revision),
    server: before ? asCounted(before.server) : { desired: 0, running: 0, pending: 0, since: null },
    endpoint: before?.endpoint ?? null,
    pools: Object.fromEntries(Object.entries(before?.pools ?? {}).map(([name, pool]) => [name, asCounted(pool)])),
    leases: [],
    stacks: before?.stacks ?? {},
    idleSince: null,
    asleep: before?.asleep ?? null,
    progressAt: null,
    inventoryAt: before?.inventoryAt ?? null,
    awake: before?.awake ?? false,
    problems: o.document.state === 'invalid' ? o.document.problems : [],
    actions: [],
    cost: before?.cost ?? { usdPerHour: 0, usdToday: 0, day: at.slice(0, 10), accountedAt: at },
    next: null,
    heartbeatAt: at,
    version: o.version,
  };
}

/** What was waited for is not looked at: nothing is. */
function asCounted<T extends { waiting?: unknown; trouble?: unknown }>(part: T): Omit<T, 'waiting' | 'trouble'> {
  const { waiting, trouble, ...counts } = part;
  return counts;
}
