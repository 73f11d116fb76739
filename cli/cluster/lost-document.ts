/** A cluster whose cluster.json somebody removed: the reconciler goes on by the revision that it accepted last. */
import type { ClusterInput, Status } from '../../config-schema/documents.ts';
import type { Installation } from '../context/installation.ts';
import { statusReader } from './status-reader.ts';

interface Orphan {
  uid: string;
  /** In force. */
  revision: string;
}

/** What a document that is not there was of; null where nothing was ever accepted. */
export async function orphanOf({ documents }: Installation, cluster: string): Promise<Orphan | null> {
  return orphanIn(await statusReader(documents, cluster)(), cluster);
}

export function orphanIn(status: Status | null, cluster: string): Orphan | null {
  if (!status?.acceptedRevision) return null;
  return { uid: status.uid ?? cluster, revision: status.acceptedRevision };
}

/** Something to begin a new document with, of the same cluster. */
export const clusterWithout = (cluster: string, uid: string): ClusterInput => ({
  apiVersion: 'bbf/v1',
  kind: 'Cluster',
  metadata: { name: cluster, uid },
  spec: {},
});
