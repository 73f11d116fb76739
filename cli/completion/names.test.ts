import { expect, it, onTestFinished } from 'vitest';
import { clusterKey, leaseKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { openBucketDouble } from '../testing/bucket-double.ts';
import { chooseContext, programDouble } from '../testing/program-double.ts';

const cluster = (...pools: string[]) =>
  JSON.stringify({ spec: { pools: Object.fromEntries(pools.map((name) => [name, {}])) } });

/** Two clusters; a lease of one, and another whose id no shell should see. */
async function installation() {
  const bucket = await openBucketDouble();
  onTestFinished(() => bucket.close());
  bucket.put(clusterKey('main'), cluster('default'));
  bucket.put(clusterKey('ci'), cluster('arm', 'gpu'));
  bucket.put(leaseKey('ci', 'want-0a1b'), '{}');
  bucket.put(leaseKey('ci', '$(id)'), '{}');
  return async (current: string, ...words: string[]) => {
    const program = programDouble();
    await chooseContext(program, bucket.endpoint);
    await dispatch(['complete', '--', current, ...words], program);
    return program.stdout().split('\n').filter(Boolean);
  };
}

it('offers what the cluster on the command line has, and nothing of one that is not there', async () => {
  const offered = await installation();
  expect(await offered('--pool=', 'want')).toEqual(['--pool=default']);
  expect(await offered('--pool=', 'want', '--cluster=ci')).toEqual(['--pool=arm', '--pool=gpu']);
  expect(await offered('--pool=', '--cluster=ci')).toEqual(['--pool=arm', '--pool=gpu']);
  expect(await offered('--pool=', 'want', '--cluster=nosuch')).toEqual([]);
  expect(await offered('--pool=', 'want', '--context=nosuch')).toEqual([]);
  expect(await offered('', 'rollback', '--cluster=ci')).toEqual(['v2']);
  expect(await offered('', 'leases', 'release', '--cluster=ci')).toEqual(['want-0a1b']);
});
