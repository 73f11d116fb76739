/** Workers that status counts as registered, against those that there were. */
import { activityKey } from '../../../config-schema/keys.ts';
import { durationOfSilence } from '../farm-server.ts';
import type { History, StatusVersion } from '../history.ts';
import { oracle, type Sight, workersOf } from './sight.ts';
import { conditionOf } from './status-form.ts';

/** S3 tells in whole seconds when something was written. */
const SECOND_MS = 1_000;

export const registeredWorkersAreThere = oracle(
  'S3-registered',
  'Status counts no more workers as registered than there were since the report that its pass read, or so long before it as a farm may miss none.',
  'statuses',
  (sight, history) =>
    history.fresh.statuses.flatMap((version) => {
      // Unknown: nothing was looked at, and the counts are those of before.
      if (version.status && conditionOf(version.status, 'WorkersAvailable')?.status === 'Unknown') return [];
      const since = oldestView(sight, history, version);
      return Object.entries(version.status?.pools ?? {}).flatMap(([pool, { registered }]) => {
        const { length } = workersOf(history, version.cluster, pool, version.at, since);
        const seconds = Math.round((version.at - since) / 1_000);
        return registered > length
          ? [
              `${version.cluster} counts ${registered} workers of ${pool} as registered; within ${seconds} s there were ${length}`,
            ]
          : [];
      });
    }),
);

/** The moment of which the report that a pass went by may tell. */
function oldestView(sight: Sight, history: History, { cluster, at, invocation }: StatusVersion): number {
  const read = history.calls.findLast(
    (call) => call.invocation === invocation && call.target === activityKey(cluster) && call.at <= at,
  );
  const reportedAt = sight.reportedAt(cluster, (read?.at ?? at) - SECOND_MS) ?? sight.begunAt;
  return reportedAt - durationOfSilence(sight.story) - SECOND_MS;
}
