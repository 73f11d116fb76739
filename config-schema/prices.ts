/** What a server and a worker cost, from AWS's list prices in us-east-1. */
import type { Pool, Spec } from './documents.ts';

/** USD an hour on 2026-09-20, us-east-1, Linux, from the pages "AWS Fargate Pricing" and "Amazon VPC Pricing" (public IPv4). */
const RATES = {
  x86_64: { vcpu: 0.04048, gib: 0.004445 },
  arm64: { vcpu: 0.03238, gib: 0.00356 },
} as const;
const USD_PER_DISK_GIB_HOUR = 0.000111;
/** The part of the disk that a task has for nothing. */
const FREE_DISK_GIB = 20;
const USD_PER_ADDRESS_HOUR = 0.005;
/** An estimate: AWS says "up to 70 %" off for Spot, the price moves, and processor and memory alone are cheaper. */
const SPOT_FACTOR = 0.3;

const UNITS_PER_VCPU = 1024;
const MIB_PER_GIB = 1024;

/** Behind a NAT or transit gateway tasks have no addresses that cost anything. */
export interface Network {
  publicAddresses: boolean;
}

/** What set-up makes where it is given none. */
export const OWN_NETWORK: Network = { publicAddresses: true };

type Size = Pick<Pool, 'cpu' | 'memoryMiB'>;
type Worker = Size & Pick<Pool, 'diskGiB' | 'architecture' | 'capacity'>;

/** USD for an hour of one worker of that capacity, with its public address if it has one. */
export function workerUsdPerHour(worker: Worker, network: Network): number {
  const factor = worker.capacity === 'spot' ? SPOT_FACTOR : 1;
  return compute(worker, worker.architecture) * factor + disk(worker.diskGiB) + address(network);
}

type PricedPool = Worker & Pick<Pool, 'onDemandBase'>;

/** USD for an hour of so many workers of the pool, of which the first `onDemandBase` are on demand. */
export function workersUsdPerHour(pool: PricedPool, workers: number, network: Network): number {
  const base = Math.min(workers, pool.onDemandBase);
  return base * onDemandUsdPerHour(pool, network) + (workers - base) * workerUsdPerHour(pool, network);
}

/** USD for an hour of the worker that comes after so many others of its pool. */
export const nextWorkerUsdPerHour = (pool: PricedPool, before: number, network: Network): number =>
  before < pool.onDemandBase ? onDemandUsdPerHour(pool, network) : workerUsdPerHour(pool, network);

const onDemandUsdPerHour = (worker: Worker, network: Network) =>
  workerUsdPerHour({ ...worker, capacity: 'on-demand' }, network);

/** USD for an hour of the build server: x86, on demand, with its public address if it has one. */
export function serverUsdPerHour(server: Spec['server'], network: Network): number {
  return compute(server, 'x86_64') + disk(server.diskGiB ?? FREE_DISK_GIB) + address(network);
}

const address = ({ publicAddresses }: Network) => (publicAddresses ? USD_PER_ADDRESS_HOUR : 0);

const disk = (gib: number) => Math.max(0, gib - FREE_DISK_GIB) * USD_PER_DISK_GIB_HOUR;

function compute(size: Size, architecture: Pool['architecture']): number {
  const { vcpu, gib } = RATES[architecture];
  return (size.cpu / UNITS_PER_VCPU) * vcpu + (size.memoryMiB / MIB_PER_GIB) * gib;
}
