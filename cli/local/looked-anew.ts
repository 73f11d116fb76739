/** After a start of the local cloud: the tasks of before are gone, and a status that still tells of them is of before, too. */
import type { Status } from '../../config-schema/documents.ts';
import { statusReader } from '../cluster/status-reader.ts';
import type { Program } from '../command.ts';
import { listClusters } from '../context/cluster.ts';
import { openInstallation } from '../context/installation.ts';
import { interruptible } from '../interrupt.ts';
import { type Verdict, waitFor } from '../wait.ts';

/** The fast schedule comes every minute, should the events of the ended tasks not be heard. */
const LIMIT_MS = 90_000;

/** Waits until the reconciler has looked again wherever something ran. @param startedAt milliseconds since the epoch */
export async function lookedAnew(contextName: string, startedAt: number, program: Program): Promise<void> {
  const installation = await openInstallation(program.settings, contextName);
  const readers = (await listClusters(installation)).map((name) => statusReader(installation.documents, name));
  const look = async (): Promise<Verdict<undefined>> => {
    const statuses = await Promise.all(readers.map((read) => read()));
    const old = statuses.filter((status) => status !== null).filter((status) => isOfBefore(status, startedAt));
    if (old.length === 0) return { state: 'done', value: undefined, lines: [] };
    const names = old.map(({ cluster }) => cluster).join(', ');
    return {
      state: 'waiting',
      lines: [{ key: 'look', state: 'busy', text: `reconciler: has not looked at ${names} yet` }],
    };
  };
  const next = 'bbf status --watch';
  await interruptible((signal) =>
    waitFor({ what: 'the clusters of before', look, timeoutMs: LIMIT_MS, next, signal }, program),
  );
}

const isOfBefore = ({ heartbeatAt, server, pools }: Status, startedAt: number): boolean =>
  Date.parse(heartbeatAt) < startedAt &&
  (server.running > 0 || Object.values(pools).some(({ running }) => running > 0));
