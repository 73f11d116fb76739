import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exit-codes.ts';
import { foundationSettings } from '../../cli/plan/foundation-settings.ts';
import { settingsFrom } from '../../reconciler/settings.ts';
import { reconcilerFunctionName } from '../../templates/names.ts';
import { serverTemplate } from '../../templates/server.ts';
import { worldOfEachTest } from '../world-of-each-test.ts';
import { OTHER, type WorldOnPort } from '../world-on-port.ts';
import { STACK, setup } from './person.ts';

const current = worldOfEachTest();
let world: WorldOnPort;
let net: Record<string, string>;
beforeEach(async () => {
  world = current();
  net = await networkIn(world);
});

const subnet = (block: number, zone: string) => ({
  Type: 'AWS::EC2::Subnet',
  Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: `10.9.${block}.0/24`, AvailabilityZone: `us-east-1${zone}` },
});
const associated = (name: string, table: string) => ({
  Type: 'AWS::EC2::SubnetRouteTableAssociation',
  Properties: { SubnetId: { Ref: name }, RouteTableId: { Ref: table } },
});
const table = { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: { Ref: 'Vpc' } } };
const route = (GatewayId: object, more = {}) => ({
  Type: 'AWS::EC2::Route',
  Properties: { RouteTableId: { Ref: 'Public' }, DestinationCidrBlock: '0.0.0.0/0', GatewayId },
  ...more,
});

/** A VPC with two public subnets in two zones, a third beside the first, two behind a NAT gateway, one without a way out, and one of another VPC. */
async function networkIn({ cfn, advance }: WorldOnPort): Promise<Record<string, string>> {
  const Resources = {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.9.0.0/16' } },
    Gateway: { Type: 'AWS::EC2::InternetGateway' },
    Attachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: { Ref: 'Vpc' }, InternetGatewayId: { Ref: 'Gateway' } },
    },
    Public: table,
    Out: route({ Ref: 'Gateway' }, { DependsOn: 'Attachment' }),
    A: subnet(0, 'a'),
    B: subnet(1, 'b'),
    Twin: subnet(2, 'a'),
    Lost: subnet(3, 'b'),
    PrivateA: subnet(4, 'a'),
    PrivateB: subnet(5, 'b'),
    Private: table,
    Through: {
      Type: 'AWS::EC2::Route',
      Properties: {
        RouteTableId: { Ref: 'Private' },
        DestinationCidrBlock: '0.0.0.0/0',
        NatGatewayId: 'nat-0123456789abcdef0',
      },
    },
    PrivateARoutes: associated('PrivateA', 'Private'),
    PrivateBRoutes: associated('PrivateB', 'Private'),
    ARoutes: associated('A', 'Public'),
    BRoutes: associated('B', 'Public'),
    TwinRoutes: associated('Twin', 'Public'),
    Other: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.8.0.0/16' } },
    Foreign: {
      Type: 'AWS::EC2::Subnet',
      Properties: { VpcId: { Ref: 'Other' }, CidrBlock: '10.8.0.0/24', AvailabilityZone: 'us-east-1a' },
    },
  };
  const Outputs = Object.fromEntries(
    ['Vpc', 'A', 'B', 'Twin', 'PrivateA', 'PrivateB', 'Lost', 'Foreign'].map((name) => [
      name,
      { Value: { Ref: name } },
    ]),
  );
  await cfn.send(new CreateStackCommand({ StackName: 'net', TemplateBody: JSON.stringify({ Resources, Outputs }) }));
  await advance(60_000);
  const { Stacks: [stack] = [] } = await cfn.send(new DescribeStacksCommand({ StackName: 'net' }));
  return Object.fromEntries(stack?.Outputs?.map((one) => [one.OutputKey ?? '', one.OutputValue ?? '']) ?? []);
}

const on = (...subnets: string[]) => setup(world, [`--vpc-id=${net.Vpc}`, `--subnet-ids=${subnets.join(',')}`]);

