import { describe, expect, it } from 'vitest';
import type { Pool } from './documents.ts';
import { nextWorkerUsdPerHour, OWN_NETWORK, serverUsdPerHour, workersUsdPerHour, workerUsdPerHour } from './prices.ts';

const pool = (change: Partial<Pool>): Pool => ({
  workers: 0,
  workersMax: 1,
  cpu: 4096,
  memoryMiB: 16384,
  diskGiB: 100,
  slots: 4,
  architecture: 'x86_64',
  capacity: 'on-demand',
  onDemandBase: 0,
  platform: {},
  ...change,
});

// Worked out by hand: vCPU × rate + GiB × rate + (disk − 20) × 0.000111 + 0.005 for the address.
describe('an hour costs', () => {
  it.each([
    ['4 vCPU, 16 GiB, 100 GiB of disk', {}, 0.24692],
    ['the same on ARM', { architecture: 'arm64' }, 0.20036],
    ['the same on Spot', { capacity: 'spot' }, 0.083792],
    ['with the free disk only', { diskGiB: 20 }, 0.23804],
    ['with less than the free disk', { diskGiB: 1 }, 0.23804],
    ['with a small disk', { diskGiB: 21 }, 0.238151],
    ['16 vCPU, 64 GiB, 200 GiB of disk', { cpu: 16384, memoryMiB: 65536, diskGiB: 200 }, 0.95714],
  ] as [string, Partial<Pool>, number][])('a worker, %s', (_, change, usd) => {
    expect(workerUsdPerHour(pool(change), OWN_NETWORK)).toBeCloseTo(usd, 9);
  });

  // Of 0.24692 on demand and 0.083792 on Spot.
  it.each([
    ['none', { onDemandBase: 2 }, 0, 0],
    ['fewer than the base', { onDemandBase: 2 }, 1, 0.24692],
    ['as many as the base', { onDemandBase: 2 }, 2, 0.49384],
    ['one more than the base', { onDemandBase: 2 }, 3, 0.577632],
    ['five without a base', {}, 5, 0.41896],
    ['five of a pool that is on demand anyway', { onDemandBase: 2, capacity: 'on-demand' }, 5, 1.2346],
  ] as [string, Partial<Pool>, number, number][])('the workers of a Spot pool, %s', (_, change, workers, usd) => {
    const spot = pool({ capacity: 'spot', ...change });
    expect(workersUsdPerHour(spot, workers, OWN_NETWORK)).toBeCloseTo(usd, 9);
    const oneByOne = Array.from({ length: workers }, (_none, before) =>
      nextWorkerUsdPerHour(spot, before, OWN_NETWORK),
    );
    expect(oneByOne.reduce((sum, one) => sum + one, 0)).toBeCloseTo(usd, 9);
  });

  it.each([
    [{ cpu: 1024, memoryMiB: 4096 }, 0.06326],
    [{ cpu: 2048, memoryMiB: 8192 }, 0.12152],
    [{ cpu: 2048, memoryMiB: 8192, diskGiB: 120 }, 0.13262],
  ])('a server of %j', (size, usd) => {
    expect(serverUsdPerHour(size, OWN_NETWORK)).toBeCloseTo(usd, 9);
  });

  it('half a cent less where a task has no public address', () => {
    const behindNat = { publicAddresses: false };
    expect(workerUsdPerHour(pool({}), behindNat)).toBeCloseTo(0.24192, 9);
    expect(workersUsdPerHour(pool({ capacity: 'spot', onDemandBase: 1 }), 2, behindNat)).toBeCloseTo(0.320712, 9);
    expect(nextWorkerUsdPerHour(pool({}), 0, behindNat)).toBeCloseTo(0.24192, 9);
    expect(serverUsdPerHour({ cpu: 1024, memoryMiB: 4096 }, behindNat)).toBeCloseTo(0.05826, 9);
  });
});
