/** S3, objects and lists of them. */
import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { of, outcome } from '../case.ts';
import { Bucket, bucketIn } from '../s3-bucket.ts';

export const s3Objects = of('S3 object', [
  {
    name: 'comes back with its headers, metadata, length, and the MD5 of its bytes as ETag',
    documented: {
      ContentLength: 10,
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { writeid: 'x-1' },
      ETag: `"${createHash('md5').update('0123456789').digest('hex')}"`,
      wholeSeconds: true,
    },
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      const Key = 'dir/ä b+c.txt';
      const stored = { ContentType: 'text/plain', CacheControl: 'no-store', Metadata: { writeid: 'x-1' } };
      await put(Key, '0123456789', stored);
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      const { ContentLength, ContentType, CacheControl, Metadata, ETag, LastModified } = head;
      const wholeSeconds = (LastModified?.getTime() ?? 1) % 1000 === 0;
      return { ContentLength, ContentType, CacheControl, Metadata, ETag, wholeSeconds };
    },
  },
  {
    name: 'is encrypted with S3’s own keys though nobody asked for it',
    documented: 'AES256',
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      await put('k', 'a');
      return (await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).ServerSideEncryption;
    },
  },
  {
    name: 'is read in ranges, a range beyond its end is refused',
    documented: ['234', '89', '789', '56789', '416 InvalidRange'],
    async ask(cloud) {
      const { put, text } = await bucketIn(cloud);
      await put('k', '0123456789');
      const read: unknown[] = [];
      for (const Range of ['bytes=2-4', 'bytes=8-', 'bytes=-3', 'bytes=5-99']) read.push(await text('k', { Range }));
      return [...read, await outcome(text('k', { Range: 'bytes=10-' }))];
    },
  },
  {
    name: 'that is not there is named in words of GET and of HEAD',
    documented: ['404 NoSuchKey', '404 NotFound'],
    async ask(cloud) {
      const { s3, text } = await bucketIn(cloud);
      return [await outcome(text('k')), await outcome(s3.send(new HeadObjectCommand({ Bucket, Key: 'k' })))];
    },
  },
  {
    name: 'may be empty',
    documented: '',
    async ask(cloud) {
      const { put, text } = await bucketIn(cloud);
      await put('k', '');
      return text('k');
    },
  },
  {
    name: 'is refused when its bytes are not those of Content-MD5',
    documented: '400 BadDigest',
    async ask(cloud) {
      const { put } = await bucketIn(cloud);
      const ContentMD5 = createHash('md5').update('other').digest('base64');
      return outcome(put('k', 'text', { ContentMD5 }));
    },
  },
  {
    name: 'is refused when its bytes are not those of its checksum',
    documented: '400 BadDigest',
    async ask(cloud) {
      const { put } = await bucketIn(cloud);
      const ChecksumSHA256 = createHash('sha256').update('other').digest('base64');
      return outcome(put('k', 'text', { ChecksumSHA256 }));
    },
  },
  {
    name: 'keeps the checksum that it came with',
    documented: createHash('sha256').update('text').digest('base64'),
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      await put('k', 'text', { ChecksumAlgorithm: 'SHA256' });
      return (await s3.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }))).ChecksumSHA256;
    },
  },
  {
    name: 'is copied with its metadata, or with new ones',
    documented: ['x', { one: '1' }, { two: '2' }],
    async ask(cloud) {
      const { s3, put, text } = await bucketIn(cloud);
      await put('a b/ü', 'x', { Metadata: { one: '1' } });
      const CopySource = encodeURI(`${Bucket}/a b/ü`);
      await s3.send(new CopyObjectCommand({ Bucket, Key: 'same', CopySource }));
      const replaced = { MetadataDirective: 'REPLACE' as const, Metadata: { two: '2' } };
      await s3.send(new CopyObjectCommand({ Bucket, Key: 'new', CopySource, ...replaced }));
      const head = async (Key: string) => (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Metadata;
      return [await text('same'), await head('same'), await head('new')];
    },
  },
  {
    name: 'is not copied onto itself without a change',
    documented: '400 InvalidRequest',
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      await put('k', 'a');
      return outcome(s3.send(new CopyObjectCommand({ Bucket, Key: 'k', CopySource: `${Bucket}/k` })));
    },
  },
]);

export const s3Lists = of('S3 list', [
  {
    name: 'has the keys in the order of their UTF-8 bytes',
    documented: ['a', 'a-', 'a/1', 'b', 'ä', '\uFFFD', '\u{1F600}'],
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      for (const key of ['b', 'a/1', 'a-', 'ä', 'a', '\u{1F600}', '\uFFFD']) await put(key, key);
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key }) => Key);
    },
  },
  {
    name: 'has what is behind a delimiter once, as a prefix',
    documented: { keys: ['a', 'b'], prefixes: ['a/', 'c/'], count: 4 },
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      for (const key of ['a', 'a/1', 'a/2', 'b', 'c/x/y']) await put(key, key);
      const {
        Contents = [],
        CommonPrefixes = [],
        KeyCount: count,
      } = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
      return { keys: Contents.map(({ Key }) => Key), prefixes: CommonPrefixes.map(({ Prefix }) => Prefix), count };
    },
  },
  {
    name: 'comes in pages without gap or overlap',
    documented: ['a', 'a-', 'a/', 'b', 'c/'],
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      for (const key of ['a', 'a-', 'a/1', 'a/2', 'b', 'c/x/y']) await put(key, key);
      const seen: unknown[] = [];
      let ContinuationToken: string | undefined;
      do {
        const asked = { Bucket, Delimiter: '/', MaxKeys: 1, ContinuationToken };
        const page: ListObjectsV2CommandOutput = await s3.send(new ListObjectsV2Command(asked));
        seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
        seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken && seen.length < 10);
      return seen;
    },
  },
  {
    name: 'begins after a key, within a prefix',
    documented: ['a/2'],
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      for (const key of ['a/1', 'a/2', 'b']) await put(key, key);
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: 'a/1', Prefix: 'a' }));
      return Contents.map(({ Key }) => Key);
    },
  },
  {
    name: 'has its keys percent-encoded on request',
    documented: ['%C3%A4'],
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      await put('ä', 'a');
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
      return Contents.map(({ Key }) => Key);
    },
  },
  {
    name: 'leaves out what is behind a delete marker',
    documented: ['b'],
    async ask(cloud) {
      const { s3, put, remove } = await bucketIn(cloud);
      await put('a', '1');
      await put('b', '2');
      await remove('a');
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key }) => Key);
    },
  },
  {
    name: 'of a bucket that is not there',
    documented: '404 NoSuchBucket',
    async ask({ s3 }) {
      return outcome(s3.send(new ListObjectsV2Command({ Bucket: 'no-such-bucket' })));
    },
  },
]);
