/** Where status sends builds and workers, against the servers that there were. */
import type { StatusVersion } from '../history.ts';
import { oracle } from './sight.ts';
import { conditionOf } from './status-form.ts';

/** One that ended so young can't be told from the one in its place: clocks may differ by five seconds, and what a report says has whole ones. */
const YOUNG_MS = 15_000;

export const endpointsComeAlive = oracle(
  'S3-endpoint',
  'Once status has said that no server runs, it names no server that had ended by then: a build would wait where nobody answers.',
  'statuses',
  (_, history) =>
    history.fresh.statuses.flatMap((version) => {
      const endpoint = version.status?.endpoint;
      const server = history.servers.find((one) => one.endpoint === endpoint);
      if (!endpoint || !server || server.until === null || server.until - server.since < YOUNG_MS) return [];
      const before = statusBefore(history.statuses, version);
      if (!before || before.at < server.until || !saysThatNoneRuns(before)) return [];
      return [`${version.cluster} is at ${endpoint} again, whose server ended before status said that none runs`];
    }),
);

const statusBefore = (statuses: readonly StatusVersion[], { cluster, at }: StatusVersion) =>
  statuses.findLast((one) => one.cluster === cluster && one.at < at);

const saysThatNoneRuns = ({ status }: StatusVersion): boolean =>
  status !== null &&
  status.server.running === 0 &&
  status.endpoint === null &&
  conditionOf(status, 'ServerAvailable')?.status === 'False';
