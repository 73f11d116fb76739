/** Writes the tombstone of a cluster, in whatever state its document is: what is wrong with it must not keep its cluster alive. */
import type { ClusterInput } from '../../config-schema/documents.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import { failsWith } from '../failure.ts';
import { clusterWithout } from './lost-document.ts';
import { statusReader } from './status-reader.ts';
import { type WrittenCluster, writeCluster } from './write-cluster.ts';

interface TombstoneNote {
  reason: string;
  /** For a deletion that is part of more, which a suspension would hold up. */
  liftsSuspension?: true;
}

interface WrittenTombstone extends WrittenCluster {
  /** Of the cluster whose end is asked for. */
  uid: string;
}

/** @throws Failure (notFound) where there is neither a document nor a status */
export async function writeTombstone(
  installation: Installation,
  cluster: string,
  { reason, liftsSuspension }: TombstoneNote,
  program: Program,
): Promise<WrittenTombstone> {
  const status = await statusReader(installation.documents, cluster)();
  // A document from git may have no uid; the reconciler then goes by its status, or by the name.
  const known = status?.uid ?? cluster;
  let uid = known;
  const change = (document: ClusterInput) => {
    // The reconciler refuses a tombstone of a version that it does not know.
    if (document.apiVersion !== 'bbf/v1') throw new NotOurs();
    uid = document.metadata.uid ?? known;
    // With the uid beside it, the tombstone still means this cluster when the status is gone, and nothing is made anew.
    document.metadata = { ...document.metadata, uid };
    document.spec = { ...document.spec, ...(liftsSuspension && { suspend: false }), delete: { uid } };
  };
  const absent = status === null ? undefined : clusterWithout(cluster, known);
  try {
    const written = await writeCluster({ installation, cluster, reason, change, absent }, program);
    return { ...written, uid };
  } catch (error) {
    if (!(error instanceof NotOurs) && !failsWith(error, 'invalidDocument')) throw error;
    program.terminal.notes.write(`the document of ${cluster} is not valid, and gives way to a tombstone\n`);
    const metadata = { name: cluster, uid: known, writtenBy: program.settings.author, reason };
    const tombstone = { ...clusterWithout(cluster, known), metadata, spec: { delete: { uid: known } } };
    return { ...(await replace(installation, cluster, tombstone, error)), uid: known };
  }
}

class NotOurs extends Error {}

/** Its versions stay. */
async function replace(
  { documents }: Installation,
  cluster: string,
  tombstone: ClusterInput,
  why: unknown,
): Promise<WrittenCluster> {
  const stored = await documents.read(clusterKey(cluster));
  if (typeof stored !== 'object') return { revision: null, changes: [], warnings: [] };
  const text = `${JSON.stringify(tombstone, null, 2)}\n`;
  const written = await documents.write(clusterKey(cluster), text, { ifMatch: stored.etag });
  // Somebody has just written another one: that is to be read first.
  if (written.outcome !== 'written') throw why;
  return { revision: written.revision, changes: [], warnings: [] };
}
