/** S3, requests with conditions: what a person, a build and the reconciler rely on when they write one document at once. */
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { of, outcome } from '../case.ts';
import { Bucket, bucketIn } from '../s3-bucket.ts';

const WRITERS = 20;
/** Of no object here. */
const OTHER = '"0123456789abcdef0123456789abcdef"';

/** How many of the outcomes there are of each kind. */
async function tally(calls: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const one of await Promise.all(calls.map(outcome))) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

/** As in the user guide, "Enforce conditional writes on Amazon S3 buckets". */
const enforcing = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: `arn:aws:s3:::${Bucket}/clusters/*/cluster.json`,
      Condition: {
        Null: { 's3:if-match': 'true', 's3:if-none-match': 'true' },
        Bool: { 's3:ObjectCreationOperation': 'true' },
      },
    },
  ],
});

export const s3EnforcedWrites = of('S3 enforced conditional write', [
  {
    name: 'refuses what has no condition, and takes what has one',
    documented: ['403 AccessDenied', 'done', '403 AccessDenied', 'done', 'done'],
    async ask(cloud) {
      const { put } = await bucketIn(cloud);
      await cloud.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: enforcing }));
      const key = 'clusters/main/cluster.json';
      const first = await outcome(put(key, 'a'));
      const made = await outcome(put(key, 'a', { IfNoneMatch: '*' }));
      const again = await outcome(put(key, 'b'));
      const { ETag } = await cloud.s3.send(new HeadObjectCommand({ Bucket, Key: key }));
      const matched = await outcome(put(key, 'b', { IfMatch: ETag }));
      return [first, made, again, matched, await outcome(put('clusters/main/status.json', 'c'))];
    },
  },
  {
    name: 'refuses a copy as well',
    documented: '403 AccessDenied',
    async ask(cloud) {
      const { put, s3 } = await bucketIn(cloud);
      await put('source', 'a');
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: enforcing }));
      const copy = { Bucket, Key: 'clusters/main/cluster.json', CopySource: `${Bucket}/source` };
      return outcome(s3.send(new CopyObjectCommand(copy)));
    },
  },
]);

export const s3ConditionalWrites = of('S3 conditional write', [
  {
    name: 'PUT If-None-Match: * makes what is not there',
    documented: ['done', 'a'],
    async ask(cloud) {
      const { put, text } = await bucketIn(cloud);
      return [await outcome(put('k', 'a', { IfNoneMatch: '*' })), await text('k')];
    },
  },
  {
    name: 'PUT If-None-Match: * leaves alone what is there',
    documented: ['412 PreconditionFailed', 'a'],
    async ask(cloud) {
      const { put, text } = await bucketIn(cloud);
      await put('k', 'a');
      return [await outcome(put('k', 'b', { IfNoneMatch: '*' })), await text('k')];
    },
  },
  {
    name: 'PUT If-None-Match: * takes a delete marker for nothing',
    documented: ['done', 'b'],
    async ask(cloud) {
      const { put, text, remove } = await bucketIn(cloud);
      await put('k', 'a');
      await remove('k');
      return [await outcome(put('k', 'b', { IfNoneMatch: '*' })), await text('k')];
    },
  },
  {
    name: 'PUT If-Match replaces what has that ETag',
    documented: ['done', 'b'],
    async ask(cloud) {
      const { put, text } = await bucketIn(cloud);
      const { ETag } = await put('k', 'a');
      return [await outcome(put('k', 'b', { IfMatch: ETag })), await text('k')];
    },
  },
  {
    name: 'PUT If-Match leaves alone what has another ETag by now',
    documented: ['412 PreconditionFailed', 'b'],
    async ask(cloud) {
      const { put, text } = await bucketIn(cloud);
      const { ETag } = await put('k', 'a');
      await put('k', 'b');
      return [await outcome(put('k', 'c', { IfMatch: ETag })), await text('k')];
    },
  },
  {
    name: 'PUT If-Match of a key that never was',
    documented: '404 NoSuchKey',
    async ask(cloud) {
      const { put } = await bucketIn(cloud);
      return outcome(put('k', 'a', { IfMatch: OTHER }));
    },
  },
  {
    name: 'PUT If-Match of what has been deleted',
    documented: '404 NoSuchKey',
    async ask(cloud) {
      const { put, remove } = await bucketIn(cloud);
      const { ETag } = await put('k', 'a');
      await remove('k');
      return outcome(put('k', 'b', { IfMatch: ETag }));
    },
  },
  {
    name: 'PUT If-Match in a bucket without versions',
    documented: ['done', '412 PreconditionFailed'],
    async ask(cloud) {
      const { put } = await bucketIn(cloud, false);
      const { ETag } = await put('k', 'a');
      return [await outcome(put('k', 'b', { IfMatch: ETag })), await outcome(put('k', 'c', { IfMatch: ETag }))];
    },
  },
  {
    name: 'PUT If-Match by twenty writers at once lets one win',
    documented: { done: 1, '412 PreconditionFailed': WRITERS - 1 },
    async ask(cloud) {
      const { put } = await bucketIn(cloud);
      const { ETag } = await put('k', 'start');
      return tally(Array.from({ length: WRITERS }, (_, n) => put('k', `writer ${n}`, { IfMatch: ETag })));
    },
  },
  {
    name: 'PUT If-None-Match: * by twenty writers at once lets one win',
    documented: { done: 1, '412 PreconditionFailed': WRITERS - 1 },
    async ask(cloud) {
      const { put } = await bucketIn(cloud);
      return tally(Array.from({ length: WRITERS }, (_, n) => put('k', `writer ${n}`, { IfNoneMatch: '*' })));
    },
  },
  {
    name: 'COPY If-None-Match: * leaves alone what is there',
    documented: '412 PreconditionFailed',
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      await put('from', 'a');
      await put('to', 'b');
      const copy = { Bucket, Key: 'to', CopySource: `${Bucket}/from`, IfNoneMatch: '*' };
      return outcome(s3.send(new CopyObjectCommand(copy)));
    },
  },
  {
    name: 'COPY of a source that has another ETag',
    documented: '412 PreconditionFailed',
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      await put('from', 'a');
      const copy = { Bucket, Key: 'to', CopySource: `${Bucket}/from`, CopySourceIfMatch: OTHER };
      return outcome(s3.send(new CopyObjectCommand(copy)));
    },
  },
  {
    name: 'the end of an upload in parts, If-None-Match: *, leaves alone what is there',
    documented: '412 PreconditionFailed',
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      const Key = 'k';
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      const part = { Bucket, Key, UploadId, PartNumber: 1 };
      const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: 'b' }));
      await put(Key, 'a');
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      const completion = { Bucket, Key, UploadId, MultipartUpload, IfNoneMatch: '*' };
      return outcome(s3.send(new CompleteMultipartUploadCommand(completion)));
    },
  },
]);

