/** Set-up and teardown that are interrupted, that find a bucket of somebody else, or a stack that is no good: they end right, or say what to type. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, DeleteRoleCommand } from '@aws-sdk/client-iam';
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, ListBucketsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import { statusDouble } from '../../cli/testing/status-double.ts';
import { clusterKey, statusKey } from '../../config-schema/keys.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';
import { BUCKET, type Run, run, STACK, setup } from './person.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

const statusOf = async (name: string) => {
  const { Stacks = [] } = await world.cfn.send(new DescribeStacksCommand({}));
  return Stacks.find(({ StackName }) => StackName === name)?.StackStatus;
};
const stacks = async () =>
  ((await world.cfn.send(new DescribeStacksCommand({}))).Stacks ?? []).map(({ StackName }) => StackName);
const buckets = async () => ((await world.s3.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name }) => Name);
const teardown = (flags: string[] = []) =>
  run(world, ['teardown', '--region=us-east-1', `--name=${OTHER}`, '--yes', ...flags]);

/** Presses Ctrl-C when a stack is first seen in that state. */
async function interruptedAt(name: string, status: string, work: () => Promise<Run>): Promise<Run> {
  const { program } = world;
  const { sleep } = program;
  program.sleep = async (ms, signal) => {
    if ((await statusOf(name)) === status) process.emit('SIGINT');
    return signal?.aborted ? Promise.reject(signal.reason as Error) : sleep(ms, signal);
  };
  const result = await work();
  program.sleep = sleep;
  return result;
}

describe('bbf setup that is interrupted', () => {
  it('while the stack is made says what goes on, and the same again ends as if nothing had been', async () => {
    const before = world.world.now();
    const first = await interruptedAt(STACK, 'CREATE_IN_PROGRESS', () => setup(world));
    expect(first.code).toBe(130);
    expect(first.notes).toContain('CloudFormation goes on with stack other--foundation; the same command again');
    expect(first.notes).not.toContain('bbf status --watch');
    const again = await setup(world);
    expect(again.code, again.notes).toBe(0);
    // Until S3 tells of documents.
    expect(world.world.now() - before).toBeGreaterThanOrEqual(5 * 60_000);
    const { Stacks = [] } = await world.cfn.send(new DescribeStacksCommand({ StackName: STACK }));
    expect(Stacks).toMatchObject([{ StackStatus: 'CREATE_COMPLETE', EnableTerminationProtection: true }]);
    expect((await run(world, ['contexts'])).stdout).toContain('other-us-east-1');
  });

  it('before the stack is made leaves what the next one takes over, and teardown removes', async () => {
    const compared = () => interruptedAt(STACK, 'REVIEW_IN_PROGRESS', () => setup(world));
    expect((await compared()).code).toBe(130);
    expect(await statusOf(STACK)).toBe('REVIEW_IN_PROGRESS');
    expect((await teardown()).code).toBe(0);
    expect(await stacks()).not.toContain(STACK);
    expect((await compared()).code).toBe(130);
    const again = await setup(world);
    expect(again.code, again.notes).toBe(0);
    expect(await statusOf(STACK)).toBe('CREATE_COMPLETE');
  });
});

describe('a foundation', () => {
  it('of which there is only a change set that nobody carried out is made', async () => {
    const TemplateBody = JSON.stringify({ Resources: { G: { Type: 'AWS::Logs::LogGroup' } } });
    const set = { StackName: STACK, ChangeSetName: 'theirs', ChangeSetType: 'CREATE' as const, TemplateBody };
    await world.cfn.send(new CreateChangeSetCommand(set));
    await world.advance(60_000);
    const { code, notes } = await setup(world);
    expect(code, notes).toBe(0);
    expect(await statusOf(STACK)).toBe('CREATE_COMPLETE');
  });

  it('whose deletion failed is removed and made anew, once what held it is gone', async () => {
    expect((await setup(world)).code).toBe(0);
    await use(STACK);
    await world.cfn.send(
      new UpdateTerminationProtectionCommand({ StackName: STACK, EnableTerminationProtection: false }),
    );
    await world.cfn.send(new DeleteStackCommand({ StackName: STACK }));
    await world.advance(600_000);
    expect(await statusOf(STACK)).toBe('DELETE_FAILED');
    const held = await setup(world, [], ['yes', 'yes']);
    expect(held.code).toBe(exitCodes.configuration);
    expect(held.notes).toContain(
      `stack ${STACK} is in DELETE_FAILED: this removes what is left of it, and begins anew`,
    );
    expect(held.notes).toContain('try: remove what holds on to them, then the same command again');
    await world.cfn.send(new DeleteStackCommand({ StackName: 'theirs' }));
    await world.advance(60_000);
    const again = await setup(world, [], ['yes', 'yes']);
    expect(again.code, again.notes).toBe(0);
    expect(await statusOf(STACK)).toBe('CREATE_COMPLETE');
  });

  it('whose roll-back failed is refused by set-up with the command that goes on with it, and removed by teardown', async () => {
    expect((await setup(world)).code).toBe(0);
    force(STACK, 'UPDATE_ROLLBACK_FAILED');
    const { code, notes } = await setup(world);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain(`stack ${STACK} is in UPDATE_ROLLBACK_FAILED`);
    expect(notes).toContain(
      `try: aws cloudformation continue-update-rollback --stack-name ${STACK} --region us-east-1, then the same command again`,
    );
    expect((await teardown()).code).toBe(0);
    expect(await stacks()).not.toContain(STACK);
  });
});

