/** What keeps a teardown from its end, and what it says of that. */
import {
  CreateStackCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeregisterTaskDefinitionCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import { condition, statusDouble } from '../../cli/testing/status-double.ts';
import { clusterKey, leaseKey, statusKey } from '../../config-schema/keys.ts';
import type { WireRequest } from '../../local/cloud/kernel.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import type { WorldOnPort } from '../world-on-port.ts';
import { keepListing } from './late-tags.ts';
import { run } from './person.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

/** Of the installation that the world begins with. */
const teardown = (flags: string[] = [], answers?: string[]) =>
  run(world, ['teardown', '--context=test', ...flags], answers);
const stacks = async () =>
  ((await world.cfn.send(new DescribeStacksCommand({}))).Stacks ?? []).map(({ StackName }) => StackName);
const buckets = async () => ((await world.s3.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name }) => Name);

describe('what is in the way of bbf teardown', () => {
  it('no document that nobody can read', async () => {
    const Key = clusterKey('main');
    await world.s3.send(new PutObjectCommand({ Bucket: world.bucket, Key, Body: '{"spec": nonsense' }));
    const { code, stdout, notes } = await teardown(['--yes']);
    expect(code, notes).toBe(0);
    expect(notes).toContain('the document of main is not valid, and gives way to a tombstone');
    expect(stdout).toContain('clusters deleted: main');
    const { Versions = [] } = await world.s3.send(new ListObjectVersionsCommand({ Bucket: world.bucket, Prefix: Key }));
    expect(Versions).toHaveLength(2);
  });

  it.each([
    ['a document that names another cluster', 'main', 'ci'],
    ['a folder whose name no cluster can have', 'Main', 'main'],
    ['a folder and a document whose name no cluster can have', 'Main', 'Main'],
  ])('%s', async (_, folder, name) => {
    await world.put(clusterKey(folder), { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name }, spec: {} });
    const { code, stdout, notes } = await teardown(['--yes']);
    expect(code, notes).toBe(0);
    expect(stdout).toContain(`clusters deleted: ${folder}`);
    const { Contents } = await world.s3.send(
      new ListObjectsV2Command({ Bucket: world.bucket, Prefix: clusterKey(folder) }),
    );
    expect(Contents).toBeUndefined();
  });

  it('a reconciler that is there and does nothing: without it, the same command again goes on', async () => {
    const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} };
    await world.put(clusterKey('main'), document);
    await world.put(statusKey('main'), statusDouble());
    const { code, notes } = await teardown(['--yes', '--timeout=1m']);
    expect(code).toBe(exitCodes.timeout);
    expect(notes).toContain('bbf--reconciler has said nothing of the deletion: it is there, and may be unable to work');
    expect(notes).toContain(
      'try: bbf doctor, which says what it lacks; or aws lambda delete-function --function-name bbf--reconciler --region us-east-1, then the same command again',
    );
    expect(notes).not.toContain('the deletion goes on');
    await world.lambda.send(new DeleteFunctionCommand({ FunctionName: 'bbf--reconciler' }));
    const again = await teardown(['--yes']);
    expect(again.code, again.notes).toBe(0);
    expect(await stacks()).toEqual([]);
  });

  it('builds that last longer than it waits, where the reconciler says so: the deletion goes on', async () => {
    const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} };
    await world.put(clusterKey('main'), document);
    await world.put(statusKey('main'), statusDouble());
    const { sleep } = world.program;
    // It answers whatever was written last.
    world.program.sleep = async (ms, signal) => {
      const { VersionId } = await world.s3.send(
        new GetObjectCommand({ Bucket: world.bucket, Key: clusterKey('main') }),
      );
      const ready = { ...condition('Ready', 'False', 'LeaseHolds'), observedRevision: VersionId ?? '' };
      await world.put(statusKey('main'), statusDouble({ conditions: [ready] }));
      return sleep(ms, signal);
    };
    const { code, notes } = await teardown(['--yes', '--timeout=1m']);
    expect(code).toBe(exitCodes.timeout);
    expect(notes).toContain('try: bbf status --watch --cluster=main; the deletion goes on');
  });

  it('a running build, which is named, unless it is forced', async () => {
    await world.put(clusterKey('main'), {
      apiVersion: 'bbf/v1',
      kind: 'Cluster',
      metadata: { name: 'main' },
      spec: {},
    });
    const lease = { apiVersion: 'bbf/v1', kind: 'Lease', id: 'abc', holder: 'me@here', purpose: 'bbf build //...' };
    await world.put(leaseKey('main', 'abc'), { ...lease, pools: { default: { workers: 1 } }, ttlSeconds: 600 });
    const { code, notes } = await teardown(['--yes']);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain('main: bbf build //... of me@here, its lease ends in');
    expect(notes).toContain('or bbf teardown --context=test --yes --force, which');
    expect((await teardown(['--force'], ['no'])).notes).toContain('and interrupts bbf build //... of me@here on main');
    await world.put(leaseKey('main', 'want-1'), { ...lease, purpose: 'a demo', pools: {}, ttlSeconds: 600 });
    const held = (await teardown(['--yes'])).notes;
    expect(held).toContain('1 build is running, and 1 claim of bbf want --for is held');
    expect(held).toMatch(
      /try: bbf( --context=test)? leases release want-1 --cluster=main, then wait until it ends, or /,
    );
    expect(await stacks()).toEqual(['bbf--foundation']);
  });

  it('a resource that others use: each is named with the reason, and the same command goes on afterwards', async () => {
    const { Stacks: [foundation] = [] } = await world.cfn.send(new DescribeStacksCommand({}));
    const group = foundation?.Outputs?.find(({ OutputKey }) => OutputKey === 'WorkerSecurityGroupId')?.OutputValue;
    const rule = {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: { 'Fn::GetAtt': ['Theirs', 'GroupId'] },
        IpProtocol: 'tcp',
        FromPort: 1,
        ToPort: 1,
        SourceSecurityGroupId: group,
      },
    };
    const Theirs = { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'theirs', VpcId: await vpc() } };
    const TemplateBody = JSON.stringify({ Resources: { Theirs, Rule: rule } });
    await world.cfn.send(new CreateStackCommand({ StackName: 'theirs', TemplateBody }));
    await world.advance(60_000);
    const { code, notes } = await teardown(['--yes']);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toMatch(/stack bbf--foundation ended in DELETE_FAILED/);
    expect(notes).toMatch(/WorkerSecurityGroup \(AWS::EC2::SecurityGroup\): .*depend.* \[sg-/);
    expect(notes).toContain('try: remove what holds on to them, then the same command again');
    expect((await run(world, ['contexts'])).stdout).toContain('test');
  });

  it('what carries the tag and belongs to no stack: it is listed', async () => {
    const tags = { 'bbf:installation': 'bbf' };
    const Left = { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: 'bbf/left' } };
    await world.cfn.send(
      new CreateStackCommand({
        StackName: 'elsewhere',
        TemplateBody: JSON.stringify({ Resources: { Left } }),
        Tags: [{ Key: 'bbf:installation', Value: 'bbf' }],
      }),
    );
    await world.logs.send(new CreateLogGroupCommand({ logGroupName: '/tagged', tags }));
    await world.advance(60_000);
    const { code, notes } = await teardown(['--yes', '--delete-data']);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain('3 things of bbf are left');
    expect(notes).toContain('arn:aws:ecr:us-east-1:000000000000:repository/bbf/left: it carries the tag');
    expect(notes).toContain('log-group:/tagged');
  });
});

