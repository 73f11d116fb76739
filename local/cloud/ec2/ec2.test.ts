/** EC2's records: made and unmade as CloudFormation does it, and described as its API does it. */
import { describe, expect, it } from 'vitest';
import type { ResourceContext, WireRequest } from '../kernel.ts';
import { createVirtualWorld } from '../virtual-world.ts';
import { parseXml } from '../wire/xml.ts';
import { createEc2 } from './ec2.ts';
import { createEc2Wire } from './wire.ts';

const CONTEXT: ResourceContext = {
  stackName: 's',
  stackId: 'arn',
  logicalId: 'L',
  tags: { stack: 's' },
  generatedName: () => 's-L-ABC',
};

function network() {
  const ec2 = createEc2({ world: createVirtualWorld() });
  const provider = (type: string) => {
    const found = ec2.providers.find((candidate) => candidate.type === `AWS::EC2::${type}`);
    if (!found) throw new Error(`no provider for ${type}`);
    return found;
  };
  const make = (type: string, properties: Record<string, unknown>) => provider(type).create(properties, CONTEXT);
  const unmake = (type: string, id: string, properties = {}) => provider(type).delete(id, properties, CONTEXT);
  const vpc = make('VPC', { CidrBlock: '10.0.0.0/16' });
  const subnet = make('Subnet', { VpcId: vpc.physicalId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1b' });
  const group = make('SecurityGroup', {
    VpcId: vpc.physicalId,
    GroupDescription: 'farm',
    SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: '8980', ToPort: 8980, CidrIp: '0.0.0.0/0' }],
  });
  return { ec2, provider, make, unmake, vpc, subnet, group };
}

const attach = ({ ec2, subnet, group }: ReturnType<typeof network>) =>
  ec2.attachInterface({
    subnetId: subnet.physicalId,
    securityGroupIds: [group.physicalId],
    privateAddress: '127.1.2.3',
    publicAddress: '127.1.2.3',
    description: 'task',
  });

describe('what is in use stays', () => {
  it('a VPC with a subnet, a subnet and a group with a network interface', () => {
    const made = network();
    const { networkInterfaceId } = attach(made);
    const { ec2, unmake, vpc, subnet, group } = made;
    expect(() => unmake('VPC', vpc.physicalId)).toThrow(
      `The vpc '${vpc.physicalId}' has dependencies and cannot be deleted.`,
    );
    expect(() => unmake('Subnet', subnet.physicalId)).toThrow(/has dependencies/);
    expect(() => unmake('SecurityGroup', group.physicalId)).toThrow(
      `resource ${group.physicalId} has a dependent object`,
    );
    ec2.detachInterface(networkInterfaceId);
    unmake('SecurityGroup', group.physicalId);
    unmake('Subnet', subnet.physicalId);
    unmake('VPC', vpc.physicalId);
    expect(Object.values(ec2.state).every((records) => Object.keys(records).length === 0)).toBe(true);
  });
  it('a group that a rule of another one names', () => {
    const { make, unmake, vpc, group } = network();
    const other = make('SecurityGroup', { VpcId: vpc.physicalId, GroupDescription: 'o', GroupName: 'other' });
    const rule = make('SecurityGroupIngress', {
      GroupId: other.physicalId,
      IpProtocol: '-1',
      SourceSecurityGroupId: group.physicalId,
    });
    expect(() => unmake('SecurityGroup', group.physicalId)).toThrow(/dependent object/);
    unmake('SecurityGroupIngress', rule.physicalId);
    unmake('SecurityGroup', group.physicalId);
  });
  it('an internet gateway that is attached; a route needs it to be', () => {
    const { make, unmake, vpc, subnet } = network();
    const gateway = make('InternetGateway', {}).physicalId;
    const table = make('RouteTable', { VpcId: vpc.physicalId }).physicalId;
    const route = { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway };
    expect(() => make('Route', route)).toThrow(/belong to different networks/);
    const attachment = { VpcId: vpc.physicalId, InternetGatewayId: gateway };
    const { physicalId } = make('VPCGatewayAttachment', attachment);
    expect(make('Route', route).physicalId).toBe(`${table}|0.0.0.0/0`);
    expect(() => make('Route', route)).toThrow(/already exists/);
    const association = make('SubnetRouteTableAssociation', { SubnetId: subnet.physicalId, RouteTableId: table });
    expect(() => unmake('RouteTable', table)).toThrow(/has dependencies/);
    expect(() => unmake('InternetGateway', gateway)).toThrow(/has dependencies/);
    unmake('VPCGatewayAttachment', physicalId, attachment);
    unmake('InternetGateway', gateway);
    unmake('SubnetRouteTableAssociation', association.physicalId);
    unmake('RouteTable', table);
  });
});

