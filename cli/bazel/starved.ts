/** Tells of actions that wait for a pool which wants no worker, as where `scaling.queue` is false: a claim would give it some. */
import type { Activity, Status } from '../../config-schema/documents.ts';
import { counted } from '../output/counted.ts';

/** Reports in a row that show it, before it is told: the queue makes a pool grow within one or two. */
const REPORTS = 4;

interface Starved {
  cluster: string;
  readStatus(): Promise<Status | null>;
  note(text: string): void;
}

/** @returns what to do with each report that is read; the same one again is no news */
export function tellerOfStarved(watch: Starved): (activity: Activity) => Promise<void> {
  let seen = new Map<string, number>();
  let last: string | undefined;
  return async (activity) => {
    if (activity.reportedAt === last) return;
    last = activity.reportedAt;
    const starved = await starvedPools(activity, watch);
    seen = new Map(starved.map((pool) => [pool, (seen.get(pool) ?? 0) + 1]));
    for (const [pool, reports] of seen) if (reports === REPORTS) watch.note(noteOf(activity, pool, watch.cluster));
  };
}

async function starvedPools({ pools }: Activity, { readStatus }: Starved): Promise<string[]> {
  const waiting = Object.keys(pools).filter((pool) => pool !== '' && isWaiting(pools, pool));
  if (waiting.length === 0) return [];
  const status = await readStatus();
  return waiting.filter((pool) => status?.pools[pool]?.wanted === 0);
}

const isWaiting = (pools: Activity['pools'], pool: string) =>
  (pools[pool]?.queued ?? 0) > 0 && pools[pool]?.running === 0;

function noteOf({ pools }: Activity, pool: string, cluster: string): string {
  const queued = pools[pool]?.queued ?? 0;
  const wait = queued === 1 ? 'waits' : 'wait';
  return `${counted(queued, 'action')} of pool ${pool} ${wait}, and it wants no worker: bbf want --workers=1 --pool=${pool} --cluster=${cluster}`;
}
