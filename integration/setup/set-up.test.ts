import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, DeleteRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Context, readConfig, saveContext, writeConfig } from '../../cli/context/config.ts';
import { exitCodes } from '../../cli/exit-codes.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import { ROLES, roleName } from '../../templates/names.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';
import { BUCKET, run, STACK, setup, updateAsNewer } from './person.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

const stackOf = async () =>
  (await world.cfn.send(new DescribeStacksCommand({})).then(({ Stacks }) => Stacks))?.find(
    ({ StackName }) => StackName === STACK,
  );
const buckets = async () => ((await world.s3.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name }) => Name);
const retention = async () =>
  ((await world.logs.send(new DescribeLogGroupsCommand({}))).logGroups ?? [])
    .filter(({ logGroupName }) => logGroupName?.includes(OTHER))
    .map(({ logGroupName, retentionInDays }) => `${logGroupName} ${retentionInDays}`);

describe('bbf setup, of a new installation', () => {
  it('says what it will make and what that costs, asks, and makes it', async () => {
    const { code, notes, stdout } = await setup(world);
    expect(code).toBe(0);
    expect(notes).toMatch(/create {2}2 AWS::EC2::Subnet +SubnetA, SubnetB/);
    expect(notes).toMatch(/create {2}5 AWS::IAM::Role /);
    expect(notes).toMatch(/cost while nobody builds: about \$0\.\d\d a month/);
    expect(notes).toContain(`this makes installation ${OTHER} in us-east-1, bucket ${BUCKET}. Go on? (yes/no)`);
    expect(notes).toMatch(/ok {3}Reconciler \(AWS::Lambda::Function\): create complete/);
    expect(notes.match(/\S+ \(\S+\): create complete/g)?.at(-1)).toMatch(/^other--foundation /);
    expect(stdout).toBe(`context other-us-east-1 is in use (before: test): bucket ${BUCKET} in us-east-1\n`);
    expect(notes).toMatch(/^next: bbf create, then bbf images release, then bbf build \/\/\.\.\.$/m);
    expect(await stackOf()).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      EnableTerminationProtection: true,
      Tags: [{ Key: 'bbf:installation', Value: OTHER }],
    });
    expect(await buckets()).toContain(BUCKET);
  });

  it('leaves nothing when the answer is no, or nobody can answer', async () => {
    expect(await setup(world, [], ['no'])).toMatchObject({ code: exitCodes.usage });
    const { code, notes } = await run(world, ['setup', `--name=${OTHER}`]);
    expect(code).toBe(exitCodes.usage);
    expect(notes).toContain('try: bbf setup --name=other --yes');
    expect(await stackOf()).toBeUndefined();
    expect(await buckets()).not.toContain(BUCKET);
  });

  it('names the first cause when it fails, and begins anew once that is gone', async () => {
    const RoleName = roleName(OTHER, 'worker', 'us-east-1');
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await world.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    const failed = await setup(world);
    expect(failed.code).toBe(exitCodes.configuration);
    expect(failed.notes).toMatch(/ended in ROLLBACK_COMPLETE: WorkerRole \(AWS::IAM::Role\): .*already exists/);
    expect(failed.notes).toMatch(/FAIL WorkerRole \(AWS::IAM::Role\): create failed: .*already exists/);
    await world.iam.send(new DeleteRoleCommand({ RoleName }));
    const again = await setup(world, [], ['yes', 'yes']);
    expect(again.notes).toContain('is in ROLLBACK_COMPLETE: this removes what is left of it');
    expect(again.code).toBe(0);
    expect((await stackOf())?.StackStatus).toBe('CREATE_COMPLETE');
  });

  it('bounds every role, keeps logs as long as it is told, and takes a log group that is there', async () => {
    const boundary = 'arn:aws:iam::000000000000:policy/boundary';
    await world.logs.send(new CreateLogGroupCommand({ logGroupName: '/ours' }));
    const flags = [`--permissions-boundary=${boundary}`, '--log-retention-days=7', '--log-group=/ours'];
    expect((await setup(world, flags)).code).toBe(0);
    for (const role of ROLES) {
      const { Role } = await world.iam.send(new GetRoleCommand({ RoleName: roleName(OTHER, role, 'us-east-1') }));
      expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(boundary);
    }
    expect(await retention()).toEqual(['/aws/lambda/other--reconciler 7']);
    const outputs = Object.fromEntries(
      (await stackOf())?.Outputs?.map((one) => [one.OutputKey, one.OutputValue]) ?? [],
    );
    expect(outputs.FarmLogGroup).toBe('/ours');
    const Body = JSON.stringify({ apiVersion: 'bbf/v1', kind: 'Cluster', metadata: { name: 'main' }, spec: {} });
    await world.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: clusterKey('main'), Body }));
    const { code, notes } = await run(world, ['logs', '--context=other-us-east-1']);
    expect([code, notes]).toEqual([0, expect.stringContaining('the farm of main wrote nothing')]);
  });

  it('refuses a log group that is not there, before anything is made', async () => {
    await world.logs.send(new CreateLogGroupCommand({ logGroupName: '/teams/builds' }));
    const { code, notes } = await setup(world, ['--log-group=/teams/build']);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain('there is no log group /teams/build in us-east-1');
    expect(notes).toContain('there are: /teams/builds');
    expect(await stackOf()).toBeUndefined();
  });
});

