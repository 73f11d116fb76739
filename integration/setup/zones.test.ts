/** The zones of the foundation's own subnets: those that Fargate is in, and for good. */
import { DescribeStackResourceCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { beforeEach, expect, it } from 'vitest';
import type { Value } from '../../templates/cloudformation.ts';
import { foundationTemplate } from '../../templates/foundation.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';
import { STACK, setup } from './person.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
beforeEach(() => {
  world = current();
});

/** From now on. @param id of a zone of this region, which Fargate is not in */
function leaveOut(id: string) {
  const { handle } = world.cloud;
  world.cloud.handle = async (request) => {
    const answer = await handle(request);
    if (!Buffer.from(request.body).includes('Action=DescribeAvailabilityZones')) return answer;
    const withoutFargate = Buffer.from(answer.body).toString().replace(id, 'apne1-az3');
    return { ...answer, body: Buffer.from(withoutFargate) };
  };
}

const SUBNETS = ['SubnetA', 'SubnetB'];
const ids = () =>
  Promise.all(
    SUBNETS.map(async (LogicalResourceId) => {
      const { StackResourceDetail } = await world.cfn.send(
        new DescribeStackResourceCommand({ StackName: STACK, LogicalResourceId }),
      );
      return StackResourceDetail?.PhysicalResourceId ?? '';
    }),
  );
const zones = async () => (await ids()).map((id) => world.cloud.services.ec2.state.subnets[id]?.availabilityZone);

it('a new foundation has its subnets in two zones that Fargate is in, and keeps them when more have it', async () => {
  const { handle } = world.cloud;
  leaveOut('use1-az1');
  expect((await setup(world)).code).toBe(0);
  expect(await zones()).toEqual(['us-east-1b', 'us-east-1c']);
  const before = await ids();
  world.cloud.handle = handle;
  const { code, notes } = await setup(world, ['--log-retention-days=7']);
  expect([code, notes]).toEqual([0, expect.not.stringContaining('Subnet')]);
  expect([await zones(), await ids()]).toEqual([['us-east-1b', 'us-east-1c'], before]);
});

it('a foundation of before there was a choice keeps its subnets, whatever Fargate is in', async () => {
  expect((await setup(world)).code).toBe(0);
  await updateTo(withoutChoice());
  const before = await ids();
  leaveOut('use1-az1');
  const { code, notes } = await setup(world, ['--log-retention-days=7']);
  expect([code, notes]).toEqual([0, expect.not.stringContaining('Subnet')]);
  expect([await zones(), await ids()]).toEqual([['us-east-1a', 'us-east-1b'], before]);
});

/** The template as it was. */
function withoutChoice(): object {
  const { Parameters, Conditions, Resources, ...rest } = structuredClone(foundationTemplate(OTHER));
  const { Zones: _, ...parameters } = Parameters;
  const { HasZones: __, ...conditions } = Conditions ?? {};
  for (const [index, name] of SUBNETS.entries())
    Object.assign(Resources[name]?.Properties as Record<string, Value>, {
      AvailabilityZone: { 'Fn::Select': [index, { 'Fn::GetAZs': '' }] },
    });
  return { ...rest, Parameters: parameters, Conditions: conditions, Resources };
}

async function updateTo(template: object) {
  const kept = ['Bucket', 'BundleKey', 'Version', 'ServerImage', 'WorkerImage'];
  await world.cfn.send(
    new UpdateStackCommand({
      StackName: STACK,
      TemplateBody: JSON.stringify(template),
      Parameters: [
        ...kept.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
        // So that there is something to update.
        { ParameterKey: 'LogRetentionDays', ParameterValue: '14' },
      ],
      Tags: [{ Key: 'bbf:installation', Value: OTHER }],
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  await world.advance(60_000);
}
