/** Commands whose first question is never answered. */
import { expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';

const current = bucketOfEachTest();

it.each([
  ['want', ['want', '--workers=2', '--timeout=2s'], true],
  ['want', ['want', '--workers=2', '--timeout=2s', '--quiet'], false],
  ['a build', ['--wait=2s', 'build', '//...'], true],
])('%s gives up when its time is over, and says before what it waits for, unless it is to be quiet', async (...row) => {
  const [, line, isSaid] = row;
  const { bucket, program } = current();
  bucket.put(clusterKey('main'), '{"spec": {"pools": {"default": {}}}}');
  bucket.silent.add('GET');
  await expect(dispatch(line, program)).rejects.toMatchObject({
    exitCode: exitCodes.timeout,
    message: `could not read ${clusterKey('main')}: ${bucket.endpoint} did not answer within 5s`,
  });
  const said = `bbf: waiting for ${bucket.endpoint}, which has not answered for 3s\n`;
  expect(program.stderr()).toBe(isSaid ? said : '');
  expect(bucket.versions).toHaveLength(1);
});
