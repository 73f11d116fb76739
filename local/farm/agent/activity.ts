/** The activity document: what the server knows of itself, in the form that the reconciler reads. */
import type { Activity } from '../../../config-schema/documents.ts';
import type { Demand } from '../scheduler/demand.ts';
import type { Totals } from '../server/totals.ts';

export interface ServerIdentity {
  taskId: string;
  /** host:port that clients reach. */
  endpoint: string;
  /** Milliseconds. */
  startedAt: number;
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

export function activityOf(server: ServerIdentity, demand: Demand, totals: Totals, now: number): Activity {
  const { queued, running, idleSince, pools, workers, requeued } = demand;
  return {
    apiVersion: 'bbf/v1',
    kind: 'Activity',
    reportedAt: iso(now),
    server: { taskId: server.taskId, endpoint: server.endpoint, startedAt: iso(server.startedAt) },
    queued,
    running,
    idleSince: idleSince === null ? null : iso(idleSince),
    pools,
    workers: workers.map(({ busyMs, ...worker }) => ({ ...worker, busyMs: Math.round(busyMs) })),
    totals: { ...totals, requeued },
  };
}

/** True when something is worth telling again: anything but the time of the report has changed. */
export function differs(a: Activity, b: Activity): boolean {
  return JSON.stringify({ ...a, reportedAt: '' }) !== JSON.stringify({ ...b, reportedAt: '' });
}
