/** S3, objects, versions and lists. */
import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
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

export const s3Versions = of('S3 version', [
  {
    name: 'behind a later one stays readable by its id',
    documented: ['b', 'a'],
    async ask(cloud) {
      const { put, text } = await bucketIn(cloud);
      const { VersionId } = await put('k', 'a');
      await put('k', 'b');
      return [await text('k'), await text('k', { VersionId })];
    },
  },
  {
    name: 'behind a delete marker stays readable by its id, the marker hides it',
    documented: { marked: true, current: '404 NoSuchKey', before: 'a' },
    async ask(cloud) {
      const { put, text, remove } = await bucketIn(cloud);
      const { VersionId } = await put('k', 'a');
      const { DeleteMarker: marked } = await remove('k');
      return { marked, current: await outcome(text('k')), before: await text('k', { VersionId }) };
    },
  },
  {
    name: 'comes back when the delete marker before it is deleted',
    documented: 'a',
    async ask(cloud) {
      const { put, text, remove } = await bucketIn(cloud);
      await put('k', 'a');
      const { VersionId } = await remove('k');
      await remove('k', { VersionId });
      return text('k');
    },
  },
  {
    name: 'that is a delete marker can’t be read by its id',
    documented: '405 MethodNotAllowed',
    async ask(cloud) {
      const { put, text, remove } = await bucketIn(cloud);
      await put('k', 'a');
      const { VersionId } = await remove('k');
      return outcome(text('k', { VersionId }));
    },
  },
  {
    name: 'of what is not there: a delete is no error and leaves a marker',
    documented: ['done', 1],
    async ask(cloud) {
      const { s3, remove } = await bucketIn(cloud);
      const outcome_ = await outcome(remove('k'));
      return [outcome_, (await s3.send(new ListObjectVersionsCommand({ Bucket }))).DeleteMarkers?.length];
    },
  },
  {
    name: 'with an id that never was',
    documented: '404 NoSuchVersion',
    async ask(cloud) {
      const { put, text } = await bucketIn(cloud);
      const { VersionId = '' } = await put('k', 'a');
      await put('other', 'b');
      const unknown = VersionId.replace(/./g, (letter) => (letter === '-' ? letter : letter === '0' ? '1' : '0'));
      return outcome(text('k', { VersionId: unknown }));
    },
  },
  {
    name: 'is listed with the others, newest first, markers apart',
    documented: { versions: ['second', 'first'], latest: [false, false], markers: [true] },
    async ask(cloud) {
      const { s3, put, remove } = await bucketIn(cloud);
      const first = (await put('k', 'a')).VersionId;
      const second = (await put('k', 'b')).VersionId;
      await remove('k');
      const { Versions = [], DeleteMarkers = [] } = await s3.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: 'k' }),
      );
      const names = new Map([
        [first, 'first'],
        [second, 'second'],
      ]);
      return {
        versions: Versions.map(({ VersionId }) => names.get(VersionId)),
        latest: Versions.map(({ IsLatest }) => IsLatest),
        markers: DeleteMarkers.map(({ IsLatest }) => IsLatest),
      };
    },
  },
  {
    name: 'is listed once when the list comes in pages',
    documented: { pages: [2, 2, 1], distinct: 5 },
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      for (let n = 0; n < 5; n++) await put('k', `${n}`);
      const pages: number[] = [];
      const seen = new Set<string | undefined>();
      let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
      while (marker && pages.length < 5) {
        const page: ListObjectVersionsCommandOutput = await s3.send(
          new ListObjectVersionsCommand({ Bucket, MaxKeys: 2, ...marker }),
        );
        const { Versions = [], IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
        pages.push(Versions.length);
        for (const { VersionId } of Versions) seen.add(VersionId);
        marker = IsTruncated ? { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker } : undefined;
      }
      return { pages, distinct: seen.size };
    },
  },
  {
    name: 'is the only one, and "null", where versioning is off',
    documented: { answered: undefined, listed: [['null', 2]] },
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud, false);
      const { VersionId: answered } = await put('k', 'a');
      await put('k', 'bb');
      const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      return { answered, listed: Versions.map(({ VersionId, Size }) => [VersionId, Size]) };
    },
  },
  {
    name: 'goes for good in a deletion of many keys, others get markers',
    documented: [
      ['a', true],
      ['b', undefined],
    ],
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      await put('a', '1');
      const { VersionId } = await put('b', '2');
      const Objects = [{ Key: 'a' }, { Key: 'b', VersionId }];
      const { Deleted = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      return Deleted.map(({ Key, DeleteMarker }) => [Key, DeleteMarker || undefined]).sort();
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
