import { expect, it } from 'vitest';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import { statusDouble } from '../testing/status-double.ts';

const current = bucketOfEachTest();
const TOMBSTONE = JSON.stringify({
  apiVersion: 'bbf/v1',
  kind: 'Cluster',
  metadata: { name: 'main', uid: 'uid-1' },
  spec: { delete: { uid: 'uid-1' } },
});

const begins = [
  ['want', '--workers=1'],
  ['want', '--workers=1', '--for=1h'],
  ['flags'],
  ['keep'],
  ['bazelrc'],
  ['login'],
];

it.each([...begins, ['status'], ['top'], ['events']])(
  'bbf %s says of a cluster whose end has come that its document is left',
  async (...line) => {
    const { bucket, program } = current();
    bucket.put(clusterKey('main'), TOMBSTONE);
    await expect(dispatch(line, program)).rejects.toMatchObject({
      exitCode: exitCodes.notFound,
      message: 'cluster main is deleted, and only its document is left',
      next: 'bbf create main',
    });
    expect([...bucket.objects.keys()]).toEqual([clusterKey('main')]);
  },
);

it.each(begins)('bbf %s says of one that is being deleted that it is', async (...line) => {
  const { bucket, program } = current();
  bucket.put(clusterKey('main'), TOMBSTONE);
  bucket.put(statusKey('main'), JSON.stringify(statusDouble()));
  await expect(dispatch(line, program)).rejects.toMatchObject({ exitCode: exitCodes.conflict });
});
