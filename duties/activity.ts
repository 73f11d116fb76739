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
  /** What keeps the oldest of those from every pool. */
  unmatched?: NonNullable<Activity['unmatched']>;
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
  const { queued, running, idleSince, pools, unmatched, workers } = demand;
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
    ...(unmatched && { unmatched }),
    workers: workers.map(({ busyMs, ...worker }) => ({ ...worker, busyMs: Math.round(busyMs) })),
    ...(totals && { totals }),
  };
}

/** So often at least. The reconciler believes a report three times as long (reconciler/core/situation.ts). */
export const AT_LEAST_MS = 30_000;
/** Counts go up and down all the time while something is built, and S3 keeps every version: it slows down where objects have millions. */
export const COUNTS_MS = 5_000;

/** True when a report is worth telling, `sinceMs` after the last that was told: soon where somebody acts on it. */
export function isNews(activity: Activity, last: Activity, sinceMs: number): boolean {
  if (sinceMs >= AT_LEAST_MS || decisive(activity) !== decisive(last) || isGrown(activity, last)) return true;
  return (
    sinceMs >= COUNTS_MS &&
    JSON.stringify({ ...activity, reportedAt: '' }) !== JSON.stringify({ ...last, reportedAt: '' })
  );
}

/** What workers come, sleep and go away by. */
function decisive({ server, queued, idleSince, workers }: Activity): string {
  const known = workers.map(({ name, pool, slots, draining, drained, lost }) => [
    name,
    pool,
    slots,
    draining,
    drained,
    lost,
  ]);
  return JSON.stringify([server, queued > 0, idleSince, known]);
}

/** A pool is asked for twice as much as was told. */
function isGrown({ pools }: Activity, last: Activity): boolean {
  return Object.entries(pools).some(([name, { queued, running }]) => {
    const told = last.pools[name] ?? { queued: 0, running: 0 };
    return queued + running > 0 && queued + running >= 2 * (told.queued + told.running);
  });
}
