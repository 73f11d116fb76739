import { expect, it, onTestFinished } from 'vitest';
import { activityKey, clusterKey, lockKey, statusKey } from '../../config-schema/keys.ts';
import { openBucketDouble } from '../testing/bucket-double.ts';
import { chooseContext, programDouble } from '../testing/program-double.ts';
import { statusDouble } from '../testing/status-double.ts';
import { lookedAnew } from './looked-anew.ts';

it('frees a cluster that a pass of before still holds, and wakes the reconciler by the end of the old report', async () => {
  const bucket = await openBucketDouble();
  onTestFinished(() => bucket.close());
  const program = programDouble();
  await chooseContext(program, bucket.endpoint);
  const startedAt = Date.now() + 60_000;
  const statusOf = (at: number) => JSON.stringify(statusDouble({ heartbeatAt: new Date(at).toISOString() }));
  bucket.put(clusterKey('main'), '{}');
  bucket.put(statusKey('main'), statusOf(startedAt - 1));
  bucket.put(lockKey('main'), '{"holder":"gone"}');
  bucket.put(activityKey('main'), '{}');
  const { sleep } = program;
  program.sleep = async (...pause) => {
    const isFree = !bucket.objects.has(lockKey('main'));
    if (isFree && !bucket.objects.has(activityKey('main'))) bucket.put(statusKey('main'), statusOf(startedAt + 1));
    await sleep(...pause);
  };
  await lookedAnew('test', startedAt, program);
  expect([lockKey('main'), activityKey('main')].filter((key) => bucket.objects.has(key))).toEqual([]);
});

it('leaves what was written since the start', async () => {
  const bucket = await openBucketDouble();
  onTestFinished(() => bucket.close());
  const program = programDouble();
  await chooseContext(program, bucket.endpoint);
  bucket.put(clusterKey('main'), '{}');
  bucket.put(statusKey('main'), JSON.stringify(statusDouble()));
  bucket.put(lockKey('main'), '{"holder":"at work"}');
  await lookedAnew('test', 0, program);
  expect(bucket.objects.has(lockKey('main'))).toBe(true);
});
