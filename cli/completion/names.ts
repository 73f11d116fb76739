/** Names of contexts, clusters and pools for completion: quickly, and nothing rather than an error. */
import { poolsOf } from '../cluster/pools.ts';
import type { Program } from '../command.ts';
import { clusterName, listClusters, readCluster } from '../context/cluster.ts';
import { readConfig } from '../context/config.ts';
import { openInstallation } from '../context/installation.ts';
import { isName } from '../context/names.ts';
import type { Names } from './complete.ts';

/** Nobody waits longer for the Tab key. */
const PATIENCE_MS = 2_000;

export function knownNames({ settings }: Program): Names {
  return {
    contexts: () => inTime(async () => Object.keys((await readConfig(settings)).contexts)),
    clusters: () =>
      inTime(async () => (await listClusters(await openInstallation(settings, undefined))).filter(isName)),
    pools: () =>
      inTime(async () => {
        const installation = await openInstallation(settings, undefined);
        const cluster = clusterName(installation, undefined);
        return Object.keys(poolsOf(cluster, (await readCluster(installation, cluster)).text)).filter(isName);
      }),
  };
}

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
