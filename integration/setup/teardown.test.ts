import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, DeleteRoleCommand } from '@aws-sdk/client-iam';
import {
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { saveContext } from '../../cli/context/config.ts';
import { exitCodes } from '../../cli/exit-codes.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import type { WorldOnPort } from '../world-on-port.ts';
import { run, setup } from './person.ts';

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
const groups = async () =>
  ((await world.logs.send(new DescribeLogGroupsCommand({}))).logGroups ?? []).map(({ logGroupName }) => logGroupName);

const OURS = ['/aws/lambda/bbf--reconciler', '/bbf/bbf/farm'];

describe('bbf teardown', () => {
  it('wants the name typed', async () => {
    const { code, notes } = await teardown([], ['yes']);
    expect(code).toBe(exitCodes.usage);
    expect(notes).toContain('Type bbf to go on');
    expect(notes).toContain('nothing was changed: "yes" is not bbf');
    expect(await stacks()).toEqual(['bbf--foundation']);
  });

  it('refuses where nobody can type, and says how to mean it', async () => {
    const { code, notes } = await teardown(['--delete-data']);
    expect(code).toBe(exitCodes.usage);
    expect(notes).toContain('try: bbf teardown --context=test --delete-data --yes');
    // Without them it would be another installation, the one of the context in use.
    const named = ['--region=us-east-1', '--name=bbf', '--force'];
    expect((await run(world, ['teardown', ...named])).notes).toContain(`teardown ${named.join(' ')} --yes`);
    expect((await teardown(['--region=us-east-1', '--name=other', '--yes'])).notes).toContain(
      'context test is installation bbf in us-east-1',
    );
    expect(await stacks()).toEqual(['bbf--foundation']);
  });

  it('removes the protected foundation, keeps bucket and logs, and proves it', async () => {
    const { code, stdout } = await teardown([], ['bbf']);
    expect(code).toBe(0);
    expect(await stacks()).toEqual([]);
    expect(await buckets()).toEqual([world.bucket]);
    expect(await groups()).toEqual(OURS);
    expect(stdout).toContain('inventory of bbf:installation=bbf: nothing but bucket and logs is left\n');
    expect((await run(world, ['contexts'])).stdout).not.toContain('test');
    const [, later = ''] = /to remove bucket and logs as well: bbf (.*)/.exec(stdout) ?? [];
    expect((await run(world, [...later.split(' '), '--yes'])).code).toBe(0);
    expect([await buckets(), await groups()]).toEqual([[], []]);
  });

  it('takes nothing of others from the bucket, which stays with it', async () => {
    const theirs = { Bucket: world.bucket, Key: 'theirs/notes.txt' };
    for (const Body of ['first', 'second']) await world.s3.send(new PutObjectCommand({ ...theirs, Body }));
    const { code, stdout } = await teardown(['--delete-data', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain(`bucket ${world.bucket} kept, documents deleted, the rest is not bbf’s`);
    expect(stdout).toContain('inventory of bbf:installation=bbf: nothing but bucket is left');
    const { Versions = [], DeleteMarkers } = await world.s3.send(
      new ListObjectVersionsCommand({ Bucket: world.bucket }),
    );
    expect([Versions.map(({ Key }) => Key), DeleteMarkers]).toEqual([[theirs.Key, theirs.Key], undefined]);
  });

  it('names a bucket that an earlier one of the installation kept, and how to remove it', async () => {
    await teardown(['--yes']);
    expect((await run(world, ['setup', '--bucket=second', '--yes'])).code).toBe(0);
    const { code, notes } = await run(world, ['teardown', '--delete-data', '--yes']);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain('one thing of bbf is left');
    expect(notes).toContain(`try: bbf teardown --region=us-east-1 --name=bbf --bucket=${world.bucket} --delete-data`);
    expect(await buckets()).toEqual([world.bucket]);
  });

  it('touches no bucket that has become another installation’s, whose documents they are', async () => {
    await run(world, ['teardown', '--context=test', '--yes']);
    const Tagging = { TagSet: [{ Key: 'bbf:installation', Value: 'other' }] };
    await world.s3.send(new PutBucketTaggingCommand({ Bucket: world.bucket, Tagging }));
    const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} };
    await world.put(clusterKey('main'), document);
    const stale = ['--region=us-east-1', '--name=bbf', `--bucket=${world.bucket}`];
    const { code, notes } = await run(world, ['teardown', ...stale, '--delete-data', '--yes', '--force']);
    expect(code, notes).toBe(exitCodes.conflict);
    expect(notes).toContain(`bucket ${world.bucket} is that of installation other, and not of bbf`);
    expect(notes).toContain(`try: bbf teardown --region=us-east-1 --name=other --bucket=${world.bucket}, where`);
    const { KeyCount } = await world.s3.send(
      new ListObjectsV2Command({ Bucket: world.bucket, Prefix: clusterKey('main') }),
    );
    expect(KeyCount).toBe(1);
  });

  it('leaves nothing with --delete-data', async () => {
    const { code, stdout } = await teardown(['--delete-data', '--yes']);
    expect(code).toBe(0);
    expect([await stacks(), await buckets(), await groups()]).toEqual([[], [], []]);
    expect(stdout).toContain('nothing is left\n');
  });

  it('leaves logs that a set-up after it takes over', async () => {
    await setup(world);
    await run(world, ['teardown', '--context=other-us-east-1', '--yes']);
    const { code, notes } = await setup(world);
    expect(code).toBe(0);
    expect(notes).toContain('take over  AWS::Logs::LogGroup');
  });

  it('removes what a set-up that failed has left, which no context knows', async () => {
    const RoleName = 'other--worker--us-east-1';
    await world.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: '{"Statement":[]}' }));
    expect((await setup(world)).code).not.toBe(0);
    await world.iam.send(new DeleteRoleCommand({ RoleName }));
    const { code } = await run(world, ['teardown', '--region=us-east-1', '--name=other', '--delete-data', '--yes']);
    expect(code).toBe(0);
    expect(await stacks()).toEqual(['bbf--foundation']);
    expect([await buckets(), await groups()]).toEqual([[world.bucket], OURS]);
  });

  it('says that there is nothing where nothing is, as by a region or name that is misspelt', async () => {
    const misspelt = ['teardown', '--region=us-east-1', '--name=bfb', '--delete-data', '--yes'];
    const { code, stdout, notes } = await run(world, misspelt);
    expect([code, stdout]).toEqual([exitCodes.notFound, '']);
    expect(notes).toContain(
      'there is no installation bfb in us-east-1: neither foundation nor reconciler, and no bucket',
    );
    expect(await stacks()).toEqual(['bbf--foundation']);
  });

  it('comes to its end where one that was broken off has left no more than the context', async () => {
    await run(world, ['teardown', '--context=test', '--delete-data', '--yes']);
    const context = { region: 'us-east-1', installation: 'bbf', bucket: world.bucket };
    await saveContext(world.program.settings, 'test', context);
    const { code, stdout, notes } = await teardown(['--delete-data', '--yes']);
    expect(code, notes).toBe(0);
    expect(stdout).toContain(`no foundation was there\nno bucket ${world.bucket} was there\n`);
    expect((await run(world, ['contexts'])).stdout).not.toContain('test');
  });
});
