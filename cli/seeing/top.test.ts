import { expect, it, onTestFinished } from 'vitest';
import { activityKey, clusterKey } from '../../config-schema/keys.ts';
import { dispatch } from '../dispatch.ts';
import { openBucketDouble } from '../testing/bucket-double.ts';
import { chooseContext, programDouble } from '../testing/program-double.ts';

it('is whole on a narrow terminal, which wraps what is not drawn over', async () => {
  const bucket = await openBucketDouble();
  onTestFinished(() => bucket.close());
  const program = programDouble();
  await chooseContext(program, bucket.endpoint);
  const worker = { name: 'a'.repeat(32), pool: 'default', slots: 4, running: 1, actions: 7, busyMs: 61_000 };
  const activity = { queued: 0, running: 1, pools: {}, workers: [worker], reportedAt: '2026-01-01T00:00:00Z' };
  bucket.put(clusterKey('main'), '{}');
  bucket.put(activityKey('main'), JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Activity', ...activity }));
  Object.assign(program.terminal.result, { interactive: true, width: () => 40 });
  await dispatch(['top'], program);
  expect(program.stdout()).toMatch(/^1 action running, 0 waiting; 1 worker; reported /);
  expect(program.stdout()).toContain(`${worker.name}  default  1/4   7        1m 01s  busy`);
});
