/** Removes the clusters of an installation, side by side, each drained by the reconciler. */
import { clusterKey, leasesPrefix, statusKey } from '../../config-schema/keys.ts';
import { reconcilerFunctionName } from '../../templates/names.ts';
import { reconcilerFunction } from '../aws/reconciler-function.ts';
import type { Stacks } from '../aws/stacks.ts';
import { awaitForgotten } from '../cluster/delete.ts';
import { conditionOf } from '../cluster/progress-lines.ts';
import { statusReader } from '../cluster/status-reader.ts';
import { writeTombstone } from '../cluster/write-tombstone.ts';
import type { Program } from '../command.ts';
import { listClusters } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { isName } from '../context/names.ts';
import { Failure, failsWith } from '../failure.ts';
import { bucketExists, refuseOthersBucket } from './bucket.ts';
import { clusterStacks } from './cluster-stacks.ts';
import { callerIdentity } from './identity.ts';
import { placeFlags } from './place-flags.ts';

interface FoundClusters {
  /** Whether the bucket of the documents is there. */
  bucket: boolean;
  clusters: string[];
  /** Nothing drains them where there is no reconciler: its stack may stand without it, or be what a roll-back or deletion has left. */
  reconciled: boolean;
}

/** What an earlier teardown that failed has left counts too. @throws Failure (conflict) where the bucket is another installation's by now */
export async function clustersLeft(installation: Installation): Promise<FoundClusters> {
  const { access, context } = installation;
  const { account } = await callerIdentity(access);
  const place = { access, bucket: context.bucket };
  const bucket = await bucketExists(place, account, 'bbf teardown');
  if (bucket)
    await refuseOthersBucket(place, context.installation, {
      details: ['its documents are those of the other one’s clusters'],
      next: (owner) => `bbf teardown ${placeFlags({ ...context, installation: owner })}, where that one is meant`,
    });
  const clusters = bucket ? await listClusters(installation) : [];
  return { bucket, clusters, reconciled: (await reconcilerFunction(access, context.installation)) !== undefined };
}

const NOTE = { reason: 'bbf teardown', liftsSuspension: true } as const;
const LEFT = 'the clusters are being deleted, and the rest stands; the same command again goes on from here';

interface Removal {
  /** For each cluster. */
  timeoutMs: number;
  /** Takes the leases of running builds away. */
  force: boolean;
}

/**
 * All tombstones first, where somebody obeys them.
 * @throws Failure (timeout) where a cluster's builds last longer, and the deletion goes on, or where the reconciler says nothing of it
 */
export async function removeClusters(
  installation: Installation,
  { clusters, reconciled }: FoundClusters,
  { timeoutMs, force }: Removal,
  program: Program,
): Promise<void> {
  if (!reconciled) return;
  const tombstones = new Map<string, Awaited<ReturnType<typeof writeTombstone>>>();
  // A folder whose name no cluster can have never was one: nobody obeys a tombstone there, and its documents are removed with what is left.
  for (const cluster of clusters.filter(isName))
    tombstones.set(cluster, await writeTombstone(installation, cluster, NOTE, program));
  for (const [cluster, { revision, uid }] of tombstones) {
    // A build renews its lease until it ends, so it is taken away again and again.
    const eachLook = force ? () => dropLeases(installation, cluster) : undefined;
    const deletion = { revision, uid, timeoutMs, eachLook, left: LEFT };
    await awaitForgotten(installation, cluster, deletion, program).catch(async (error: unknown) => {
      throw failsWith(error, 'timeout') ? await withWhy(error, installation, cluster, revision) : error;
    });
  }
}

/** A function may be there and do nothing, e.g. without its role or its rules: then no status answers the tombstone. */
async function withWhy(
  error: Failure,
  { access, context, documents }: Installation,
  cluster: string,
  revision: string | null,
): Promise<Failure> {
  const status = await statusReader(documents, cluster)().catch(() => null);
  if (status === null || conditionOf(status, 'Ready')?.observedRevision === revision) return error;
  const name = reconcilerFunctionName(context.installation);
  const silent = `${name} has said nothing of the deletion: it is there, and may be unable to work; without it, teardown deletes the stacks itself, without draining`;
  return new Failure('timeout', error.message, {
    details: [...error.details, silent],
    next: `bbf doctor, which says what it lacks; or aws lambda delete-function --function-name ${name} --region ${access.region}, then the same command again`,
  });
}

/** Stacks of clusters that nobody removes: without a reconciler, or without a document. A document would bring its cluster back. */
export async function removeWhatIsLeft(
  { context, documents }: Installation,
  stacks: Stacks,
  { clusters }: FoundClusters,
  program: Program,
): Promise<void> {
  const { removeStack } = await import('../aws/stack-operations.ts');
  for (const { name } of await clusterStacks(stacks, context.installation)) await removeStack(stacks, name, program);
  for (const cluster of clusters)
    for (const key of [clusterKey(cluster), statusKey(cluster)]) await documents.remove(key);
}

async function dropLeases({ documents }: Installation, cluster: string): Promise<void> {
  for (const { key } of await documents.list(leasesPrefix(cluster))) await documents.remove(key);
}
