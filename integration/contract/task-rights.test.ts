/** What the keys of a task open in the local cloud: actions of builds can have them. */
import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { CreateRoleCommand, ListRolesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import { startCloud, type TestCloud } from './harness.ts';

const Bucket = 'documents';
const object = (key: string) => `arn:aws:s3:::${Bucket}/${key}`;
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['s3:PutObject'], Resource: [object('*/activity.json')] },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: object('*/status.json') },
    { Effect: 'Deny', Action: ['s3:PutObject'], Resource: object('*/leases/*') },
  ],
};

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
  await cloud.s3.send(new CreateBucketCommand({ Bucket }));
});

/** Clients with the keys that a service gives what it runs in a role. */
async function keysOf(Service: string) {
  const Statement = [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const { Role } = await cloud.iam.send(new CreateRoleCommand({ RoleName: 'part', AssumeRolePolicyDocument }));
  const PolicyDocument = JSON.stringify(POLICY);
  await cloud.iam.send(new PutRolePolicyCommand({ RoleName: 'part', PolicyName: 'bbf', PolicyDocument }));
  return cloud.clientsFor(cloud.cloud.services.iam.issueSession(Role?.Arn ?? '', 'task', 3_600));
}

const refused = { $metadata: { httpStatusCode: 403 } };

describe('the keys of a task', () => {
  it('read and write the objects that its role’s policy grants', async () => {
    const { s3, sts } = await keysOf('ecs-tasks.amazonaws.com');
    await s3.send(new PutObjectCommand({ Bucket, Key: 'main/activity.json', Body: '{}' }));
    await cloud.s3.send(new PutObjectCommand({ Bucket, Key: 'main/status.json', Body: '{}' }));
    await s3.send(new GetObjectCommand({ Bucket, Key: 'main/status.json' }));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toMatch(/assumed-role\/part\/task$/);
  });

  it('open no other object, nor any in another way', async () => {
    const { s3 } = await keysOf('ecs-tasks.amazonaws.com');
    const Key = 'main/activity.json';
    const Body = '{}';
    const CopySource = `${Bucket}/main/status.json`;
    for (const call of [
      s3.send(new GetObjectCommand({ Bucket, Key })),
      s3.send(new GetObjectCommand({ Bucket, Key: 'main/status.json', VersionId: 'null' })),
      s3.send(new PutObjectCommand({ Bucket, Key: 'main/cluster.json', Body })),
      s3.send(new PutObjectCommand({ Bucket, Key: 'main/leases/x/activity.json', Body })),
      s3.send(new DeleteObjectCommand({ Bucket, Key })),
      s3.send(new CopyObjectCommand({ Bucket, Key, CopySource })),
      s3.send(new CreateMultipartUploadCommand({ Bucket, Key })),
      s3.send(new ListObjectsV2Command({ Bucket })),
      s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(POLICY) })),
    ])
      await expect(call).rejects.toMatchObject({ name: 'AccessDenied', ...refused });
  });

  it('run nothing on this machine, and give no other rights', async () => {
    const { lambda, iam, sts, cfn, ecs } = await keysOf('ecs-tasks.amazonaws.com');
    const Code = { ZipFile: Buffer.from('zip') };
    const Role = 'arn:aws:iam::000000000000:role/part';
    const made = new CreateFunctionCommand({ FunctionName: 'f', Role, Code, Handler: 'i.h', Runtime: 'nodejs24.x' });
    await expect(lambda.send(made)).rejects.toMatchObject(refused);
    await expect(lambda.send(new InvokeCommand({ FunctionName: 'f' }))).rejects.toMatchObject(refused);
    await expect(iam.send(new ListRolesCommand({}))).rejects.toMatchObject(refused);
    const other = new AssumeRoleCommand({ RoleArn: Role, RoleSessionName: 'other' });
    await expect(sts.send(other)).rejects.toMatchObject(refused);
    await expect(cfn.send(new ListStacksCommand({}))).rejects.toMatchObject(refused);
    await expect(ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    });
  });
});

it('the keys of a function are not held back: only the foundation’s own code has them', async () => {
  const { iam } = await keysOf('lambda.amazonaws.com');
  expect((await iam.send(new ListRolesCommand({}))).Roles).toHaveLength(1);
});
