import { beforeEach, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { statusDouble } from '../testing/status-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(() => {
  ({ bucket, program } = current());
});

// A worker of 4 vCPU, 8 GiB, 50 GiB on Spot: 0.062574, and its public address 0.005.
it.each([
  ['with public addresses', true, 0.067574],
  ['without public addresses', false, 0.062574],
  ['that no pass of this version has looked at', undefined, 0.067574],
])('bbf pools tells what a worker costs in a cluster %s', async (_, publicAddresses, usd) => {
  const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} };
  bucket.put(clusterKey('main'), JSON.stringify(document));
  const { cost, ...status } = statusDouble({});
  const counted = publicAddresses === undefined ? cost : { ...cost, publicAddresses };
  bucket.put(statusKey('main'), JSON.stringify({ ...status, cost: counted }));
  expect(await dispatch(['pools', '--json'], program)).toBe(0);
  const { items } = JSON.parse(program.stdout()) as { items: { usdPerHourOfWorker: number }[] };
  expect(items[0]?.usdPerHourOfWorker).toBeCloseTo(usd, 9);
});
