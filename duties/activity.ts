/** The activity document: what the farm knows of itself, in the form that the reconciler reads. */
import type { Activity, ActivityWorker } from '../config-schema/documents.ts';

export interface ServerIdentity {
  taskId: string;
  /** host:port that builds reach. */
  endpoint: string;
  /** host:port that workers reach, where that is another one. */
  privateEndpoint?: string;
  /** Milliseconds. */
  startedAt: number;
}

/** What the farm has to do. */
export interface Demand {
  queued: number;
  running: number;
  /** Milliseconds; null while anything is queued or running. */
  idleSince: number | null;
  /** "" holds what no known pool can run. */
  pools: Activity['pools'];
  workers: ActivityWorker[];
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

/** @param totals where the farm counts them */
export function activityOf(
  server: ServerIdentity,
  demand: Demand,
  totals: Activity['totals'] | undefined,
  now: number,
): Activity {
  const { queued, running, idleSince, pools, workers } = demand;
  return {
    apiVersion: 'bbf/v1',
    kind: 'Activity',
    reportedAt: iso(now),
    server: {
      taskId: server.taskId,
      endpoint: server.endpoint,
      ...(server.privateEndpoint !== undefined &&
        server.privateEndpoint !== server.endpoint && { privateEndpoint: server.privateEndpoint }),
      startedAt: iso(server.startedAt),
    },
    queued,
    running,
    idleSince: idleSince === null ? null : iso(idleSince),
    pools,
    workers: workers.map(({ busyMs, ...worker }) => ({ ...worker, busyMs: Math.round(busyMs) })),
    ...(totals && { totals }),
  };
}

/** True when something is worth telling again: anything but the time of the report has changed. */
export function differs(a: Activity, b: Activity): boolean {
  return JSON.stringify({ ...a, reportedAt: '' }) !== JSON.stringify({ ...b, reportedAt: '' });
}
