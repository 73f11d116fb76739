/** What CloudFormation says of a stack lags behind what it was just told: a status of before is taken for no end. */
import {
  CancelUpdateStackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { beforeEach, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import type { WireResponse } from '../../local/cloud/kernel.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';
import { run, STACK, setup } from './person.ts';

/** Each by one look of who follows the stack. */
const LATE_LOOKS = 2;

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(async () => {
  world = current();
  expect((await setup(world)).code).toBe(0);
});

const foundation = async () => {
  const { Stacks = [] } = await world.cfn.send(new DescribeStacksCommand({}));
  return Stacks.find(({ StackName }) => StackName === STACK);
};
const change = () => setup(world, ['--client-cidr=203.0.113.0/24']);
const teardown = () => run(world, ['teardown', '--region=us-east-1', `--name=${OTHER}`, '--yes']);

/** The first looks at the foundation after an operation was begun see it as it was seen last. */
function lag() {
  const { handle } = world.cloud;
  let last: WireResponse | undefined;
  let late = 0;
  world.cloud.handle = async (request) => {
    const asked = new URLSearchParams(Buffer.from(request.body).toString());
    const [action = '', name = ''] = [asked.get('Action') ?? '', asked.get('StackName') ?? ''];
    if (name !== STACK && !name.includes(`/${STACK}/`)) return handle(request);
    if (action === 'DescribeStacks' && last !== undefined && late-- > 0) return last;
    const answer = await handle(request);
    if (action === 'DescribeStacks') last = answer;
    if (['ExecuteChangeSet', 'DeleteStack'].includes(action)) late = LATE_LOOKS;
    return answer;
  };
}

/** Of others, who use what the foundation exports. */
async function importFromFoundation(name: string) {
  const Tags = [{ Key: 'on', Value: { 'Fn::ImportValue': name } }];
  const TemplateBody = JSON.stringify({ Resources: { Logs: { Type: 'AWS::Logs::LogGroup', Properties: { Tags } } } });
  await world.cfn.send(new CreateStackCommand({ StackName: 'theirs', TemplateBody }));
  await world.advance(60_000);
}

async function removeTheirs() {
  await world.cfn.send(new DeleteStackCommand({ StackName: 'theirs' }));
  await world.advance(60_000);
}

it('an upgrade is done once it is, and not while the stack still is as the set-up before left it', async () => {
  lag();
  const { code, notes } = await change();
  expect(code, notes).toBe(0);
  expect(await foundation()).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
});

it('an upgrade that is rolled back is told, also of a stack that was good before', async () => {
  await world.logs.send(new CreateLogGroupCommand({ logGroupName: '/ours' }));
  await importFromFoundation(`${OTHER}--FarmLogGroup`);
  lag();
  const { code, notes } = await setup(world, ['--log-group=/ours']);
  expect(code).toBe(exitCodes.configuration);
  expect(notes).toContain(`stack ${STACK} ended in UPDATE_ROLLBACK_COMPLETE`);
  expect(await foundation()).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
});

it('an upgrade after one that was rolled back does not fail by the roll-back of before', async () => {
  await world.logs.send(new CreateLogGroupCommand({ logGroupName: '/ours' }));
  await importFromFoundation(`${OTHER}--FarmLogGroup`);
  expect((await setup(world, ['--log-group=/ours'])).code).toBe(exitCodes.configuration);
  await removeTheirs();
  lag();
  const { code, notes } = await change();
  expect(code, notes).toBe(0);
  expect(await foundation()).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
});

it('a teardown after one that failed does not fail by the deletion of before', async () => {
  await useNetwork();
  expect((await teardown()).code).toBe(exitCodes.configuration);
  expect(await foundation()).toMatchObject({ StackStatus: 'DELETE_FAILED' });
  await removeTheirs();
  lag();
  const { code, notes } = await teardown();
  expect(code, notes).toBe(0);
  expect(await foundation()).toBeUndefined();
});

it('an upgrade that somebody cancels ends with that', async () => {
  const { sleep } = world.program;
  let isCancelled = false;
  world.program.sleep = async (ms, signal) => {
    const { StackStatus } = (await foundation()) ?? {};
    if (!isCancelled && StackStatus === 'UPDATE_IN_PROGRESS') {
      isCancelled = true;
      await world.cfn.send(new CancelUpdateStackCommand({ StackName: STACK, ClientRequestToken: 'theirs' }));
    }
    return sleep(ms, signal);
  };
  const { code, notes } = await change();
  expect(isCancelled).toBe(true);
  expect(code).toBe(exitCodes.configuration);
  expect(notes).toContain(`stack ${STACK} ended in UPDATE_ROLLBACK_COMPLETE`);
});

it('an end whose event never comes is waited for no longer than any other', async () => {
  const { handle } = world.cloud;
  world.cloud.handle = async (request) => {
    const answer = await handle(request);
    if (!Buffer.from(request.body).includes('Action=DescribeStackEvents')) return answer;
    return { ...answer, body: Buffer.from(Buffer.from(answer.body).toString().replaceAll('ClientRequestToken', 'T')) };
  };
  // A look takes its time as well.
  world.program.sleep = (ms) => world.advance(ms + 4_500);
  const { code, notes } = await change();
  expect(code).toBe(exitCodes.timeout);
  expect(notes).toContain(`stack ${STACK} took longer than 30m`);
  expect(notes).toContain(`${STACK} is in UPDATE_COMPLETE, as no event of this operation says yet`);
});

async function useNetwork() {
  const ask = new DescribeStackResourceCommand({ StackName: STACK, LogicalResourceId: 'Vpc' });
  const VpcId = (await world.cfn.send(ask)).StackResourceDetail?.PhysicalResourceId;
  const Theirs = { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'theirs', VpcId } };
  await world.cfn.send(
    new CreateStackCommand({ StackName: 'theirs', TemplateBody: JSON.stringify({ Resources: { Theirs } }) }),
  );
  await world.advance(60_000);
}
