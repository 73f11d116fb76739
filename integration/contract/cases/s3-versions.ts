/** S3, versions of objects and delete markers. */
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import { of, outcome } from '../case.ts';
import { Bucket, bucketIn } from '../s3-bucket.ts';

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
