/** After a start of the local cloud: the tasks of before are gone, and a status that still tells of them is of before, too. */
import type { Status } from '../../config-schema/documents.ts';
import { activityKey, clusterPrefix, lockKey } from '../../config-schema/keys.ts';
import { statusReader } from '../cluster/status-reader.ts';
import type { Program } from '../command.ts';
import { listClusters } from '../context/cluster.ts';
import { openInstallation } from '../context/installation.ts';
import type { Documents } from '../documents.ts';
import { interruptible } from '../interrupt.ts';
import { type Verdict, waitFor } from '../wait.ts';

/** The fast schedule comes every minute, should the events of the ended tasks not be heard. */
const LIMIT_MS = 90_000;

/** Has the reconciler look again wherever something ran, and waits until it has. @param startedAt milliseconds since the epoch */
export async function lookedAnew(contextName: string, startedAt: number, program: Program): Promise<void> {
  const installation = await openInstallation(program, contextName);
  const { documents } = installation;
  const names = await listClusters(installation);
  for (const name of names) await forgetHolders(documents, name, startedAt);
  const readers = names.map((name) => statusReader(documents, name));
  const look = async (): Promise<Verdict<undefined>> => {
    const statuses = await Promise.all(readers.map((read) => read()));
    const old = statuses.filter((status) => status !== null).filter((status) => isOfBefore(status, startedAt));
    if (old.length === 0) return { state: 'done', value: undefined, lines: [] };
    const waited = old.map(({ cluster }) => cluster).join(', ');
    return {
      state: 'waiting',
      lines: [{ key: 'look', state: 'busy', text: `reconciler: has not looked at ${waited} yet` }],
    };
  };
  const next = 'bbf status --watch';
  await interruptible((signal) =>
    waitFor({ what: 'the clusters of before', look, timeoutMs: LIMIT_MS, next, signal }, program),
  );
}

/**
 * A pass that ended with the earlier run holds its cluster for another minute, and the report is of a server that is gone. The end of
 * the report wakes the reconciler, so it comes last.
 */
async function forgetHolders(documents: Documents, cluster: string, startedAt: number): Promise<void> {
  const entries = await documents.list(clusterPrefix(cluster));
  for (const key of [lockKey(cluster), activityKey(cluster)]) {
    const isLeft = entries.some((entry) => entry.key === key && entry.modifiedAt < startedAt);
    if (isLeft) await documents.remove(key);
  }
}

const isOfBefore = ({ heartbeatAt, server, pools }: Status, startedAt: number): boolean =>
  Date.parse(heartbeatAt) < startedAt &&
  (server.running > 0 || Object.values(pools).some(({ running }) => running > 0));
