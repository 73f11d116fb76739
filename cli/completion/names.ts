/** Names, revisions and ids of what exists, for completion: quickly, and nothing rather than an error. */
import { leasesPrefix } from '../../config-schema/keys.ts';
import { leaseId } from '../cluster/leases.ts';
import { poolsOf } from '../cluster/pools.ts';
import type { Program } from '../command.ts';
import { profileNames } from '../context/aws-profiles.ts';
import { clusterName, listClusters, readCluster } from '../context/cluster.ts';
import { readConfig } from '../context/config.ts';
import { type Installation, openInstallation } from '../context/installation.ts';
import { isName } from '../context/names.ts';
import { revisionsOf } from '../desired/revisions.ts';
import type { Named, Names } from './complete.ts';

/** Nobody waits longer for the Tab key. */
const PATIENCE_MS = 2_000;

export function knownNames({ settings }: Program): Names {
  const inCluster =
    (ask: (installation: Installation, cluster: string) => Promise<string[]>) =>
    ({ context, cluster }: Named) =>
      inTime(async () => {
        const installation = await openInstallation({ settings }, context);
        return ask(installation, clusterName(installation, cluster));
      });
  return {
    contexts: () => inTime(async () => Object.keys((await readConfig(settings)).contexts)),
    profiles: () => inTime(async () => profileNames(settings.aws)),
    clusters: ({ context }) =>
      inTime(async () => (await listClusters(await openInstallation({ settings }, context))).filter(isName)),
    pools: inCluster(async (installation, cluster) =>
      Object.keys(poolsOf(cluster, (await readCluster(installation, cluster)).text)).filter(isName),
    ),
    revisions: inCluster(async (installation, cluster) =>
      (await revisionsOf(installation, cluster)).map(({ revision }) => revision).filter(isPlain),
    ),
    leases: inCluster(async ({ documents }, cluster) =>
      (await documents.list(leasesPrefix(cluster))).map(({ key }) => leaseId(cluster, key)).filter(isPlain),
    ),
  };
}

/** What a shell takes for a word and nothing else: whoever may write the bucket may call a lease anything. */
const isPlain = (id: string) => /^[\w.][\w.-]*$/.test(id);

async function inTime(ask: () => Promise<string[]>): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), PATIENCE_MS);
  });
  try {
    return await Promise.race([ask().catch(() => []), late]);
  } finally {
    clearTimeout(timer);
  }
}