describe('bbf setup, again', () => {
  beforeEach(async () => {
    expect((await setup(world, ['--log-retention-days=7'])).code).toBe(0);
  });

  it('finds nothing to change', async () => {
    const { code, notes } = await setup(world);
    expect(code).toBe(0);
    expect(notes).toContain(`stack ${STACK}: nothing to change`);
    expect(notes).toContain(`bucket ${BUCKET} existed\n`);
  });

  it('changes what a flag names and nothing else, and says so before', async () => {
    const { notes } = await setup(world, ['--client-cidr=203.0.113.0/24']);
    expect(notes).toMatch(/ {2}change +AWS::EC2::SecurityGroup +ServerSecurityGroup: SecurityGroupIngress\n/);
    expect(notes).not.toMatch(/AWS::Logs|^ {2}create|REPLACE/m);
    expect(await retention()).toEqual(['/aws/lambda/other--reconciler 7', '/bbf/other/farm 7']);
  });

  it('keeps what the context says beside it: the cluster that is meant, and the profile', async () => {
    const { settings } = world.program;
    const { contexts } = await readConfig(settings);
    const before = { ...(contexts['other-us-east-1'] as Context), cluster: 'ci', profile: 'work' };
    await saveContext(settings, 'other-us-east-1', before);
    expect((await setup(world)).code).toBe(0);
    expect((await readConfig(settings)).contexts['other-us-east-1']).toEqual(before);
  });

  it('means the installation of the context that is named, and nothing else by that name', async () => {
    const { settings } = world.program;
    const { contexts } = await readConfig(settings);
    const { 'other-us-east-1': ours, ...others } = contexts;
    await writeConfig(settings, { current: 'ours', contexts: { ...others, ours: ours as Context } });
    settings.aws.region = 'eu-west-3';
    const { code, stdout } = await run(world, ['setup', '--context=ours', '--yes']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `context ours is in use: bucket ${BUCKET} in us-east-1\n` });
    expect(Object.keys((await readConfig(settings)).contexts).sort()).toEqual([...Object.keys(others), 'ours'].sort());
    for (const flag of ['--region=eu-west-3', '--name=third']) {
      const { code, notes } = await run(world, ['setup', '--context=ours', flag, '--yes']);
      expect(code).toBe(exitCodes.conflict);
      expect(notes).toContain('context ours is installation other in us-east-1');
      expect(notes).toMatch(/try: bbf setup --region=\S+ --name=\S+ --context=ANOTHER/);
    }
  });

  it('ends with what is still to do, in the context that it made', async () => {
    expect((await run(world, ['create', 'main', '--no-wait'])).code).toBe(0);
    expect((await setup(world)).notes).toMatch(/^next: bbf images release, then bbf build \/\/\.\.\.$/m);
    const { notes, stdout } = await setup(
      { ...world, program: { ...world.program, settings: { ...world.program.settings, context: 'test' } } },
      ['--server-image=server'],
    );
    expect(stdout).toContain('context other-us-east-1 is not in use, as BBF_CONTEXT names another: ');
    expect(notes).toMatch(/^next: bbf --context=other-us-east-1 build \/\/\.\.\.$/m);
  });

  it('is complete where the surroundings name what can’t be, or this very installation', async () => {
    const file = join(world.program.settings.cwd, '.bbf.json');
    const { settings } = world.program;
    const named = { ...settings, cluster: 'Main_1' };
    const itself = { context: { region: 'us-east-1', bucket: BUCKET, installation: 'other' } };
    for (const [text, surroundings, said] of [
      ['{', settings, 'context other-us-east-1 is saved: bucket '],
      ['{}', named, 'context other-us-east-1 is in use: bucket '],
      [JSON.stringify(itself), settings, 'context other-us-east-1 is in use: bucket '],
    ] as const) {
      writeFileSync(file, text);
      const { code, stdout } = await setup({ ...world, program: { ...world.program, settings: surroundings } });
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(said) });
    }
  });

  it('changes nothing when the answer is no', async () => {
    const { code } = await setup(world, ['--log-retention-days=14'], ['no']);
    expect(code).toBe(exitCodes.usage);
    expect((await stackOf())?.StackStatus).toBe('CREATE_COMPLETE');
    expect(await retention()).toContain('/bbf/other/farm 7');
  });

  it('refuses to replace what a newer bbf set up, unless it is told to', async () => {
    await updateAsNewer(world);
    await world.advance(60_000);
    const { code, notes } = await setup(world);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toMatch(/was set up by bbf 10\.0\.0, and this is bbf 0\.0\.0-dev/);
    expect(notes).toContain(
      'try: npm install --global ./bbf-10.0.0.tgz, which npm pack makes in a checkout of that version',
    );
    expect((await setup(world, ['--downgrade'])).code).toBe(0);
    expect((await stackOf())?.Outputs).toContainEqual(
      expect.objectContaining({ OutputKey: 'Version', OutputValue: '0.0.0-dev' }),
    );
  });
});

