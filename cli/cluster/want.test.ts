/** Two people who want workers at the same moment. */
import { beforeEach, expect, it } from 'vitest';
import { clusterKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { exitCodes } from '../exit-codes.ts';
import type { BucketDouble } from '../testing/bucket-double.ts';
import { bucketOfEachTest } from '../testing/bucket-of-each-test.ts';
import type { ProgramDouble } from '../testing/program-double.ts';

const current = bucketOfEachTest();
let bucket: BucketDouble;
let program: ProgramDouble;
beforeEach(() => {
  ({ bucket, program } = current());
});

const bbf = (...argv: string[]) => dispatch(argv, program);
const document = () => JSON.parse(bucket.objects.get(clusterKey('main'))?.text ?? '{}');
const pools = () => document().spec.pools;
/** Writes first. */
const rival = (others: object) =>
  bucket.faults.push(() => bucket.put(clusterKey('main'), JSON.stringify({ ...document(), spec: { pools: others } })));

it('keeps a rival’s other edits', async () => {
  await bbf('create', '--no-wait');
  rival({ default: {}, arm: { workers: 1 } });
  await bbf('want', '--workers=3', '--no-wait');
  expect(pools()).toEqual({ default: { workers: 3 }, arm: { workers: 1 } });
});

it('stops where a rival meant the same field otherwise, with what both wanted', async () => {
  await bbf('create', '--no-wait');
  rival({ default: { workers: 7 } });
  await expect(bbf('want', '--workers=4', '--no-wait')).rejects.toMatchObject({
    exitCode: exitCodes.conflict,
    message: 'somebody else changed spec.pools.default.workers of main at the same time; nothing was written',
    details: ['yours: 4', 'theirs: 7'],
    next: 'bbf history --cluster=main, then the same again if you still want it',
  });
  expect(pools()).toEqual({ default: { workers: 7 } });
});

it('goes on where a rival wrote the same number', async () => {
  await bbf('create', '--no-wait');
  rival({ default: { workers: 9 } });
  await bbf('want', '--workers=9', '--max=30', '--no-wait');
  expect(pools()).toEqual({ default: { workers: 9, workersMax: 30 } });
});