describe('what stacks stand on', () => {
  beforeEach(async () => {
    expect((await setup(world)).code).toBe(0);
    await world.logs.send(new CreateLogGroupCommand({ logGroupName: '/ours' }));
  });

  it.each([
    ['bucket', '--bucket=new-bucket', `Bucket is ${BUCKET}, not new-bucket`],
    ['log group', '--log-group=/ours', 'LogGroup is empty, not /ours'],
  ])('is not changed under clusters: a %s is refused before anything is made', async (_, flag, words) => {
    await putStack(`${OTHER}--main--server`);
    const { code, notes } = await setup(world, [flag]);
    expect(code).toBe(exitCodes.conflict);
    expect(notes).toContain(words);
    expect(notes).toContain('other--main--server');
    expect(notes).toContain(
      `try: the same command without ${flag.split('=')[0]}, and it stays as it is; to change it, bbf delete main --context=other-us-east-1 first`,
    );
    expect(await buckets()).not.toContain('new-bucket');
    expect(await statusOf(STACK)).toBe('CREATE_COMPLETE');
    expect((await setup(world)).code).toBe(0);
  });

  it('is told where others stand on it: CloudFormation says so of the stack, and of no resource', async () => {
    await putStack('theirs', `${OTHER}--FarmLogGroup`);
    const { code, notes } = await setup(world, ['--log-group=/ours']);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toMatch(/ended in UPDATE_ROLLBACK_COMPLETE: .*Export other--FarmLogGroup .* in use by .*theirs/);
  });
});

describe('a bucket', () => {
  it.each([
    ['set-up', 'setup'],
    ['teardown', 'teardown'],
  ])('of another account is refused by %s, with its own flags to go on with', async (_, command) => {
    answerBucket(403, {});
    const { code, notes } = await run(world, [command, '--region=us-east-1', `--name=${OTHER}`, '--yes']);
    expect(code).toBe(exitCodes.permission);
    expect(notes).toContain(`bucket ${BUCKET} belongs to another account, or may not be read by you`);
    expect(notes).toContain(`try: bbf ${command} --bucket=ANOTHER-NAME`);
    expect(await stacks()).not.toContain(STACK);
  });

  it.each([
    [503, exitCodes.unavailable],
    [400, exitCodes.protocol],
  ])('of which S3 says nothing but %s is nobody else’s', async (status, expected) => {
    answerBucket(status, {});
    for (const command of ['setup', 'teardown']) {
      const { code, notes } = await run(world, [command, '--region=us-east-1', `--name=${OTHER}`, '--yes']);
      expect(code).toBe(expected);
      expect(notes).toContain(`could not look for bucket ${BUCKET}: HTTP ${status}: the answer has no words`);
      expect(notes).not.toContain('ANOTHER-NAME');
    }
  });

  it.each(['setup', 'teardown'])('of another region is refused by bbf %s, which names both', async (command) => {
    answerBucket(301, { 'x-amz-bucket-region': 'eu-west-3' });
    const { code, notes } = await run(world, [command, '--region=us-east-1', `--name=${OTHER}`, '--yes']);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain(`bucket ${BUCKET} is in region eu-west-3, not in us-east-1`);
    expect(notes).toContain(`try: bbf ${command} --region=eu-west-3, or --bucket=ANOTHER-NAME`);
  });
});

