/** A bucket to test with, and short ways to write, read and expect errors. */
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { type StartOptions, startCloud } from './harness.ts';

export const Bucket = 'bbf-000000000000-us-east-1';

/** A cloud with the bucket `Bucket` in it, versioned unless told otherwise. */
export async function bucketOf(options: StartOptions & { versioned?: boolean } = {}) {
  const cloud = await startCloud(options);
  const { s3 } = cloud;
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (options.versioned ?? true) {
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  const put = (Key: string, Body: PutObjectCommandInput['Body'], more: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const text = async (Key: string, more: object = {}) =>
    (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();
  return { ...cloud, put, text };
}

/** What an error of the SDK must hold. */
export const status = (httpStatusCode: number, name?: string) => ({
  $metadata: { httpStatusCode },
  ...(name && { name }),
});