export const s3ConditionalDeletes = of('S3 conditional delete', [
  {
    name: 'DELETE If-Match of what has that ETag',
    documented: ['done', '404 NoSuchKey'],
    async ask(cloud) {
      const { put, text, remove } = await bucketIn(cloud);
      const { ETag } = await put('k', 'a');
      return [await outcome(remove('k', { IfMatch: ETag })), await outcome(text('k'))];
    },
  },
  {
    name: 'DELETE If-Match leaves alone what has another ETag',
    documented: ['412 PreconditionFailed', 'b'],
    async ask(cloud) {
      const { put, text, remove } = await bucketIn(cloud);
      const { ETag } = await put('k', 'a');
      await put('k', 'b');
      return [await outcome(remove('k', { IfMatch: ETag })), await text('k')];
    },
  },
  {
    name: 'DELETE If-Match: * of what is there',
    documented: 'done',
    async ask(cloud) {
      const { put, remove } = await bucketIn(cloud);
      await put('k', 'a');
      return outcome(remove('k', { IfMatch: '*' }));
    },
  },
  {
    name: 'DELETE If-Match of what has been deleted',
    documented: '404 NoSuchKey',
    async ask(cloud) {
      const { put, remove } = await bucketIn(cloud);
      const { ETag } = await put('k', 'a');
      await remove('k');
      return outcome(remove('k', { IfMatch: ETag }));
    },
  },
  {
    name: 'DELETE of many keys checks the ETag of each',
    documented: { deleted: ['a'], refused: [['b', 'PreconditionFailed']], left: 'done' },
    async ask(cloud) {
      const { s3, put, text } = await bucketIn(cloud);
      const { ETag } = await put('a', 'a');
      await put('b', 'b');
      const Objects = [
        { Key: 'a', ETag },
        { Key: 'b', ETag },
      ];
      const { Deleted = [], Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      const deleted = Deleted.map(({ Key }) => Key);
      return { deleted, refused: Errors.map(({ Key, Code }) => [Key, Code]), left: await outcome(text('b')) };
    },
  },
]);

export const s3ConditionalReads = of('S3 conditional read', [
  {
    name: 'GET and HEAD If-None-Match of what the client has',
    documented: [304, 304],
    async ask(cloud) {
      const { s3, put } = await bucketIn(cloud);
      const { ETag } = await put('k', 'a');
      const asked = { Bucket, Key: 'k', IfNoneMatch: ETag };
      const statusOf = (call: Promise<unknown>) => call.catch(({ $metadata }) => $metadata.httpStatusCode);
      return [
        await statusOf(s3.send(new GetObjectCommand(asked))),
        await statusOf(s3.send(new HeadObjectCommand(asked))),
      ];
    },
  },
  {
    name: 'GET If-None-Match of what is another by now',
    documented: 'b',
    async ask(cloud) {
      const { put, text } = await bucketIn(cloud);
      const { ETag } = await put('k', 'a');
      await put('k', 'b');
      return text('k', { IfNoneMatch: ETag });
    },
  },
  {
    name: 'GET If-Match of what is another by now',
    documented: '412 PreconditionFailed',
    async ask(cloud) {
      const { put, text } = await bucketIn(cloud);
      const { ETag } = await put('k', 'a');
      await put('k', 'b');
      return outcome(text('k', { IfMatch: ETag }));
    },
  },
]);
