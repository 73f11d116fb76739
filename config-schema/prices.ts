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

type Size = Pick<Pool, 'cpu' | 'memoryMiB'>;

/** USD for an hour of one worker of the pool, its public address included. */
export function workerUsdPerHour(pool: Omit<Pool, 'platform'>): number {
  const factor = pool.capacity === 'spot' ? SPOT_FACTOR : 1;
  return compute(pool, pool.architecture) * factor + disk(pool.diskGiB) + USD_PER_ADDRESS_HOUR;
}

/** USD for an hour of the build server: x86, on demand, its public address included. */
export function serverUsdPerHour(server: Spec['server']): number {
  return compute(server, 'x86_64') + disk(server.diskGiB ?? FREE_DISK_GIB) + USD_PER_ADDRESS_HOUR;
}

const disk = (gib: number) => Math.max(0, gib - FREE_DISK_GIB) * USD_PER_DISK_GIB_HOUR;

function compute(size: Size, architecture: Pool['architecture']): number {
  const { vcpu, gib } = RATES[architecture];
  return (size.cpu / UNITS_PER_VCPU) * vcpu + (size.memoryMiB / MIB_PER_GIB) * gib;
}
