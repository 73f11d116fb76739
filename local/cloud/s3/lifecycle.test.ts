/** Lifecycle rules on a machine that is not always on. */
import { expect, it } from 'vitest';
import { createVirtualWorld } from '../virtual-world.ts';
import { createS3 } from './s3.ts';
import { createMemoryBlobs } from './state.ts';

const DAY_MS = 86_400_000;
const MORNING = Date.UTC(2026, 0, 5, 8);
const blobs = createMemoryBlobs();
const emit = () => {};

/** With two versions and an upload of that morning; both old ones are to end a day later. */
function firstDay() {
  const s3 = createS3({ world: createVirtualWorld({ startsAt: MORNING }), emit, blobs });
  s3.createBucket({ bucket: 'farm' });
  s3.putBucketVersioning({ bucket: 'farm', status: 'Enabled' });
  const rule = { id: 'r', enabled: true, prefix: '', noncurrentDays: 1, abortUploadDays: 1 };
  s3.putBucketLifecycle({ bucket: 'farm', rules: [rule] });
  for (const body of ['a', 'b']) s3.putObject({ bucket: 'farm', key: 'k', body });
  s3.createMultipartUpload({ bucket: 'farm', key: 'k', headers: {}, metadata: {} });
  return structuredClone(s3.state);
}
function startedAgain(hours: number) {
  const world = createVirtualWorld({ startsAt: MORNING + hours * 3_600_000 });
  const s3 = createS3({ world, emit, blobs, saved: firstDay() });
  s3.resume();
  const left = () => {
    const { farm } = s3.state.buckets;
    return [farm?.objects.k?.length, Object.keys(farm?.uploads ?? {}).length];
  };
  return { world, left };
}

it('are applied for a midnight at which the cloud was off, once it is on again', () => {
  expect(startedAgain(30 * 24).left()).toEqual([1, 0]);
});

it('end nothing between two midnights, as on AWS: what is a day old in the morning goes at the next', () => {
  const { world, left } = startedAgain(25);
  expect(left()).toEqual([2, 1]);
  world.advance(DAY_MS);
  expect(left()).toEqual([1, 0]);
});
