/** The plan when no valid revision is known: nothing is created, changed or taken away, and status says why. */
import type { Status } from '../../config-schema/documents.ts';
import { acceptance } from './acceptance.ts';
import { withTimes } from './condition-times.ts';
import { condition, type DraftCondition } from './draft-condition.ts';
import { leaseStatuses, liveLeases } from './live-leases.ts';
import type { Observation } from './observation.ts';
import type { Plan } from './plan.ts';
import { isBare } from './situation.ts';

/** What was counted before stays in status: nothing is looked at. */
export function holdPlan(o: Observation): Plan {
  const accepted = acceptance(o);
  const { reason, message } = accepted;
  const unknown = (type: DraftCondition['type']) =>
    condition(type, 'Unknown', reason, 'not looked at: no valid cluster.json is known');
  const conditions = [
    condition('Ready', 'False', reason, message),
    condition('Reconciling', 'False', reason, 'nothing is changed without a valid document'),
    condition('Stalled', 'True', reason, message),
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
    leases: told(o),
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

/** Who holds a lease and waits ends by this where nothing will come of it, and waits on where that is only not known. */
const told = (o: Observation): Status['leases'] =>
  o.document.state === 'unreadable' ? [] : leaseStatuses(liveLeases(o) ?? [], o.status?.pools ?? {});

/** What was waited for is not looked at: nothing is. */
function asCounted<T extends { waiting?: unknown; trouble?: unknown }>(part: T): Omit<T, 'waiting' | 'trouble'> {
  const { waiting, trouble, ...counts } = part;
  return counts;
}
