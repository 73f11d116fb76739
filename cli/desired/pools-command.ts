/** `bbf pools`: the pools of a cluster, what each is and has. */

import type { Pool, PoolStatus, Status } from '../../config-schema/documents.ts';
import { OWN_NETWORK, workerUsdPerHour } from '../../config-schema/prices.ts';
import { poolsOf } from '../cluster/pools.ts';
import { statusReader } from '../cluster/status-reader.ts';
import type { Call, Program } from '../command.ts';
import { namedCluster, readCluster } from '../context/cluster.ts';
import { openCluster } from '../context/open-cluster.ts';
import { listOf, wantsJson, writeJson } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import { table } from '../output/table.ts';

export async function pools(call: Call, program: Program): Promise<number> {
  const { installation, cluster } = await openCluster(call, program, namedCluster(call));
  const [{ text }, status] = await Promise.all([
    readCluster(installation, cluster),
    statusReader(installation.documents, cluster)(),
  ]);
  const all = Object.entries(poolsOf(cluster, text)).map(([name, pool]) => ({
    name,
    ...pool,
    usdPerHourOfWorker: workerUsdPerHour(pool, networkOf(status)),
    status: status?.pools[name] ?? null,
  }));
  const { result } = program.terminal;
  if (wantsJson(call)) await writeJson(listOf('Pools', all), call, program);
  else for (const line of table([HEADINGS, ...printable(all.map(rowOf))])) result.write(`${line}\n`);
  return 0;
}

/** Of a cluster that no pass has looked at, the most that it may be. */
const networkOf = (status: Status | null) => ({
  publicAddresses: status?.cost.publicAddresses ?? OWN_NETWORK.publicAddresses,
});

const HEADINGS = ['POOL', 'RUNNING', 'WANTED', 'KEPT', 'MAX', 'WORKER', 'USD/H', 'PLATFORM'];

const capacityOf = ({ capacity, onDemandBase }: Pool) =>
  capacity === 'spot' && onDemandBase > 0 ? `spot beyond ${onDemandBase} on-demand` : capacity;

export interface SeenPool extends Pool {
  name: string;
  usdPerHourOfWorker: number;
  status: PoolStatus | null;
}

function rowOf({ name, status, usdPerHourOfWorker, ...pool }: SeenPool): string[] {
  const platform = Object.entries(pool.platform).map(([property, value]) => `${property}=${value}`);
  return [
    name,
    String(status?.running ?? '-'),
    String(status?.wanted ?? '-'),
    String(pool.workers),
    String(pool.workersMax),
    `${pool.cpu / 1024} vCPU, ${pool.memoryMiB / 1024} GiB, ${pool.slots} slots, ${pool.architecture}, ${capacityOf(pool)}`,
    usdPerHourOfWorker.toFixed(4),
    platform.join(' '),
  ];
}
