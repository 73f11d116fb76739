/** A status document for tests: a converged cluster with one pool, changed where a test says so. */
import type { Condition, Status } from '../../config-schema/documents.ts';

const at = '2026-01-01T00:00:00.000Z';

export function condition(
  type: Condition['type'],
  status: Condition['status'],
  reason: string,
  message = reason,
): Condition {
  return { type, status, reason, message, lastTransitionTime: at, observedRevision: 'v1' };
}

/** `conditions` replaces those of the same type. */
export function statusDouble(change: Partial<Status> = {}): Status {
  const usual = [
    condition('Ready', 'True', 'Converged', 'everything that is wanted is running'),
    condition('Reconciling', 'False', 'Settled'),
    condition('Stalled', 'False', 'Progressing'),
    condition('Accepted', 'True', 'Valid'),
  ];
  const given = change.conditions ?? [];
  const conditions = [...usual.filter(({ type }) => !given.some((other) => other.type === type)), ...given];
  return {
    apiVersion: 'bbf/v1',
    kind: 'Status',
    cluster: 'main',
    uid: 'uid-1',
    observedRevision: 'v1',
    acceptedRevision: 'v1',
    server: { desired: 1, running: 1, pending: 0, since: at },
    endpoint: '127.0.0.9:8980',
    pools: { default: pool(3) },
    leases: [],
    stacks: {},
    idleSince: null,
    asleep: null,
    awake: true,
    problems: [],
    actions: [],
    cost: { usdPerHour: 0, usdToday: 0, day: '2026-01-01', accountedAt: at },
    next: null,
    heartbeatAt: at,
    version: '0.0.0',
    ...change,
    conditions,
  };
}

export function pool(workers: number, change: Partial<Status['pools'][string]> = {}): Status['pools'][string] {
  const counts = { wanted: workers, desired: workers, running: workers, pending: 0, registered: workers };
  return { ...counts, because: 'workers', draining: [], lessSince: null, ...change };
}

export function lease(id: string): Status['leases'][number] {
  return { id, holder: 'a@b', purpose: 'build', pools: { default: 1 }, expiresAt: at };
}
