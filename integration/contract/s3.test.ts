/** S3 as only the local cloud can be asked: the seam for conflicts, bodies in every form, days that pass, what it refuses. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  ChecksumAlgorithm,
  GetBucketAclCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Bucket, bucketOf, status } from './s3-bucket.ts';

describe('conditional writes', () => {
  it('answer 409 when the seam says that another request is under way', async () => {
    let conflicts = false;
    const { put } = await bucketOf({ conflicts: () => conflicts });
    const { ETag } = await put('k', 'a');
    conflicts = true;
    await expect(put('k', 'b', { IfMatch: ETag })).rejects.toMatchObject(status(409, 'ConditionalRequestConflict'));
    await put('k', 'unconditional');
  });
});

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
});

describe('buckets', () => {
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
