/** The installation, the cluster and the pool that a call means, by its flags context, cluster and pool. */

import type { Pool } from '../../config-schema/documents.ts';
import type { Call, Program } from '../command.ts';
import type { Installation, openInstallation } from '../context/installation.ts';
import { openCluster } from '../context/open-cluster.ts';
import { askedPlatform, choosePool, claimablePools } from './pools.ts';

interface ChosenPool {
  installation: Installation;
  cluster: string;
  /** Name of the pool. */
  pool: string;
  spec: Pool;
  /** What actions of a build on it ask for. */
  platform: Record<string, string>;
}

/** @throws Failure where there is none of that name, or the cluster is being deleted */
export async function chosenPool(
  call: Pick<Call, 'text'>,
  program: Pick<Program, 'settings' | 'terminal'>,
  wait: Parameters<typeof openInstallation>[2] = {},
): Promise<ChosenPool> {
  const { installation, cluster } = await openCluster(call, program, call.text('cluster'), wait);
  const pools = await claimablePools(installation, cluster);
  const named = call.text('pool');
  const pool = choosePool(cluster, pools, named);
  const spec = pools[pool] as Pool;
  return { installation, cluster, pool, spec, platform: askedPlatform(spec.platform, named) };
}
