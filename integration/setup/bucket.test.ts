import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type ServerSideEncryptionByDefault,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import { programPath } from '../../cli/program-path.ts';
import { ACCESS_PREFIX, AUTHORITY_KEY, bundleKey, clusterKey } from '../../config-schema/keys.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';
import { BUCKET, run, setup } from './person.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

const Bucket = BUCKET;
const policy = async () =>
  JSON.parse((await world.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy ?? '{}') as {
    Statement: { Sid: string }[];
  };
const sids = async () => (await policy()).Statement.map(({ Sid }) => Sid);

describe('the bucket', () => {
  it('is private and tagged, and takes TLS only', async () => {
    await setup(world);
    const { PublicAccessBlockConfiguration: blocks } = await world.s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(Object.values(blocks ?? {})).toEqual([true, true, true, true]);
    expect(await sids()).toEqual(['TlsOnly', 'AuthorityForReconciler', 'BundlesOnce']);
    const { TagSet } = await world.s3.send(new GetBucketTaggingCommand({ Bucket }));
    expect(TagSet).toEqual([{ Key: 'bbf:installation', Value: 'other' }]);
  });

  it('that was there keeps what others set on it', async () => {
    await world.s3.send(new CreateBucketCommand({ Bucket }));
    const Statement = [
      { Sid: 'Theirs', Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::x/*' },
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await world.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const theirs = { ID: 'theirs', Status: 'Enabled' as const, Filter: { Prefix: 'x/' }, Expiration: { Days: 3 } };
    const LifecycleConfiguration = { Rules: [theirs] };
    await world.s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
    await world.s3.send(
      new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'team', Value: 'build' }] } }),
    );
    const { code, notes } = await setup(world, [`--bucket=${Bucket}`]);
    expect(code).toBe(0);
    expect(notes).toContain(`bucket ${Bucket} is there, and will change:\n`);
    expect(notes).toMatch(/^ {2}policy +requests without TLS will be refused$/m);
    expect(notes).toMatch(/^ {2}tagging +bbf:installation=other$/m);
    expect(await sids()).toEqual(['Theirs', 'TlsOnly', 'AuthorityForReconciler', 'BundlesOnce']);
    const { Rules } = await world.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules?.map(({ ID, Filter }) => [ID, Filter?.Prefix])).toEqual([
      ['theirs', 'x/'],
      ['bbf-old-clusters', 'clusters/'],
      ['bbf-old-access', 'access/'],
    ]);
    const { TagSet } = await world.s3.send(new GetBucketTaggingCommand({ Bucket }));
    expect(TagSet).toContainEqual({ Key: 'team', Value: 'build' });
  });
});

describe('the bucket of another installation', () => {
  it('stays its own: nothing of it is changed, and nothing is made', async () => {
    await setup(world);
    const before = await policy();
    const { code, notes } = await run(world, ['setup', '--name=third', `--bucket=${Bucket}`, '--yes']);
    expect(code).toBe(exitCodes.conflict);
    expect(notes).toContain(`bucket ${Bucket} is that of installation ${OTHER}, and not of third`);
    expect(notes).toContain('bbf setup --name=third --bucket=ANOTHER-NAME');
    expect(await policy()).toEqual(before);
    const { TagSet } = await world.s3.send(new GetBucketTaggingCommand({ Bucket }));
    expect(TagSet).toEqual([{ Key: 'bbf:installation', Value: OTHER }]);
  });
});

describe('the key of the certificate authority', () => {
  const read = (Key: string) =>
    world.s3.send(new GetObjectCommand({ Bucket, Key })).then(
      () => 'read',
      (error: Error) => error.name,
    );

  it('is for the reconciler alone: not for an administrator who may read every object', async () => {
    await world.s3.send(new CreateBucketCommand({ Bucket }));
    await world.s3.send(new PutObjectCommand({ Bucket, Key: AUTHORITY_KEY, Body: 'key' }));
    await setup(world);
    expect(await read(AUTHORITY_KEY)).toBe('AccessDenied');
    expect((await run(world, ['create', 'main', '--no-wait'])).code).toBe(0);
    expect(await read(clusterKey('main'))).toBe('read');
  });
});

describe('another certificate authority', () => {
  it.each([AUTHORITY_KEY, `${ACCESS_PREFIX}more.json`])(
    'is not put in its place by an administrator who may write every object: %s',
    async (Key) => {
      await world.s3.send(new CreateBucketCommand({ Bucket }));
      await world.s3.send(new PutObjectCommand({ Bucket, Key: 'theirs', Body: 'key' }));
      await setup(world);
      const upload = { Bucket, Key };
      const begun = await world.s3.send(new CreateMultipartUploadCommand(upload));
      const part = { ...upload, UploadId: begun.UploadId, PartNumber: 1 };
      const { ETag } = await world.s3.send(new UploadPartCommand({ ...part, Body: 'key' }));
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
      const refused = { name: 'AccessDenied' };
      await expect(world.s3.send(new PutObjectCommand({ ...upload, Body: 'key' }))).rejects.toMatchObject(refused);
      const copy = new CopyObjectCommand({ ...upload, CopySource: `${Bucket}/theirs` });
      await expect(world.s3.send(copy)).rejects.toMatchObject(refused);
      const completion = new CompleteMultipartUploadCommand({ ...upload, UploadId: begun.UploadId, MultipartUpload });
      await expect(world.s3.send(completion)).rejects.toMatchObject(refused);
    },
  );
});

describe('the reconciler’s bundle', () => {
  let zip: Buffer;
  let Key: string;
  beforeEach(() => {
    zip = readFileSync(programPath(world.program.settings.program, 'reconciler.zip'));
    Key = bundleKey(createHash('sha256').update(zip).digest('hex'));
  });
  const code = async () => {
    const { Body } = await world.s3.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  const write = (Body: string, more: Partial<PutObjectCommandInput> = {}) =>
    world.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more })).then(
      () => 'written',
      (error: Error) => error.name,
    );

  it('that somebody else put under its name is not run', async () => {
    await world.s3.send(new CreateBucketCommand({ Bucket }));
    await write('theirs');
    const refused = await setup(world);
    expect(refused.code).toBe(exitCodes.configuration);
    expect(refused.notes).toContain(`${Key} in bucket ${Bucket} is not this bbf's`);
    expect(refused.notes).toContain(createHash('sha256').update('theirs').digest('hex'));
    expect(refused.notes).toContain(`aws s3 rm s3://${Bucket}/${Key}`);
    await world.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    expect((await setup(world)).code).toBe(0);
    expect((await code()).equals(zip)).toBe(true);
  });

  it('is never written over', async () => {
    await setup(world);
    expect(await write('theirs')).toBe('AccessDenied');
    const { ETag: IfMatch } = await world.s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(await write('theirs', { IfMatch })).toBe('AccessDenied');
    expect(await write('theirs', { IfNoneMatch: '*' })).toBe('PreconditionFailed');
    expect((await setup(world)).code).toBe(0);
    expect((await code()).equals(zip)).toBe(true);
  });
});

describe('a bucket that is encrypted', () => {
  const encrypt = async (ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault) => {
    await world.s3.send(new CreateBucketCommand({ Bucket }));
    const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
    await world.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  };

  it('by a key that bbf’s roles may not use is refused before anything is made', async () => {
    await encrypt({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn:aws:kms:us-east-1:000000000000:key/1234' });
    const { code, notes } = await setup(world);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain('is encrypted by the KMS key arn:aws:kms:us-east-1:000000000000:key/1234');
    await expect(sids()).rejects.toThrow();
  });

  it.each([{ SSEAlgorithm: 'aws:kms' as const }, { SSEAlgorithm: 'AES256' as const }])(
    'by a key of S3 stays so: %j',
    async (encryption) => {
      await encrypt(encryption);
      expect((await setup(world)).code).toBe(0);
      const found = await world.s3.send(new GetBucketEncryptionCommand({ Bucket }));
      const [rule] = found.ServerSideEncryptionConfiguration?.Rules ?? [];
      expect(rule?.ApplyServerSideEncryptionByDefault).toEqual(encryption);
    },
  );
});

describe('--enforce-conditional-writes', () => {
  const Key = clusterKey('main');
  const write = (Body: string, more: Partial<PutObjectCommandInput> = {}) =>
    world.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more })).then(
      () => 'written',
      (error: Error) => error.name,
    );

  it('refuses a plain write of a cluster’s document, and nothing that bbf does', async () => {
    await setup(world, ['--enforce-conditional-writes']);
    expect(await write('{}')).toBe('AccessDenied');
    expect((await run(world, ['create', 'main', '--no-wait'])).code).toBe(0);
    expect((await run(world, ['want', '--workers=2', '--no-wait'])).code).toBe(0);
    expect(await write('{}')).toBe('AccessDenied');
    const { ETag: IfMatch } = await world.s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(await write('{}', { IfMatch })).toBe('written');
  });

  it('stays when set-up is run again without the flag, until it is refused', async () => {
    await setup(world, ['--enforce-conditional-writes']);
    await setup(world);
    expect(await write('{}')).toBe('AccessDenied');
    const { code } = await setup(world, ['--no-enforce-conditional-writes']);
    expect(code).toBe(0);
    expect(await write('{}')).toBe('written');
  });

  it('is not there by itself', async () => {
    await setup(world);
    expect(await write('{}')).toBe('written');
  });

  it.each([
    ['with', [], '--enforce-conditional-writes', 'written', /^ {2}policy {2}a cluster\.json .* will be refused/m],
    [
      'without',
      ['--enforce-conditional-writes'],
      '--no-enforce-conditional-writes',
      'AccessDenied',
      /^ {2}policy {2}a cluster\.json .* will no longer be refused/m,
    ],
  ])('is told of before the question, %s it, and not set where the answer is no', async (_, before, flag, is, line) => {
    await setup(world, before);
    const { notes } = await setup(world, [flag], ['no']);
    expect(notes).toMatch(new RegExp(`^bucket ${Bucket} is there, and will change:$`, 'm'));
    expect(notes).toMatch(line);
    expect(notes).toContain(`this changes installation ${OTHER}`);
    expect(await write('{}')).toBe(is);
  });

  it('is no change where it is there', async () => {
    await setup(world, ['--enforce-conditional-writes']);
    const { notes } = await setup(world, ['--enforce-conditional-writes']);
    expect(notes).toContain(`bucket ${Bucket} is there: nothing to change\n`);
    expect(notes).toContain(`this checks installation ${OTHER}`);
  });
});