describe('bbf teardown', () => {
  it('says who stands on the foundation, where CloudFormation therefore does not begin to delete it', async () => {
    expect((await setup(world)).code).toBe(0);
    await putStack('theirs');
    const { code, stdout, notes } = await teardown();
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toMatch(/stack other--foundation .*export other--Bucket .* in use by .*theirs/);
    expect(notes).toContain('try: remove what holds on to');
    expect(stdout).not.toContain('foundation deleted');
    expect(await statusOf(STACK)).toBe('CREATE_COMPLETE');
  });

  it('waits for no reconciler where set-up has made none: a foundation that was rolled back, and documents of before', async () => {
    await world.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const RoleName = 'other--worker--us-east-1';
    await world.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: '{"Statement":[]}' }));
    expect((await setup(world)).code).toBe(exitCodes.configuration);
    expect(await statusOf(STACK)).toBe('ROLLBACK_COMPLETE');
    await world.iam.send(new DeleteRoleCommand({ RoleName }));
    await putDocuments();
    const before = world.world.now();
    const { code, notes } = await teardown(['--delete-data']);
    expect(code, notes).toBe(0);
    expect(world.world.now() - before).toBeLessThan(5 * 60_000);
    expect(await stacks()).not.toContain(STACK);
    expect(await buckets()).not.toContain(BUCKET);
  });

  it('removes the stacks of clusters itself where the function is gone, and their documents, which would bring them back', async () => {
    expect((await setup(world)).code).toBe(0);
    await putDocuments();
    for (const part of ['pool--default', 'server', 'pool--lost']) await putStack(`${OTHER}--main--${part}`);
    await world.lambda.send(new DeleteFunctionCommand({ FunctionName: `${OTHER}--reconciler` }));
    const { code, stdout, notes } = await teardown();
    expect(code, notes).toBe(0);
    expect(stdout).toContain('clusters deleted: main');
    expect(await stacks()).toEqual(['bbf--foundation']);
    const { Contents = [] } = await world.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'clusters/' }));
    expect(Contents).toEqual([]);
  });

  it('that is interrupted while a cluster is drained says that the rest stands', async () => {
    expect((await setup(world)).code).toBe(0);
    await putDocuments();
    const { code, notes } = await interruptedAt(STACK, 'CREATE_COMPLETE', () => teardown());
    expect(code).toBe(130);
    expect(notes).toContain('the clusters are being deleted, and the rest stands; the same command again goes on');
    expect(notes).not.toContain('bbf status --watch');
    expect(await statusOf(STACK)).toBe('CREATE_COMPLETE');
  });

  it('that is interrupted while the foundation goes ends when it is begun again', async () => {
    expect((await setup(world)).code).toBe(0);
    const first = await interruptedAt(STACK, 'DELETE_IN_PROGRESS', () => teardown(['--delete-data']));
    expect(first.code).toBe(130);
    expect(first.notes).toContain('CloudFormation goes on with stack other--foundation; the same command again');
    const again = await teardown(['--delete-data']);
    expect(again.code, again.notes).toBe(0);
    expect([await stacks(), await buckets()]).toEqual([['bbf--foundation'], [world.bucket]]);
  });
});

/** A stack of somebody that uses the foundation's network. */
async function use(foundation: string) {
  const ask = new DescribeStackResourceCommand({ StackName: foundation, LogicalResourceId: 'Vpc' });
  const VpcId = (await world.cfn.send(ask)).StackResourceDetail?.PhysicalResourceId;
  const Theirs = { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'theirs', VpcId } };
  await world.cfn.send(
    new CreateStackCommand({ StackName: 'theirs', TemplateBody: JSON.stringify({ Resources: { Theirs } }) }),
  );
  await world.advance(60_000);
}

function force(name: string, status: 'UPDATE_ROLLBACK_FAILED') {
  const stack = Object.values(world.cloud.services.cloudformation.state.stacks).find((one) => one.name === name);
  if (stack === undefined) throw new Error(`there is no stack ${name}`);
  stack.status = status;
}

/** What S3 says of a bucket that is not to be had. */
function answerBucket(status: number, headers: Record<string, string>) {
  const { handle } = world.cloud;
  world.cloud.handle = async (request) =>
    request.method === 'HEAD' && request.path.startsWith(`/${BUCKET}`)
      ? { status, headers, body: Buffer.alloc(0) }
      : handle(request);
}

/** With something that stands on the foundation, as those of clusters do. */
async function putStack(StackName: string, name = `${OTHER}--Bucket`) {
  const Tags = [{ Key: 'on', Value: { 'Fn::ImportValue': name } }];
  const TemplateBody = JSON.stringify({ Resources: { Logs: { Type: 'AWS::Logs::LogGroup', Properties: { Tags } } } });
  await world.cfn.send(new CreateStackCommand({ StackName, TemplateBody }));
  await world.advance(60_000);
}

/** Of a cluster, as an installation of before has left them. */
async function putDocuments() {
  const document = { apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} };
  const all = { [clusterKey('main')]: document, [statusKey('main')]: statusDouble() };
  for (const [Key, content] of Object.entries(all))
    await world.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: JSON.stringify(content) }));
}
