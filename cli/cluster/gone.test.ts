/** Waits whose cluster somebody else deletes. */
import { beforeEach, describe, expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';
import { statusDouble } from '../testing/status-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(() => {
  ({ bucket, program } = current());
  put({ pools: { default: { workers: 1, workersMax: 8 } } });
  bucket.put(statusKey('main'), JSON.stringify(statusDouble({ endpoint: null })));
});

const key = clusterKey('main');
const put = (spec: object) =>
  bucket.put(key, JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec }));

/** In a wait that has seen a status. */
function happensWhileWaiting(happens: () => void) {
  program.onSleep = () => {
    bucket.objects.delete(statusKey('main'));
    happens();
  };
}

const waits = [
  ['want', '--workers=2'],
  ['want', '--workers=2', '--for=2h'],
];

describe.each(waits)('bbf %s %s %s', (...line) => {
  const bbf = () => dispatch([...line.filter(Boolean), '--timeout=1m'], program);

  it.each([
    ['without a trace', () => bucket.objects.delete(key)],
    ['but for its tombstone', () => put({ delete: { uid: 'uid-1' } })],
  ])('ends when its cluster is gone: %s', async (_, happens) => {
    const before = program.now();
    happensWhileWaiting(happens);
    await expect(bbf()).rejects.toMatchObject({ exitCode: exitCodes.notFound, next: 'bbf create main' });
    expect(program.now() - before).toBeLessThan(10_000);
  });

  it('waits for one that somebody has made in its place', async () => {
    happensWhileWaiting(() => {});
    await expect(bbf()).rejects.toMatchObject({ exitCode: exitCodes.timeout });
  });
});
