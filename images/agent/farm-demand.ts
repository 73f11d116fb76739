/** What a farm has to do, from the metrics of Buildfarm's server and the reports of the workers. Every instant is an argument. */
import type { ActivityWorker } from '../../config-schema/documents.ts';
import type { Demand } from '../../duties/activity.ts';
import { poolOfQueue } from '../../templates/buildfarm/queues.ts';
import type { Metrics } from './metrics.ts';

export interface ServerCounts {
  /** Accepted and not yet in the queue of a pool. */
  prequeued: number;
  /** Waiting, by queue. */
  queues: Map<string, number>;
  /** Given to a worker and not finished. */
  dispatched: number;
  /** Execute calls ever accepted. */
  accepted: number;
}

/** Names are those of Buildfarm's server, 2.11 to 2.17. @throws Error where they are missing: what answers is not that server */
export function countsIn(metrics: Metrics): ServerCounts {
  const prequeued = metrics.sum('pre_queue_size');
  const dispatched = metrics.sum('dispatched_operations_size');
  if (prequeued === undefined || dispatched === undefined)
    throw new Error(
      'the metrics have no pre_queue_size and dispatched_operations_size; they are not of Buildfarm’s server',
    );
  const queues = metrics.by('queue_size', 'queue_name');
  return { prequeued, queues, dispatched, accepted: metrics.sum('execution_success') ?? 0 };
}

/** Buildfarm's server counts its queues anew every 30 s; a little more for the counting. */
const GAUGE_AGE_MS = 35_000;

export class FarmDemand {
  #acceptedBefore: number | undefined;
  #acceptedAt = Number.NEGATIVE_INFINITY;
  #busyAt: number;

  /** @param now milliseconds: a farm is idle from its start at the earliest */
  constructor(now: number) {
    this.#busyAt = now;
  }

  of(counts: ServerCounts, workers: ActivityWorker[], now: number): Demand {
    const { accepted, prequeued, dispatched, queues } = counts;
    if (accepted !== (this.#acceptedBefore ?? 0)) this.#acceptedAt = now;
    this.#acceptedBefore = accepted;
    const atWork = workers.reduce((sum, { running }) => sum + running, 0);
    const running = Math.max(dispatched, atWork);
    const waiting = prequeued + [...queues.values()].reduce((sum, size) => sum + size, 0);
    // What came since the queues were last counted is in no gauge yet.
    const isUncounted = waiting + running === 0 && now - this.#acceptedAt < GAUGE_AGE_MS;
    const queued = isUncounted ? 1 : waiting;
    if (queued + running > 0) this.#busyAt = now;
    const idleSince = queued + running > 0 ? null : this.#busyAt;
    return { queued, running, idleSince, pools: poolsOf(queues, workers), workers };
  }
}

function poolsOf(queues: Map<string, number>, workers: ActivityWorker[]): Demand['pools'] {
  const pools: Demand['pools'] = {};
  const countOf = (pool: string) => {
    const count = pools[pool] ?? { queued: 0, running: 0 };
    pools[pool] = count;
    return count;
  };
  for (const [queue, size] of queues) countOf(poolOfQueue(queue)).queued += size;
  for (const { pool, running } of workers) countOf(pool).running += running;
  return pools;
}
