/** An installation whose bucket is a double, and a program whose context it is, for each test of a file. */
import { afterEach, beforeEach } from 'vitest';
import { type BucketDouble, openBucketDouble } from './bucket-double.ts';
import { chooseContext, type ProgramDouble, programDouble } from './program-double.ts';

interface InBucket {
  bucket: BucketDouble;
  program: ProgramDouble;
}

/** Registers the hooks of the file or group that calls it. @returns how to get at both in the test that runs */
export function bucketOfEachTest(): () => InBucket {
  let current: InBucket;
  beforeEach(async () => {
    current = { bucket: await openBucketDouble(), program: programDouble() };
    await chooseContext(current.program, current.bucket.endpoint);
  });
  afterEach(() => current.bucket.close());
  return () => current;
}