describe('bbf setup refuses', () => {
  it.each([
    ['a VPC without subnets', '--vpc-id=vpc-1', /--vpc-id and --subnet-ids go together/],
    ['subnets without a VPC', '--subnet-ids=subnet-1', /--vpc-id and --subnet-ids go together/],
    ['what is no block', '--client-cidr=10.0.0.0', /--client-cidr=10\.0\.0\.0 is not an IPv4 block/],
    ['days that CloudWatch does not offer', '--log-retention-days=31', /is not one of 1, 3, 5/],
    ['a boundary that is no policy', '--permissions-boundary=admin', /is not the ARN of a policy/],
    ['two that can’t both be meant', '--name=third', /takes one --name, and two are given: "other" and "third"/],
    ['a word behind a list', 'subnet-2', /"subnet-2" is one too many\n.*try: bbf setup --subnet-ids=A,B/],
  ])('%s', async (_, flag, message) => {
    const { code, notes } = await setup(world, [flag]);
    expect(code).toBe(exitCodes.usage);
    expect(notes).toMatch(message);
    expect(await stackOf()).toBeUndefined();
  });
});

it('bbf setup refuses a name that is none', async () => {
  expect((await run(world, ['setup', '--name=A_B'])).notes).toMatch(/is no name of an installation/);
});

describe('a region of another partition', () => {
  it.each([
    ['cn-north-1', 'China'],
    ['us-gov-west-1', 'GovCloud'],
  ])('is refused with the reason: %s', async (region, partition) => {
    for (const command of ['setup', 'bootstrap-policy']) {
      const { code, notes } = await run(world, [command, `--name=${OTHER}`, `--region=${region}`], ['yes']);
      expect(code).toBe(exitCodes.configuration);
      expect(notes).toContain(`region ${region} is in AWS ${partition}, where Lambda has no Function URLs`);
    }
    expect(await stackOf()).toBeUndefined();
  });
});

describe('the events of a new bucket', () => {
  const FIVE_MINUTES_MS = 300_000;
  /** Milliseconds that a set-up takes, and what it says. */
  async function timed(flags: string[] = []) {
    const before = world.world.now();
    const result = await setup(world, flags);
    return { ...result, took: world.world.now() - before };
  }

  it('are waited for, as a cluster that is made before them is noticed late', async () => {
    const { code, notes, stdout, took } = await timed();
    expect(code).toBe(0);
    expect(took).toBeGreaterThanOrEqual(FIVE_MINUTES_MS);
    expect(notes).toMatch(/waits: S3 begins to tell the reconciler of documents in about 4m \d\ds/);
    expect(stdout).toContain('context other-us-east-1 is in use');
  });

  it('are not waited for when nobody wants to, nor where they were there before', async () => {
    const first = await timed(['--no-wait']);
    expect(first.code).toBe(0);
    expect(first.took).toBeLessThan(FIVE_MINUTES_MS);
    expect(first.notes).toContain('a cluster that is made before may be noticed up to 15 minutes late');
    const upgrade = await timed(['--log-retention-days=14']);
    expect(upgrade.took).toBeLessThan(60_000);
    expect(upgrade.notes).not.toContain('S3 begins');
  });

  it('leave a set-up complete whose waiting is ended', async () => {
    const { sleep } = world.program;
    world.program.sleep = (ms, signal) => {
      if (ms > 60_000) process.emit('SIGINT');
      return signal?.aborted ? Promise.reject(signal.reason as Error) : sleep(ms, signal);
    };
    const { took, notes } = await timed();
    world.program.sleep = sleep;
    expect(took).toBeLessThan(FIVE_MINUTES_MS);
    expect(notes).toContain('interrupted by SIGINT');
    expect((await stackOf())?.StackStatus).toBe('CREATE_COMPLETE');
    expect((await run(world, ['contexts'])).stdout).toContain('other-us-east-1');
  });
});
