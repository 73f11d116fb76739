/** Writes the tombstone of a cluster, in whatever state its document is: what is wrong with it must not keep its cluster alive. */
import type { ClusterInput } from '../../config-schema/documents.ts';
import type { Unparsed } from '../../config-schema/parse.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
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

/** @throws Failure (notFound) where there is neither a document nor a status, or those of `editDocument` */
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
    uid = document.metadata.uid ?? known;
    // With the uid beside it, the tombstone still means this cluster when the status is gone, and nothing is made anew.
    document.metadata = { ...document.metadata, uid };
    document.spec = { ...document.spec, ...(liftsSuspension && { suspend: false }), delete: { uid } };
  };
  const absent = status === null ? undefined : clusterWithout(cluster, known);
  // Its versions stay. One of a newer bbf or with the name of another cluster would be refused as a tombstone, too.
  let isTold = false;
  const instead = ({ newer }: Unparsed) => {
    const why = newer ? 'of a newer version of bbf' : 'not valid';
    if (!isTold) program.terminal.notes.write(`the document of ${cluster} is ${why}, and gives way to a tombstone\n`);
    isTold = true;
    return clusterWithout(cluster, known);
  };
  const written = await writeCluster({ installation, cluster, reason, change, absent, instead }, program);
  return { ...written, uid };
}
