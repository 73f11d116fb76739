/** An installation whose bucket has a name of its own, as somebody meets it whose machine has no context of it, or an old one. */
import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, it } from 'vitest';
import { readConfig, saveContext, writeConfig } from '../../cli/context/config.ts';
import { exitCodes } from '../../cli/exit-codes.ts';
import { clusterKey, leaseKey } from '../../config-schema/keys.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';
import { BUCKET, run, STACK, setup } from './person.ts';

const OWN = 'a-bucket-of-our-own';
const CONTEXT = 'other-us-east-1';
const SERVER = `${OTHER}--main--server`;

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(async () => {
  world = current();
  expect((await setup(world, [`--bucket=${OWN}`])).code).toBe(0);
});

const teardown = (...flags: string[]) =>
  run(world, ['teardown', '--region=us-east-1', `--name=${OTHER}`, '--yes', ...flags]);
const stacks = async () =>
  ((await world.cfn.send(new DescribeStacksCommand({}))).Stacks ?? []).map(({ StackName }) => StackName);
const buckets = async () => ((await world.s3.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name }) => Name);
const contextOf = async () => (await readConfig(world.program.settings)).contexts[CONTEXT];

async function forgetContext(): Promise<void> {
  await writeConfig(world.program.settings, { current: undefined, contexts: {} });
}

async function contextNames(bucket: string): Promise<void> {
  const context = await contextOf();
  if (context === undefined) throw new Error(`there is no context ${CONTEXT}`);
  await saveContext(world.program.settings, CONTEXT, { ...context, bucket });
}

/** A cluster that a build uses, and the stack of its server. */
async function build(): Promise<void> {
  const put = (Key: string, document: object) =>
    world.s3.send(
      new PutObjectCommand({ Bucket: OWN, Key, Body: JSON.stringify({ apiVersion: 'bbf/v1', ...document }) }),
    );
  await put(clusterKey('main'), { kind: 'Cluster', metadata: { name: 'main' }, spec: {} });
  const lease = { kind: 'Lease', id: 'abc', holder: 'me@here', purpose: 'bbf build //...' };
  await put(leaseKey('main', 'abc'), { ...lease, pools: { default: { workers: 1 } }, ttlSeconds: 600 });
  const Group = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: SERVER } };
  const TemplateBody = JSON.stringify({ Resources: { Group } });
  await world.cfn.send(new CreateStackCommand({ StackName: SERVER, TemplateBody }));
  await world.advance(60_000);
}

describe('bbf teardown of a bucket with a name of its own', () => {
  it('sees the builds that run, though no context names the bucket', async () => {
    await build();
    await forgetContext();
    const { code, notes } = await teardown();
    expect(code, notes).toBe(exitCodes.configuration);
    expect(notes).toContain('main: bbf build //... of me@here, its lease ends in');
    expect(await stacks()).toEqual(expect.arrayContaining([STACK, SERVER]));
  });

  it('names it, and removes it with all data', async () => {
    await forgetContext();
    const { code, stdout, notes } = await teardown('--delete-data');
    expect(code, notes).toBe(0);
    expect(stdout).toContain(`bucket ${OWN} deleted`);
    expect(await buckets()).not.toContain(OWN);
  });

  it.each(['flag', 'context'])(
    'refuses another one that a %s names, whose documents are of something else',
    async (by) => {
      await build();
      await contextNames(by === 'context' ? BUCKET : OWN);
      const { code, notes } = await teardown(...(by === 'flag' ? [`--bucket=${BUCKET}`] : []), '--force');
      expect(code, notes).toBe(exitCodes.conflict);
      expect(notes).toContain(`installation ${OTHER} keeps its documents in bucket ${OWN}, not in ${BUCKET}`);
      expect(notes).toMatch(new RegExp(`try: bbf teardown --region=[a-z0-9-]+ --name=\\S+ --bucket=${OWN}`));
      expect(await stacks()).toEqual(expect.arrayContaining([STACK, SERVER]));
    },
  );

  it('takes another one once the foundation is gone: what an earlier installation kept', async () => {
    await world.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    expect((await teardown('--delete-data')).code).toBe(0);
    expect((await teardown(`--bucket=${BUCKET}`, '--delete-data')).code).toBe(0);
    expect(await buckets()).not.toContain(BUCKET);
  });
});

describe('bbf setup again, with a bucket of a name of its own', () => {
  it.each([
    ['no context', forgetContext],
    ['an old context', () => contextNames(BUCKET)],
  ])('stays with it under clusters where there is %s', async (_, machine) => {
    await build();
    await machine();
    const { code, notes } = await setup(world);
    expect(code, notes).toBe(0);
    expect(notes).toContain(`stack ${STACK}: nothing to change`);
    expect((await contextOf())?.bucket).toBe(OWN);
    expect(await buckets()).not.toContain(BUCKET);
  });

  it('moves to another one where a flag says so', async () => {
    expect((await setup(world, ['--bucket=another-one'])).code).toBe(0);
    expect((await contextOf())?.bucket).toBe('another-one');
  });
});
