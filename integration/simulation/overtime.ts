/** How long a run goes on once its world has settled: that nobody sleeps, or writes a heartbeat any more, shows only after a while. */
import { durationMs } from '../../config-schema/durations.ts';
import type { History } from './history.ts';
import { JUDGED_AFTER_MS, lastWantedAt, specThatSleeps } from './oracles/liveness.ts';
import { clustersOf, latestStatus, type Sight } from './oracles/sight.ts';

/** An idle time that is over later than this would cost a pass for each minute until then. */
const SOON_MS = 15 * 60_000;

/**
 * The instant, milliseconds since the epoch, at which sleep, heartbeats and locks can be judged. Null where a cluster is rightly awake, which
 * costs a pass a minute, and the story does not say that this is worth it. What is not awake costs a pass for each quarter of an hour, and what
 * is to sleep soon must be seen to do so.
 */
export function judgedAt(sight: Sight, history: History): number | null {
  const { now, begunAt, story } = sight;
  const clusters = clustersOf(history);
  const due = clusters.flatMap((cluster) => {
    const at = sleepsAt(sight, history, cluster);
    return at !== null && (story.overtime || at < now + SOON_MS) ? { cluster, at } : [];
  });
  const awake = clusters.filter((cluster) => latestStatus(history, cluster)?.status?.awake);
  const isWorthIt = story.overtime || awake.length === 0 || due.some(({ cluster }) => awake.includes(cluster));
  return isWorthIt ? Math.max(begunAt + story.calmAt, ...due.map(({ at }) => at)) + JUDGED_AFTER_MS : null;
}

/** When the idle time of a cluster is over; null where it is not to sleep. */
function sleepsAt(sight: Sight, history: History, cluster: string): number | null {
  const spec = specThatSleeps(history, cluster);
  return spec && lastWantedAt(sight, history, cluster) + durationMs(spec.scaling.idleAfter);
}
