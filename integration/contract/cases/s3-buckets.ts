/** S3, buckets, their settings, and uploads in parts. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { of, outcome } from '../case.ts';
import { Bucket, bucketIn } from '../s3-bucket.ts';

export const s3Buckets = of('S3 bucket', [
  {
    name: 'is found, listed, and in us-east-1 has no location',
    documented: { region: 'us-east-1', location: undefined, listed: [Bucket] },
    async ask(cloud) {
      const { s3 } = await bucketIn(cloud);
      const { BucketRegion: region } = await s3.send(new HeadBucketCommand({ Bucket }));
      const { LocationConstraint: location } = await s3.send(new GetBucketLocationCommand({ Bucket }));
      const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
      return { region, location, listed: Buckets.map(({ Name }) => Name) };
    },
  },
  {
    name: 'is made a second time by its owner without error in us-east-1',
    documented: 'done',
    async ask(cloud) {
      const { s3 } = await bucketIn(cloud);
      return outcome(s3.send(new CreateBucketCommand({ Bucket })));
    },
  },
  {
    name: 'must have a name by the rules',
    documented: '400 InvalidBucketName',
    async ask({ s3 }) {
      return outcome(s3.send(new CreateBucketCommand({ Bucket: 'Bad_Name' })));
    },
  },
  {
    name: 'that is not there',
    documented: '404 NotFound',
    async ask({ s3 }) {
      return outcome(s3.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' })));
    },
  },
  {
    name: 'is not deleted while a version is in it, though every key is marked as deleted',
    documented: ['409 BucketNotEmpty', 'done'],
    async ask(cloud) {
      const { s3, put, remove } = await bucketIn(cloud);
      const { VersionId } = await put('k', 'a');
      const marker = await remove('k');
      const early = await outcome(s3.send(new DeleteBucketCommand({ Bucket })));
      await remove('k', { VersionId });
      await remove('k', { VersionId: marker.VersionId });
      return [early, await outcome(s3.send(new DeleteBucketCommand({ Bucket })))];
    },
  },
  {
    name: 'says whether it keeps versions',
    documented: [undefined, 'Enabled', 'Suspended'],
    async ask(cloud) {
      const { s3 } = await bucketIn(cloud, false);
      const seen = [];
      for (const Status of [undefined, 'Enabled', 'Suspended'] as const) {
        if (Status) await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
        seen.push((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status);
      }
      return seen;
    },
  },
  {
    name: 'blocks public access, encrypts and enforces its owner from the start',
    documented: { block: true, encryption: 'AES256', owner: 'BucketOwnerEnforced' },
    async ask(cloud) {
      const { s3 } = await bucketIn(cloud);
      const access = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      const ownership = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
      const [rule] = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
      return {
        block: Object.values(access.PublicAccessBlockConfiguration ?? { none: false }).every(Boolean),
        encryption: rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
        owner: ownership.OwnershipControls?.Rules?.[0]?.ObjectOwnership,
      };
    },
  },
  {
    name: 'keeps its policy until that is deleted',
    documented: ['404 NoSuchBucketPolicy', 'same', '404 NoSuchBucketPolicy'],
    async ask(cloud) {
      const { s3 } = await bucketIn(cloud);
      const Statement = [
        { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/clusters/*` },
      ];
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
      const get = () => s3.send(new GetBucketPolicyCommand({ Bucket }));
      const before = await outcome(get());
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      const kept = (await get()).Policy === Policy ? 'same' : 'another';
      await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
      return [before, kept, await outcome(get())];
    },
  },
  {
    name: 'keeps its tags and its public access block',
    documented: { none: '404 NoSuchTagSet', tags: [{ Key: 'bbf:installation', Value: 'bbf' }], policies: false },
    async ask(cloud) {
      const { s3 } = await bucketIn(cloud);
      const none = await outcome(s3.send(new GetBucketTaggingCommand({ Bucket })));
      const TagSet = [{ Key: 'bbf:installation', Value: 'bbf' }];
      await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
      const PublicAccessBlockConfiguration = { BlockPublicAcls: true, BlockPublicPolicy: false };
      await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
      const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      const { TagSet: tags } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
      return { none, tags, policies: block.PublicAccessBlockConfiguration?.BlockPublicPolicy };
    },
  },
  {
    name: 'keeps its lifecycle rules',
    documented: ['404 NoSuchLifecycleConfiguration', { NoncurrentDays: 30, NewerNoncurrentVersions: 1 }],
    async ask(cloud) {
      const { s3 } = await bucketIn(cloud);
      const get = () => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      const before = await outcome(get());
      const NoncurrentVersionExpiration = { NoncurrentDays: 30, NewerNoncurrentVersions: 1 };
      const Rules = [{ ID: 'old', Status: 'Enabled' as const, Filter: { Prefix: 'k' }, NoncurrentVersionExpiration }];
      await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
      return [before, (await get()).Rules?.[0]?.NoncurrentVersionExpiration];
    },
  },
  {
    name: 'sends events to EventBridge once told to',
    documented: [undefined, {}],
    async ask(cloud) {
      const { s3 } = await bucketIn(cloud);
      const get = async () =>
        (await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).EventBridgeConfiguration;
      const before = await get();
      const NotificationConfiguration = { EventBridgeConfiguration: {} };
      await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
      return [before, await get()];
    },
  },
]);

const Key = 'big';
const start = (cloud: Parameters<typeof bucketIn>[0]) =>
  cloud.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));

export const s3Uploads = of('S3 upload in parts', [
  {
    name: 'joins its parts by number, in whatever order they came',
    documented: { etag: true, length: 5 * 1024 * 1024 + 4, end: 'aatail' },
    async ask(cloud) {
      const { s3, text } = await bucketIn(cloud);
      const { UploadId } = await start(cloud);
      const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('tail')];
      const Parts = [];
      for (const PartNumber of [2, 1]) {
        const part = { Bucket, Key, UploadId, PartNumber, Body: bodies[PartNumber - 1] };
        Parts.unshift({ PartNumber, ETag: (await s3.send(new UploadPartCommand(part))).ETag });
      }
      const completion = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
      const { ETag = '' } = await s3.send(new CompleteMultipartUploadCommand(completion));
      const joined = (await text(Key)) ?? '';
      return { etag: /^"[0-9a-f]{32}-2"$/.test(ETag), length: joined.length, end: joined.slice(-6) };
    },
  },
  {
    name: 'needs 5 MiB in every part but the last',
    documented: '400 EntityTooSmall',
    async ask(cloud) {
      const { s3 } = await bucketIn(cloud);
      const { UploadId } = await start(cloud);
      const Parts = [];
      for (const PartNumber of [1, 2]) {
        const part = { Bucket, Key, UploadId, PartNumber, Body: 'small' };
        Parts.push({ PartNumber, ETag: (await s3.send(new UploadPartCommand(part))).ETag });
      }
      const completion = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
      return outcome(s3.send(new CompleteMultipartUploadCommand(completion)));
    },
  },
  {
    name: 'is no object before it is complete, and never when aborted',
    documented: ['404 NoSuchKey', '404 NoSuchUpload'],
    async ask(cloud) {
      const { s3, text } = await bucketIn(cloud);
      const { UploadId } = await start(cloud);
      const part = { Bucket, Key, UploadId, PartNumber: 1, Body: 'a' };
      await s3.send(new UploadPartCommand(part));
      await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      return [await outcome(text(Key)), await outcome(s3.send(new UploadPartCommand(part)))];
    },
  },
]);
