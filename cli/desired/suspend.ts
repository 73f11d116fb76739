/** `bbf suspend` and `bbf resume`: whether the reconciler may change anything. */

import type { ClusterInput } from '../../config-schema/documents.ts';
import { endOf } from '../cluster/delete.ts';
import { statusReader } from '../cluster/status-reader.ts';
import { deletedUid, isDeleting } from '../cluster/tombstone.ts';
import { writeCluster } from '../cluster/write-cluster.ts';
import type { Call, Program } from '../command.ts';
import { namedCluster } from '../context/cluster.ts';
import { openCluster } from '../context/open-cluster.ts';
import { reasonOf } from '../reason.ts';
import { waitChoice } from '../wait-choice.ts';
import { tellOutcome } from './outcome.ts';

export const suspend = (call: Call, program: Program) => setSuspended(true, call, program);
export const resume = (call: Call, program: Program) => setSuspended(false, call, program);

async function setSuspended(suspended: boolean, call: Call, program: Program): Promise<number> {
  const wait = waitChoice(call);
  const { installation, cluster } = await openCluster(call, program, namedCluster(call), wait);
  // A tombstone that means another cluster holds nothing up.
  const status = suspended ? null : await statusReader(installation.documents, cluster)();
  let deleted: string | undefined;
  const change = (document: ClusterInput) => {
    deleted = !suspended && isDeleting(document, status) ? String(deletedUid(document)) : undefined;
    const { suspend: _, ...spec } = document.spec ?? {};
    document.spec = suspended ? { ...spec, suspend: true } : spec;
  };
  const reason = reasonOf(call, `bbf ${suspended ? 'suspend' : 'resume'} ${cluster}`);
  const written = await writeCluster({ installation, cluster, reason, change }, program);
  const unchanged = `${cluster} was ${suspended ? '' : 'not '}suspended before`;
  const waits = wait.waits && deleted === undefined;
  const outcome = { installation, cluster, written, wait: { ...wait, waits }, unchanged };
  await tellOutcome({ ...outcome, ...(suspended && { suspends: true }) }, program);
  // What was held up is the end of the cluster, of which no status will say that it is ready.
  if (deleted !== undefined && wait.waits)
    await endOf(installation, cluster, { revision: written.revision, uid: deleted, ...wait }, program);
  return 0;
}
