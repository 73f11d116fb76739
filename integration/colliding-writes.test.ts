import { expect, it } from 'vitest';
import { s3Documents } from '../reconciler/aws/documents.ts';
import { lockOf } from '../reconciler/lock.ts';
import { emptyAccount } from '../reconciler/ports.fixture.ts';
import { Bucket, bucketOf } from './contract/s3-bucket.ts';

/** A bucket whose next requests with a condition meet others that are under way. */
async function collidingBucket() {
  let collisions = 0;
  const { s3, world } = await bucketOf({ conflicts: () => collisions-- > 0 });
  const time = { now: () => world.now(), wait: async () => {} };
  const documents = s3Documents(s3, Bucket, time);
  const collide = (times: number) => {
    collisions = times;
  };
  return { documents, collide, now: world.now() };
}

it('a write and a removal that met another request are made again, and are not taken for lost ones', async () => {
  const { documents, collide } = await collidingBucket();
  collide(2);
  const etag = await documents.write('k', 'text', null);
  expect(etag).not.toBe(null);
  collide(2);
  await documents.remove('k', etag as string);
  expect(await documents.list('k')).toEqual([]);
});

it('a write that meets others without end is lost to them', async () => {
  const { documents, collide } = await collidingBucket();
  collide(3);
  expect(await documents.write('k', 'text', null)).toBe(null);
});

it('the lock that its holder releases in that moment is taken, and is released past whoever asks for it', async () => {
  const { documents, collide, now } = await collidingBucket();
  const lock = lockOf(emptyAccount(documents, now), 'main', 'a', 60_000);
  collide(1);
  expect(await lock.hold()).toBe(true);
  collide(1);
  await lock.release();
  expect(await documents.list('clusters/main/')).toEqual([]);
});
