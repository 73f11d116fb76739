/** S3 as the AWS SDK sees it: conditional writes, versions, lists, bodies of every form, settings, events. */
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
  DeleteObjectCommand,
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
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutPublicAccessBlockCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type StartOptions, startCloud } from './harness.ts';

const Bucket = 'bbf-000000000000-us-east-1';
const DAY_MS = 24 * 60 * 60_000;

async function bucketOf(options: StartOptions & { versioned?: boolean } = {}) {
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

const status = (httpStatusCode: number, name?: string) => ({ $metadata: { httpStatusCode }, ...(name && { name }) });

describe('conditional writes', () => {
  it('create once with If-None-Match: *, again after a delete', async () => {
    const { s3, put } = await bucketOf();
    await put('k', 'a', { IfNoneMatch: '*' });
    await expect(put('k', 'b', { IfNoneMatch: '*' })).rejects.toMatchObject(status(412, 'PreconditionFailed'));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    await put('k', 'c', { IfNoneMatch: '*' });
  });
  it('replace what was read, and nothing else', async () => {
    const { s3, put, text } = await bucketOf();
    const { ETag } = await put('k', 'a');
    const { ETag: second } = await put('k', 'b', { IfMatch: ETag });
    await expect(put('k', 'c', { IfMatch: ETag })).rejects.toMatchObject(status(412, 'PreconditionFailed'));
    expect(await text('k')).toBe('b');
    await expect(put('absent', 'x', { IfMatch: ETag })).rejects.toMatchObject(status(404, 'NoSuchKey'));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    await expect(put('k', 'd', { IfMatch: second })).rejects.toMatchObject(status(404, 'NoSuchKey'));
  });
  it('let exactly one of twenty concurrent writers win', async () => {
    const { put, text } = await bucketOf();
    const { ETag } = await put('k', 'start');
    const writers = Array.from({ length: 20 }, (_, n) => put('k', `writer ${n}`, { IfMatch: ETag }));
    const outcomes = await Promise.allSettled(writers);
    const winners = outcomes.flatMap(({ status: fate }, n) => (fate === 'fulfilled' ? [n] : []));
    expect(winners).toHaveLength(1);
    expect(await text('k')).toBe(`writer ${winners[0]}`);
  });
  it('delete what was read, and nothing else', async () => {
    const { s3, put } = await bucketOf();
    const { ETag } = await put('k', 'a');
    const remove = (IfMatch: string) => s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', IfMatch }));
    await expect(remove('"other"')).rejects.toMatchObject(status(412, 'PreconditionFailed'));
    await remove(ETag ?? '');
    await expect(remove('*')).rejects.toMatchObject(status(404, 'NoSuchKey'));
  });
  it('answer 409 when the seam says that another request is under way', async () => {
    let conflicts = false;
    const { put } = await bucketOf({ conflicts: () => conflicts });
    const { ETag } = await put('k', 'a');
    conflicts = true;
    await expect(put('k', 'b', { IfMatch: ETag })).rejects.toMatchObject(status(409, 'ConditionalRequestConflict'));
    await put('k', 'unconditional');
  });
  it('hold for copies too', async () => {
    const { s3, put } = await bucketOf();
    await put('from', 'a');
    await put('to', 'b');
    const copy = (more: object) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from`, ...more }));
    await expect(copy({ IfNoneMatch: '*' })).rejects.toMatchObject(status(412));
    await expect(copy({ CopySourceIfMatch: '"other"' })).rejects.toMatchObject(status(412));
    await copy({});
  });
});

describe('reads', () => {
  it('answer 304 for the ETag that the client has, 412 for one it must have', async () => {
    const { s3, put } = await bucketOf();
    const { ETag } = await put('k', 'a');
    const get = (more: object) => s3.send(new GetObjectCommand({ Bucket, Key: 'k', ...more }));
    await expect(get({ IfNoneMatch: ETag })).rejects.toMatchObject(status(304));
    await expect(get({ IfMatch: '"other"' })).rejects.toMatchObject(status(412));
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'k', IfNoneMatch: ETag }))).rejects.toMatchObject(
      status(304),
    );
    expect((await get({ IfNoneMatch: '"other"' })).ETag).toBe(ETag);
  });
  it('give back metadata, headers, times in whole seconds, and ranges', async () => {
    const { s3, put, text, world } = await bucketOf();
    world.advance(1234);
    await put('dir/ä b+c.txt', '0123456789', {
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { writeid: 'x-1' },
    });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'dir/ä b+c.txt' }));
    expect(head).toMatchObject({
      ContentLength: 10,
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { writeid: 'x-1' },
      ETag: `"${createHash('md5').update('0123456789').digest('hex')}"`,
      ServerSideEncryption: 'AES256',
    });
    expect(head.LastModified?.getTime()).toBe(Math.floor(world.now() / 1000) * 1000);
    const ranges = { 'bytes=2-4': '234', 'bytes=8-': '89', 'bytes=-3': '789', 'bytes=5-99': '56789' };
    for (const [Range, expected] of Object.entries(ranges))
      expect(await text('dir/ä b+c.txt', { Range })).toBe(expected);
    await expect(text('dir/ä b+c.txt', { Range: 'bytes=10-' })).rejects.toMatchObject(status(416, 'InvalidRange'));
  });
  it('name what is missing', async () => {
    const { s3, text } = await bucketOf();
    await expect(text('absent')).rejects.toMatchObject({ ...status(404, 'NoSuchKey'), Key: 'absent' });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'absent' }))).rejects.toMatchObject(
      status(404, 'NotFound'),
    );
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' }))).rejects.toMatchObject(
      status(404, 'NotFound'),
    );
    const list = s3.send(new ListObjectsV2Command({ Bucket: 'no-such-bucket' }));
    await expect(list).rejects.toMatchObject(status(404, 'NoSuchBucket'));
  });
});

describe('versions', () => {
  it('stay readable behind later ones and behind a delete marker', async () => {
    const { s3, put, text } = await bucketOf();
    const first = await put('k', 'a');
    const second = await put('k', 'b');
    const { DeleteMarker, VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    expect(DeleteMarker).toBe(true);
    await expect(text('k')).rejects.toMatchObject(status(404));
    expect(await text('k', { VersionId: first.VersionId })).toBe('a');
    await expect(text('k', { VersionId })).rejects.toMatchObject(status(405, 'MethodNotAllowed'));
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'k' }));
    expect(listed.Versions?.map((one) => [one.VersionId, one.IsLatest])).toEqual([
      [second.VersionId, false],
      [first.VersionId, false],
    ]);
    expect(listed.DeleteMarkers).toMatchObject([{ VersionId, IsLatest: true }]);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId }));
    expect(await text('k')).toBe('b');
  });
  it('are listed page by page', async () => {
    const { s3, put } = await bucketOf();
    for (let n = 0; n < 5; n++) await put('k', `${n}`);
    const seen: (string | undefined)[] = [];
    let marker = {};
    for (let page = 0; page < 3; page++) {
      const listed = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2, ...marker }));
      seen.push(...(listed.Versions ?? []).map((one) => one.VersionId));
      expect(listed.IsTruncated).toBe(page < 2);
      marker = { KeyMarker: listed.NextKeyMarker, VersionIdMarker: listed.NextVersionIdMarker };
    }
    expect(new Set(seen).size).toBe(5);
  });
  it('are overwritten where versioning is off', async () => {
    const { s3, put } = await bucketOf({ versioned: false });
    const { VersionId } = await put('k', 'a');
    expect(VersionId).toBeUndefined();
    await put('k', 'b');
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(listed.Versions).toMatchObject([{ VersionId: 'null', Size: 1 }]);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });
});

describe('lists', () => {
  it('show keys in byte order, folders once, and pages without gap or overlap', async () => {
    const { s3, put } = await bucketOf();
    const keys = ['b', 'a/1', 'a/2', 'a-', 'ä', 'c/x/y', 'a', '\u{1F600}', '\uFFFD'];
    for (const key of keys) await put(key, key);
    const all = await s3.send(new ListObjectsV2Command({ Bucket }));
    const sorted = [...keys].sort((one, two) => Buffer.compare(Buffer.from(one), Buffer.from(two)));
    expect(all.Contents?.map(({ Key }) => Key)).toEqual(sorted);
    const top = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(top.CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'c/' }]);
    expect(top.KeyCount).toBe(8);
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page: import('@aws-sdk/client-s3').ListObjectsV2CommandOutput = await s3.send(
        new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 1, ContinuationToken }),
      );
      seen.push(
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      );
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(seen).toEqual(['a', 'a-', 'a/', 'b', 'c/', 'ä', '\uFFFD', '\u{1F600}']);
    const after = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: 'a/1', Prefix: 'a' }));
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(['a/2']);
    const encoded = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'ä', EncodingType: 'url' }));
    expect(encoded.Contents?.map(({ Key }) => Key)).toEqual(['%C3%A4']);
  });
});

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
