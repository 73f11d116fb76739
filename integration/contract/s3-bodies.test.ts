/** S3 as the AWS SDK sees it: bodies of every form, uploads in parts, copies, and the settings of buckets. */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Bucket, bucketOf, status } from './s3-bucket.ts';

const DAY_MS = 24 * 60 * 60_000;

describe('bodies', () => {
  const algorithms = Object.values(ChecksumAlgorithm).filter((name) =>
    ['CRC32', 'CRC32C', 'SHA1', 'SHA256'].includes(name),
  );
  it.each(algorithms)('carry a checksum by %s that is verified, kept and given back', async (ChecksumAlgorithm) => {
    const { s3, put } = await bucketOf();
    await put('k', 'some text', { ChecksumAlgorithm });
    const found = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
    expect(await found.Body?.transformToString()).toBe('some text');
    expect(found[`Checksum${ChecksumAlgorithm}` as 'ChecksumCRC32']).toMatch(/=$/);
    const wrong = { [`Checksum${ChecksumAlgorithm}`]: found[`Checksum${ChecksumAlgorithm}` as 'ChecksumCRC32'] };
    await expect(put('k', 'other text', wrong)).rejects.toMatchObject(status(400, 'BadDigest'));
  });
  it('come as streams, in signed pieces or not', async () => {
    const { s3, put } = await bucketOf();
    const bytes = randomBytes(300_000);
    const pieces = Array.from({ length: 10 }, (_, n) => bytes.subarray(n * 30_000, (n + 1) * 30_000));
    await put('k', Readable.from(pieces), { ContentLength: bytes.length });
    const found = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    expect(Buffer.compare(Buffer.from((await found.Body?.transformToByteArray()) ?? []), bytes)).toBe(0);
    expect(found.ContentEncoding).toBeUndefined();
  });
  it('are empty without fuss', async () => {
    const { put, text } = await bucketOf();
    await put('k', '');
    expect(await text('k')).toBe('');
  });
  it('are checked against Content-MD5', async () => {
    const { put } = await bucketOf();
    const ContentMD5 = createHash('md5').update('other').digest('base64');
    await expect(put('k', 'text', { ContentMD5 })).rejects.toMatchObject(status(400, 'BadDigest'));
  });
});

describe('multipart uploads', () => {
  it('join their parts in order of number', async () => {
    const { s3, text } = await bucketOf();
    const Key = 'big';
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/x-big' }));
    const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('tail')];
    const Parts = [];
    for (const PartNumber of [2, 1]) {
      const Body = bodies[PartNumber - 1];
      const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      Parts.unshift({ PartNumber, ETag });
    }
    const MultipartUpload = { Parts };
    const done = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(await text(Key)).toBe(Buffer.concat(bodies).toString());
    const again = s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
    await expect(again).rejects.toMatchObject(status(404, 'NoSuchUpload'));
  });
  it('vanish when aborted', async () => {
    const { s3, text } = await bucketOf();
    const upload = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }));
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'k', UploadId: upload.UploadId }));
    await expect(text('k')).rejects.toMatchObject(status(404));
  });
});

describe('copies and mass deletion', () => {
  it('copy with metadata or with new', async () => {
    const { s3, put, text } = await bucketOf();
    await put('a b/ü', 'x', { Metadata: { one: '1' }, ContentType: 'text/x-one' });
    const CopySource = encodeURI(`${Bucket}/a b/ü`);
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'same', CopySource }));
    const replaced = { MetadataDirective: 'REPLACE' as const, Metadata: { two: '2' } };
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'new', CopySource, ...replaced }));
    const head = async (Key: string) => (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Metadata;
    expect(await text('same')).toBe('x');
    expect([await head('same'), await head('new')]).toEqual([{ one: '1' }, { two: '2' }]);
  });
  it('delete many keys, each with its own outcome', async () => {
    const { s3, put } = await bucketOf();
    await put('a', '1');
    const { VersionId } = await put('b', '2');
    const Objects = [{ Key: 'a' }, { Key: 'b', VersionId }, { Key: 'c', ETag: '"x"' }];
    const outcome = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(outcome.Deleted).toMatchObject([
      { Key: 'a', DeleteMarker: true },
      { Key: 'b', VersionId },
    ]);
    expect(outcome.Errors).toMatchObject([{ Key: 'c', Code: 'NoSuchKey' }]);
  });
});

describe('buckets', () => {
  it('are made, found, listed, and deleted when empty', async () => {
    const { s3, put } = await bucketOf();
    await s3.send(new CreateBucketCommand({ Bucket }));
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toMatchObject([{ Name: Bucket }]);
    expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('us-east-1');
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
    await put('k', 'a');
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject(status(409, 'BucketNotEmpty'));
    await expect(s3.send(new CreateBucketCommand({ Bucket: 'Bad_Name' }))).rejects.toMatchObject(
      status(400, 'InvalidBucketName'),
    );
  });
  it('keep their settings', async () => {
    const { s3 } = await bucketOf();
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject(
      status(404, 'NoSuchBucketPolicy'),
    );
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const }, BucketKeyEnabled: true }];
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(encryption.ServerSideEncryptionConfiguration).toEqual({ Rules });
    const PublicAccessBlockConfiguration = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: true,
    };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(block.PublicAccessBlockConfiguration).toEqual(PublicAccessBlockConfiguration);
    const TagSet = [{ Key: 'bbf:installation', Value: 'bbf' }];
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(TagSet);
    const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] };
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    const ownership = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    expect(ownership.OwnershipControls).toEqual(OwnershipControls);
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
  });
  it('end what has outlived their lifecycle rules', async () => {
    const { s3, put, advance, text } = await bucketOf();
    const rule = { ID: 'old', Status: 'Enabled' as const, Filter: { Prefix: 'k' } };
    const Rules = [{ ...rule, NoncurrentVersionExpiration: { NoncurrentDays: 30, NewerNoncurrentVersions: 1 } }];
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
    const kept = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(kept.Rules).toEqual(Rules);
    for (const body of ['a', 'b', 'c', 'd']) await put('k', body);
    await advance(29 * DAY_MS);
    const versions = async () => (await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions?.length;
    expect(await versions()).toBe(4);
    await advance(3 * DAY_MS);
    expect(await versions()).toBe(2);
    expect(await text('k')).toBe('d');
  });
  it('refuse what the local cloud has not, loudly', async () => {
    const { s3, put } = await bucketOf();
    await expect(s3.send(new GetBucketAclCommand({ Bucket }))).rejects.toMatchObject(status(501, 'NotImplemented'));
    await expect(put('k', 'a', { StorageClass: 'GLACIER' })).rejects.toMatchObject(status(501, 'NotImplemented'));
  });
});

describe('notifications', () => {
  it('go to EventBridge when the bucket says so', async () => {
    const { s3 } = await bucketOf();
    const configured = async () =>
      (await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).EventBridgeConfiguration;
    expect(await configured()).toBeUndefined();
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    expect(await configured()).toEqual({});
  });
});
