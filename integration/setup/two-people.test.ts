/** Two people who set up the same installation at once, and one whose set-up is refused on the way. */
import { DescribeStacksCommand, ListChangeSetsCommand } from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, DeleteRoleCommand } from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import type { WireRequest } from '../../local/cloud/kernel.ts';
import { roleName } from '../../templates/names.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';
import { STACK, setup, updateAsNewer } from './person.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

const stackOf = async () => (await world.cfn.send(new DescribeStacksCommand({ StackName: STACK }))).Stacks?.[0];

it('bbf setup leaves no change set where what comes before the stack is refused', async () => {
  const { handle } = world.cloud;
  const isTagging = ({ method, query }: WireRequest) => method === 'PUT' && query.has('tagging');
  const denied = '<Error><Code>AccessDenied</Code><Message>no s3:PutBucketTagging</Message></Error>';
  world.cloud.handle = async (request) =>
    isTagging(request) ? { status: 403, headers: {}, body: denied } : handle(request);
  const { code, notes } = await setup(world);
  expect(code, notes).toBe(exitCodes.permission);
  expect(notes).toContain('no s3:PutBucketTagging');
  expect((await stackOf())?.StackStatus).toBe('REVIEW_IN_PROGRESS');
  expect((await world.cfn.send(new ListChangeSetsCommand({ StackName: STACK }))).Summaries).toEqual([]);
});

it('bbf setup after one that was refused once S3 had been told still waits until S3 tells of documents', async () => {
  const { handle } = world.cloud;
  const before = world.world.now();
  const isUpload = ({ method, path }: WireRequest) => method === 'PUT' && path.includes('/bundles/');
  world.cloud.handle = async (request) =>
    isUpload(request) ? { status: 503, headers: {}, body: '' } : handle(request);
  expect((await setup(world)).code).toBe(exitCodes.unavailable);
  world.cloud.handle = handle;
  const { code, notes } = await setup(world);
  expect(code, notes).toBe(0);
  expect(world.world.now() - before).toBeGreaterThanOrEqual(5 * 60_000);
});

it('bbf setup takes its own change set for no other’s where the answer to it was lost', async () => {
  const { handle } = world.cloud;
  let isLost = false;
  world.cloud.handle = async (request) => {
    const answer = await handle(request);
    if (isLost || !Buffer.from(request.body).includes('Action=CreateChangeSet')) return answer;
    isLost = true;
    return { status: 503, headers: {}, body: '' };
  };
  const { code, notes } = await setup(world);
  expect(code, notes).toBe(0);
  expect([isLost, (await stackOf())?.StackStatus]).toEqual([true, 'CREATE_COMPLETE']);
});

describe('bbf setup beside somebody else’s', () => {
  it('goes by what that of a newer bbf, which it waits for, has made', async () => {
    await setup(world);
    await updateAsNewer(world);
    expect((await stackOf())?.StackStatus).toBe('UPDATE_IN_PROGRESS');
    const { code, notes } = await setup(world);
    expect(code, notes).toBe(exitCodes.configuration);
    expect(notes).toMatch(/was set up by bbf 10\.0\.0, and this is bbf 0\.0\.0-dev/);
  });

  it('leaves alone what somebody else has made of the stack while it asked', async () => {
    const meanwhile = async () => {
      expect((await setup(world)).code).toBe(0);
      return 'no';
    };
    expect((await setup(world, [], [meanwhile])).code).toBe(exitCodes.usage);
    expect(await stackOf()).toMatchObject({ StackStatus: 'CREATE_COMPLETE', EnableTerminationProtection: true });
  });

  it('removes no stack that somebody else has made anew while it asked for the leave to', async () => {
    const RoleName = roleName(OTHER, 'worker', 'us-east-1');
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await world.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    await setup(world);
    await world.iam.send(new DeleteRoleCommand({ RoleName }));
    const meanwhile = async () => {
      expect((await setup(world, [], ['yes', 'yes'])).code).toBe(0);
      return 'yes';
    };
    const { code, notes } = await setup(world, [], [meanwhile]);
    expect(code, notes).toBe(exitCodes.conflict);
    expect(notes).toMatch(/was in ROLLBACK_COMPLETE and is in DELETE_COMPLETE: somebody else works on it/);
    expect((await stackOf())?.StackStatus).toBe('CREATE_COMPLETE');
  });
});