describe('an existing network', () => {
  it('is used, and none is made', async () => {
    const { code, notes } = await on(net.A ?? '', net.B ?? '');
    expect(code).toBe(0);
    expect(notes).not.toMatch(/AWS::EC2::(VPC|Subnet)|note:/);
    const { Stacks: [stack] = [] } = await world.cfn.send(new DescribeStacksCommand({ StackName: STACK }));
    expect(stack?.Outputs).toContainEqual(
      expect.objectContaining({ OutputKey: 'SubnetIds', OutputValue: `${net.A},${net.B}` }),
    );
    // The flag may be given for each.
    const each = [`--vpc-id=${net.Vpc}`, `--subnet-ids=${net.A}`, '--subnet-ids', net.B ?? ''];
    expect((await setup(world, each)).notes).toContain('nothing to change');
    // It stays so without the flags.
    expect((await setup(world)).notes).toContain('nothing to change');
  });

  it('names the subnets before it takes others, as no resource of the foundation has them', async () => {
    await on(net.A ?? '', net.B ?? '');
    const flags = [`--vpc-id=${net.Vpc}`, `--subnet-ids=${net.B}`];
    const { notes } = await setup(world, flags, ['no']);
    expect(notes).toMatch(
      new RegExp(`stack ${STACK} will change:\n {2}.*parameter {2}SubnetIds: ${net.A},${net.B} becomes ${net.B}\n`),
    );
  });

  it.each([
    ['gives tasks public addresses behind an internet gateway', ['A', 'B'], 'ENABLED'],
    ['gives them none behind a NAT gateway, where nobody could reach these', ['PrivateA', 'PrivateB'], 'DISABLED'],
  ])('%s', async (_, subnets, expected) => {
    const { code, notes } = await on(...subnets.map((name) => net[name] ?? ''));
    expect(code).toBe(0);
    expect(notes.includes('no internet gateway, so build servers can be reached from within')).toBe(
      expected === 'DISABLED',
    );
    expect(await publicAddresses()).toBe(expected);
    // Function and `bbf plan` count by it what an hour costs.
    expect(await counted()).toEqual([expected === 'ENABLED', expected === 'ENABLED']);
    // It stays so without the flags.
    expect((await setup(world)).notes).toContain('nothing to change');
  });

  it('whose subnets lead out in two ways is refused: one setting can serve but one of them', async () => {
    const { code, notes } = await on(net.A ?? '', net.PrivateB ?? '');
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain('the subnets lead to the internet in different ways');
    expect(notes).toContain(`--subnet-ids=${net.A} for public addresses, or --subnet-ids=${net.PrivateB} for private`);
  });

  it('in one zone is used, with a word on it', async () => {
    const { code, notes } = await on(net.A ?? '', net.Twin ?? '');
    expect(code).toBe(0);
    expect(notes).toContain('note: all subnets are in us-east-1a');
  });

  it.each([
    ['without a route to the internet', () => [net.A, net.Lost], () => `${net.Lost}: rtb-`, 'no route to the internet'],
    ['of another VPC', () => [net.A, net.Foreign], () => `${net.Foreign}: it is in vpc-`, `not in vpc-`],
    ['that is not there', () => [net.A, 'subnet-0none'], () => 'there is no subnet subnet-0none', 'us-east-1'],
  ])('is refused for a subnet %s, which is named', async (_, subnets, which, why) => {
    const { code, notes } = await on(...subnets().map((id) => id ?? ''));
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain(which());
    expect(notes).toContain(why);
    expect(notes).not.toContain(`${net.A}:`);
    expect((await world.cfn.send(new DescribeStacksCommand({}))).Stacks?.map((one) => one.StackName)).not.toContain(
      STACK,
    );
  });

  it('is refused for a subnet that Fargate is not in, though it leads to the internet', async () => {
    const { handle } = world.cloud;
    const zone = (name: string) => `<availabilityZone>${name}</availabilityZone>`;
    world.cloud.handle = async (request) => {
      const answer = await handle(request);
      if (!Buffer.from(request.body).includes('Action=DescribeSubnets')) return answer;
      const text = Buffer.from(answer.body).toString();
      return { ...answer, body: Buffer.from(text.replace(zone('us-east-1b'), zone('us-east-1-bos-1a'))) };
    };
    const { code, notes } = await on(net.A ?? '', net.B ?? '');
    expect(code, notes).toBe(exitCodes.configuration);
    expect(notes).toContain('1 of 2 subnets will not do');
    expect(notes).toContain(`${net.B}: it is in us-east-1-bos-1a, a Local or Wavelength Zone, where Fargate is not`);
  });

  it('is refused for a VPC that is not there', async () => {
    const { code, notes } = await setup(world, ['--vpc-id=vpc-0none', `--subnet-ids=${net.A}`]);
    expect(code).toBe(exitCodes.configuration);
    expect(notes).toContain('there is no VPC vpc-0none in us-east-1');
  });
});

/** Whether the reconciler's function, and the foundation as the CLI reads it, say that tasks have public addresses. */
async function counted() {
  const { endpoint } = world;
  const { accessKeyId = '', secretAccessKey = '' } = world.program.settings.aws;
  const access = { region: 'us-east-1', endpoint, credentials: { accessKeyId, secretAccessKey } };
  const ask = new GetFunctionConfigurationCommand({ FunctionName: reconcilerFunctionName(OTHER) });
  const { Environment } = await new LambdaClient(access).send(ask);
  const ofFunction = settingsFrom({ ...Environment?.Variables, AWS_REGION: 'us-east-1' });
  return [ofFunction.publicAddresses, (await foundationSettings(access, OTHER)).publicAddresses];
}

/** Of the service of a build server there. */
async function publicAddresses() {
  const StackName = `${OTHER}--main--server`;
  const parameters = { ServiceName: StackName, Image: 'i', Cpu: '256', MemoryMiB: '512', Cluster: 'main' };
  const Parameters = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
  const TemplateBody = JSON.stringify(serverTemplate(OTHER));
  await world.cfn.send(new CreateStackCommand({ StackName, TemplateBody, Parameters }));
  await world.advance(60_000);
  const ask = new DescribeServicesCommand({ cluster: OTHER, services: [StackName] });
  const { services: [service] = [] } = await world.ecs.send(ask);
  return service?.networkConfiguration?.awsvpcConfiguration?.assignPublicIp;
}
