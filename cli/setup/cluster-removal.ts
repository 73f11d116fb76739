/** Removes the clusters of an installation, side by side, each drained by the reconciler. */
import { leasesPrefix } from '../../config-schema/keys.ts';
import { foundationStackName } from '../../templates/names.ts';
import type { Stacks } from '../aws/stacks.ts';
import { awaitForgotten, bury } from '../cluster/delete.ts';
import type { Program } from '../command.ts';
import { listClusters } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { bucketExists } from './bucket.ts';
import { callerIdentity } from './identity.ts';

export interface FoundClusters {
  clusters: string[];
  /** Nothing drains them where the reconciler is gone. */
  reconciled: boolean;
}

/** What an earlier teardown that failed has left counts too. */
export async function clustersLeft(installation: Installation, stacks: Stacks): Promise<FoundClusters> {
  const { access, context } = installation;
  const { account } = await callerIdentity(access);
  const exists = await bucketExists({ access, bucket: context.bucket }, account);
  const clusters = exists ? await listClusters(installation) : [];
  const foundation = await stacks.describe(foundationStackName(context.installation));
  return { clusters, reconciled: foundation !== undefined };
}

export interface Removal {
  /** For each cluster. */
  timeoutMs: number;
  /** Takes the leases of running builds away. */
  force: boolean;
}

/** All tombstones first. @throws Failure (timeout) where a cluster's builds last longer; the deletion goes on */
export async function removeClusters(
  installation: Installation,
  { clusters, reconciled }: FoundClusters,
  { timeoutMs, force }: Removal,
  program: Program,
): Promise<void> {
  if (!reconciled) return;
  for (const cluster of clusters) await bury(installation, cluster, program, 'bbf teardown');
  for (const cluster of clusters) {
    // A build renews its lease until it ends, so it is taken away again and again.
    const eachLook = force ? () => dropLeases(installation, cluster) : undefined;
    await awaitForgotten(installation, cluster, timeoutMs, program, eachLook);
  }
}

async function dropLeases({ documents }: Installation, cluster: string): Promise<void> {
  for (const { key } of await documents.list(leasesPrefix(cluster))) await documents.remove(key);
}