/** What somebody's policy says from now on. */
function refuse(isRefused: (request: WireRequest) => boolean | undefined) {
  const { handle } = world.cloud;
  const body = Buffer.from(JSON.stringify({ __type: 'AccessDeniedException', message: 'you may not' }));
  world.cloud.handle = async (request) => (isRefused(request) ? { status: 403, headers: {}, body } : handle(request));
}

describe('a version that S3 does not delete with the others', () => {
  /** @param times how often S3 says so, in an answer that is otherwise good */
  function failDeletions(Code: string, times: number) {
    const { handle } = world.cloud;
    let left = times;
    world.cloud.handle = async (request) => {
      const isDeletion = request.method === 'POST' && request.query.has('delete');
      if (!isDeletion || left-- <= 0) return handle(request);
      const error = `<Error><Key>${clusterKey('main')}</Key><VersionId>1</VersionId><Code>${Code}</Code><Message>no</Message></Error>`;
      return { status: 200, headers: {}, body: Buffer.from(`<DeleteResult>${error}</DeleteResult>`) };
    };
  }
  const key = { Key: 'clusters/old/lock.json', Body: '{}' };
  beforeEach(() => world.s3.send(new PutObjectCommand({ Bucket: world.bucket, ...key })));

  it.each(['InternalError', 'SlowDown'])('for %s is deleted a little later', async (code) => {
    failDeletions(code, 3);
    const { code: exit, notes } = await teardown(['--yes', '--delete-data']);
    expect(exit, notes).toBe(0);
    expect(await buckets()).toEqual([]);
  });

  it.each([
    ['InternalError', exitCodes.unavailable],
    ['AccessDenied', exitCodes.permission],
  ])('for %s, whenever it is asked to, is named', async (code, expected) => {
    failDeletions(code, Number.POSITIVE_INFINITY);
    const { code: exit, notes } = await teardown(['--yes', '--delete-data']);
    expect(exit).toBe(expected);
    expect(notes).toContain(`could not delete ${clusterKey('main')} of bucket ${world.bucket}: ${code}: no`);
    expect(await buckets()).toEqual([world.bucket]);
  });
});