describe('what cannot be', () => {
  it.each([
    ['a subnet outside its VPC', '10.1.0.0/24', "The CIDR '10.1.0.0/24' is invalid."],
    ['a subnet over another', '10.0.0.0/23', "The CIDR '10.0.0.0/23' conflicts with another subnet"],
    ['a block that is none', '10.0.2.0/7x', /not a valid CIDR block/],
  ])('%s', (_, CidrBlock, message) => {
    const { make, vpc } = network();
    expect(() => make('Subnet', { VpcId: vpc.physicalId, CidrBlock })).toThrow(message);
  });
  it('an interface in no subnet', () => {
    const made = network();
    made.subnet.physicalId = 'subnet-0';
    expect(() => attach(made)).toThrow("The subnet ID 'subnet-0' does not exist");
  });
});

describe('an update', () => {
  it('changes the inline rules of a group and leaves its separate ones', () => {
    const { ec2, provider, make, vpc, group } = network();
    make('SecurityGroupIngress', {
      GroupId: group.physicalId,
      IpProtocol: 'tcp',
      FromPort: 1,
      ToPort: 1,
      CidrIp: '10.0.0.0/8',
    });
    const before = {
      VpcId: vpc.physicalId,
      GroupDescription: 'farm',
      SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 8980, ToPort: 8980, CidrIp: '0.0.0.0/0' }],
    };
    provider('SecurityGroup').update(group.physicalId, before, { ...before, SecurityGroupIngress: [] }, CONTEXT);
    const ports = ec2.state.securityGroups[group.physicalId]?.rules
      .filter((rule) => rule.direction === 'ingress')
      .map((rule) => rule.fromPort);
    expect(ports).toEqual([1]);
    expect(
      provider('SecurityGroup').update(group.physicalId, before, { ...before, GroupDescription: 'other' }, CONTEXT),
    ).toBe('replace');
  });
});

describe('the wire', () => {
  async function ask(made: ReturnType<typeof network>, form: string) {
    const request: WireRequest = {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.from(`${form}&Version=2016-11-15`),
    };
    const caller = { accessKeyId: 'AKIA', arn: 'arn', account: '000000000000', userId: 'AIDA' };
    return parseXml(String((await createEc2Wire(made.ec2)(request, caller)).body));
  }
  it('describes a network interface with its addresses', async () => {
    const made = network();
    const { networkInterfaceId } = attach(made);
    expect(
      await ask(made, `Action=DescribeNetworkInterfaces&NetworkInterfaceId.1=${networkInterfaceId}`),
    ).toMatchObject({
      networkInterfaceSet: {
        item: {
          networkInterfaceId,
          privateIpAddress: '127.1.2.3',
          availabilityZone: 'us-east-1b',
          association: { publicIp: '127.1.2.3' },
          groupSet: { item: { groupId: made.group.physicalId, groupName: 's-L-ABC' } },
        },
      },
    });
  });
  it('filters by id, VPC and tag', async () => {
    const made = network();
    const ids = async (form: string) => JSON.stringify((await ask(made, `Action=DescribeSubnets&${form}`)).subnetSet);
    const id = made.subnet.physicalId;
    expect(await ids(`Filter.1.Name=vpc-id&Filter.1.Value.1=${made.vpc.physicalId}`)).toContain(id);
    expect(await ids('Filter.1.Name=tag:stack&Filter.1.Value.1=s*')).toContain(id);
    expect(await ids('Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-0')).not.toContain(id);
  });
  it('answers errors as EC2 does', async () => {
    const answer = await ask(network(), 'Action=DescribeVpcs&VpcId.1=vpc-0');
    expect(answer).toMatchObject({
      Errors: { Error: { Code: 'InvalidVpcID.NotFound', Message: "The vpc ID 'vpc-0' does not exist" } },
    });
    expect(await ask(network(), 'Action=DescribeVpcs&Filter.1.Name=nonsense&Filter.1.Value.1=x')).toMatchObject({
      Errors: { Error: { Code: 'InvalidParameterValue' } },
    });
  });
});

it.each([
  ['us-east-1', 'use1-az1 use1-az2 use1-az3'],
  ['ap-northeast-1', 'apne1-az1 apne1-az2 apne1-az3'],
  ['eu-west-3', 'euw3-az1 euw3-az2 euw3-az3'],
])('zones of %s have the ids that AWS gives them', (region, ids) => {
  const world = { ...createVirtualWorld(), region };
  const { availabilityZoneInfo } = createEc2({ world }).describeAvailabilityZones({}) as {
    availabilityZoneInfo: { zoneId: string }[];
  };
  expect(availabilityZoneInfo.map(({ zoneId }) => zoneId).join(' ')).toBe(ids);
});
