/** A bucket to test with, and short ways to write, read and expect errors. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type StartOptions, startCloud } from './harness.ts';

export const Bucket = 'bbf-000000000000-us-east-1';

/** A local cloud with the bucket `Bucket` in it, versioned unless told otherwise. */
export async function bucketOf({ versioned = true, ...options }: StartOptions & { versioned?: boolean } = {}) {
  const cloud = await startCloud(options);
  return { ...cloud, ...(await bucketIn(cloud, versioned)) };
}

/** Makes `Bucket` in any cloud. */
export async function bucketIn({ s3 }: { s3: S3Client }, versioned = true) {
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (versioned) {
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  const put = (Key: string, Body: PutObjectCommandInput['Body'], more: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const text = async (Key: string, more: object = {}) =>
    (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();
  const remove = (Key: string, more: object = {}) => s3.send(new DeleteObjectCommand({ Bucket, Key, ...more }));
  return { s3, put, text, remove };
}

/** What an error of the SDK must hold. */
export const status = (httpStatusCode: number, name?: string) => ({
  $metadata: { httpStatusCode },
  ...(name && { name }),
});
