import { expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';

const current = bucketOfEachTest();

it.each(['suspend', 'get', 'status', 'plan', 'top', 'events', 'history', 'pools', 'leases', 'edit'])(
  'bbf %s refuses two names for one cluster, and nothing is written',
  async (command) => {
    const { bucket, program } = current();
    bucket.put(clusterKey('one'), '{}');
    await expect(dispatch([command, 'one', '--cluster=other'], program)).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: 'two clusters are named: one, and --cluster=other',
      next: `bbf ${command} one, or bbf ${command} other`,
    });
    expect(bucket.objects.get(clusterKey('one'))?.text).toBe('{}');
  },
);

it('the same name twice is one', async () => {
  const { bucket, program } = current();
  bucket.put(clusterKey('one'), '{}');
  await dispatch(['get', 'one', '--cluster=one'], program);
  expect(program.stdout()).toBe('{}');
});
