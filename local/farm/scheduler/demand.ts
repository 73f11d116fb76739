/** What the scheduler has to do, counted by pool and by worker, for the activity report. */
import type { ActivityWorker } from '../../../config-schema/documents.ts';
import type { Demand } from '../../../duties/activity.ts';
import { currentWithin } from './current.ts';
import { isDrained, type Job, type WorkerState } from './job.ts';
import { matches, type Properties, unmatched } from './platform.ts';

/** `requeued`: actions that lost a worker and wait again. */
export type FarmDemand = Demand & { requeued: number };

type AnyJob = Job<unknown, unknown>;

interface Known {
  jobs: { queue: { jobs(): Iterable<AnyJob>; readonly size: number }; running: number; idleSince: number | null };
  workers: ReadonlyMap<string, WorkerState<unknown, unknown>>;
  /** Of which a worker was seen, and which are still there. */
  pools: ReadonlyMap<string, Properties>;
  /** Of the document; these may be among `pools`. */
  promised: ReadonlyMap<string, Properties>;
  requeued: number;
}

/** The first pool that fits, of those that have had a worker, or else of all; else the one that the action names, unless it is known to be none. */
function poolFor(job: AnyJob, { pools, promised }: Known): string {
  for (const [pool, offered] of [...pools, ...promised]) if (matches(offered, job.platform)) return pool;
  const named = job.platform.find(({ name }) => name === 'Pool')?.value ?? '';
  return promised.size === 0 || pools.has(named) || promised.has(named) ? named : '';
}

function loadOf(worker: WorkerState<unknown, unknown>, current: ActivityWorker['current']): ActivityWorker {
  const { name, pool, slots } = worker.report;
  const { draining, actions, busyMs, lost } = worker;
  const load = { name, pool, slots, running: worker.jobs.size, draining, drained: isDrained(worker), actions, busyMs };
  return { ...load, ...(lost && { lost }), ...(current && { current }) };
}

/** What a report says of it at most. */
const PROPERTIES_MAX = 8;

export function demandOf(known: Known): FarmDemand {
  const pools: Demand['pools'] = {};
  for (const pool of known.pools.keys()) pools[pool] = { queued: 0, running: 0 };
  const countOf = (pool: string) => {
    const count = pools[pool] ?? { queued: 0, running: 0 };
    pools[pool] = count;
    return count;
  };
  const poolOfPlatform = new Map<string, string>();
  let stranger: AnyJob | undefined;
  for (const job of known.jobs.queue.jobs()) {
    const pool = poolOfPlatform.get(job.platformKey) ?? poolFor(job, known);
    poolOfPlatform.set(job.platformKey, pool);
    countOf(pool).queued += 1;
    if (pool === '') stranger ??= job;
  }
  for (const worker of known.workers.values()) {
    for (const job of worker.jobs.values()) if (job.state === 'running') countOf(worker.report.pool).running += 1;
  }
  const { queue, running, idleSince } = known.jobs;
  const currentOf = currentWithin();
  const workers = [...known.workers.values()].map((worker) => loadOf(worker, currentOf(worker)));
  const asks = stranger ? unmatched([...known.pools.values(), ...known.promised.values()], stranger.platform) : [];
  const strange = asks.length > 0 && { unmatched: asks.slice(0, PROPERTIES_MAX) };
  return { queued: queue.size, running, idleSince, pools, ...strange, workers, requeued: known.requeued };
}