async function vpc(): Promise<string> {
  const ask = new DescribeStackResourceCommand({ StackName: 'bbf--foundation', LogicalResourceId: 'Vpc' });
  return (await world.cfn.send(ask)).StackResourceDetail?.PhysicalResourceId ?? '';
}

describe('an index of tags that still lists what is deleted', () => {
  it.each([
    ['with all data', ['--delete-data']],
    ['without bucket and logs', []],
  ])('fails no teardown %s: CloudFormation knows what it has deleted', async (_, flags) => {
    const definition = { family: 'bbf--gone--server', containerDefinitions: [{ name: 'c', image: 'i', memory: 64 }] };
    const tags = [{ key: 'bbf:installation', value: 'bbf' }];
    await world.ecs.send(new RegisterTaskDefinitionCommand({ ...definition, tags }));
    await world.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'bbf--gone--server:1' }));
    const task = 'arn:aws:ecs:us-east-1:000000000000:task/bbf/0123456789abcdef0123456789abcdef';
    expect((await keepListing(world, [task])).length).toBeGreaterThan(20);
    const { code, stdout, notes } = await teardown([...flags, '--yes']);
    expect(code, notes).toBe(0);
    expect(notes).toMatch(/note: AWS's index of tags still lists \d\d of what is deleted/);
    expect(stdout).toContain('inventory of bbf:installation=bbf');
    expect((await run(world, ['contexts'])).stdout).not.toContain('test');
  });

  const stray = 'arn:aws:ec2:us-east-1:000000000000:volume/vol-0123456789abcdef0';

  it('does not hide what no stack ever had', async () => {
    await keepListing(world, [stray]);
    const { code, notes } = await teardown(['--yes', '--delete-data']);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain('one thing of bbf is left');
    expect(notes).toContain(`${stray}: it carries the tag`);
  });

  it('does not hide that the proof was interrupted', async () => {
    await keepListing(world, [stray]);
    const { program } = world;
    const { sleep } = program;
    program.sleep = async (ms, signal) => {
      if ((await stacks()).length === 0) process.emit('SIGINT');
      return signal?.aborted ? Promise.reject(signal.reason as Error) : sleep(ms, signal);
    };
    const { code, notes } = await teardown(['--yes', '--delete-data']);
    expect(code).toBe(130);
    expect(notes).toContain('the same command again goes on from here');
    expect(notes).not.toContain('is left');
  });

  it('does not hide why it could not be asked again', async () => {
    await keepListing(world, [stray]);
    const { program } = world;
    const { sleep } = program;
    program.sleep = async (ms, signal) => {
      if ((await stacks()).length === 0) refuse(({ headers }) => headers['x-amz-target']?.endsWith('.GetResources'));
      return sleep(ms, signal);
    };
    const { code, notes } = await teardown(['--yes', '--delete-data']);
    expect(code).toBe(exitCodes.permission);
    expect(notes).toContain('could not look up what is tagged bbf:installation=bbf: AccessDeniedException');
    expect(notes).not.toContain('is left');
  });

  it('does not hide a task definition that is only deregistered', async () => {
    const left = 'arn:aws:ecs:us-east-1:000000000000:task-definition/bbf--other--server:1';
    await keepListing(world, [left]);
    const { code, notes } = await teardown(['--yes', '--delete-data']);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain(`${left}: it carries the tag`);
  });
});
