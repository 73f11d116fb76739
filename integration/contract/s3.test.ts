/** S3 as the AWS SDK sees it: conditional writes, reads, versions, lists. */
import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { Bucket, bucketOf, status } from './s3-bucket.ts';

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
