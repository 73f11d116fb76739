/** VPCs and subnets, as CloudFormation makes them. */
import { type ResourceProvider, ServiceError } from '../kernel.ts';
import { contains, overlap, parseBlock } from './cidr.ts';
import {
  dependencyViolation,
  differs,
  type Ec2Core,
  found,
  newId,
  type Properties,
  requiredText,
  tagsOf,
  truth,
} from './records.ts';
import { allTraffic } from './security-rules.ts';
import type { Subnet, Tags, Vpc } from './state.ts';

const VPC_FIXED = ['CidrBlock', 'InstanceTenancy'];

export function vpcProvider(core: Ec2Core): ResourceProvider {
  const { state, world } = core;
  return {
    type: 'AWS::EC2::VPC',
    replacedBy: VPC_FIXED,
    create(properties, context) {
      const cidrBlock = requiredText(properties, 'CidrBlock');
      parseBlock(cidrBlock);
      const id = newId(world, 'vpc');
      const vpc: Vpc = {
        id,
        cidrBlock,
        defaultSecurityGroupId: defaultSecurityGroup(core, id),
        mainRouteTableId: mainRouteTable(core, id, cidrBlock),
        networkAclId: newId(world, 'acl'),
        ...vpcSettings(properties, context.tags),
      };
      state.vpcs[id] = vpc;
      world.changed('ec2');
      return vpcOutcome(vpc);
    },
    update(id, before, after, context) {
      if (differs(before, after, VPC_FIXED)) return 'replace';
      const vpc = Object.assign(found(core, 'vpcs', id), vpcSettings(after, context.tags));
      world.changed('ec2');
      return vpcOutcome(vpc);
    },
    delete(id) {
      const vpc = state.vpcs[id];
      if (!vpc) return;
      if (isInUse(core, vpc)) throw dependencyViolation(`The vpc '${id}' has dependencies and cannot be deleted.`);
      delete state.securityGroups[vpc.defaultSecurityGroupId];
      delete state.routeTables[vpc.mainRouteTableId];
      delete state.vpcs[id];
      world.changed('ec2');
    },
  };
}

const vpcSettings = (properties: Properties, tags: Tags) => ({
  enableDnsSupport: properties.EnableDnsSupport === undefined || truth(properties.EnableDnsSupport),
  enableDnsHostnames: truth(properties.EnableDnsHostnames),
  tags: tagsOf(properties, tags),
});

const vpcOutcome = (vpc: Vpc) => ({
  physicalId: vpc.id,
  attributes: {
    VpcId: vpc.id,
    CidrBlock: vpc.cidrBlock,
    CidrBlockAssociations: [],
    DefaultNetworkAcl: vpc.networkAclId,
    DefaultSecurityGroup: vpc.defaultSecurityGroupId,
    Ipv6CidrBlocks: [],
  },
});

function defaultSecurityGroup(core: Ec2Core, vpcId: string): string {
  const id = newId(core.world, 'sg');
  const rules = [
    allTraffic(core.world, 'egress', { cidr: '0.0.0.0/0' }),
    allTraffic(core.world, 'ingress', { groupId: id }),
  ];
  core.state.securityGroups[id] = {
    id,
    vpcId,
    name: 'default',
    description: 'default VPC security group',
    rules,
    tags: {},
  };
  return id;
}

function mainRouteTable(core: Ec2Core, vpcId: string, cidrBlock: string): string {
  const id = newId(core.world, 'rtb');
  const routes = [{ destination: cidrBlock, target: 'local' }];
  core.state.routeTables[id] = { id, vpcId, main: true, routes, associations: {}, tags: {} };
  return id;
}

function isInUse({ state }: Ec2Core, vpc: Vpc): boolean {
  const { subnets, gateways, securityGroups, routeTables, endpoints, interfaces } = state;
  const inside = [subnets, gateways, securityGroups, routeTables, endpoints, interfaces]
    .flatMap((records) => Object.values<{ id: string; vpcId: string | undefined }>(records))
    .filter(({ vpcId }) => vpcId === vpc.id);
  return inside.some(({ id }) => id !== vpc.defaultSecurityGroupId && id !== vpc.mainRouteTableId);
}

const SUBNET_FIXED = ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'Ipv6Native', 'OutpostArn'];

export function subnetProvider(core: Ec2Core): ResourceProvider {
  const { state, world } = core;
  return {
    type: 'AWS::EC2::Subnet',
    replacedBy: SUBNET_FIXED,
    create(properties, context) {
      const vpc = found(core, 'vpcs', requiredText(properties, 'VpcId'));
      const cidrBlock = requiredText(properties, 'CidrBlock');
      checkSubnetBlock(core, vpc, cidrBlock);
      const subnet: Subnet = {
        id: newId(world, 'subnet'),
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone: String(properties.AvailabilityZone ?? `${world.region}a`),
        mapPublicIpOnLaunch: truth(properties.MapPublicIpOnLaunch),
        aclAssociationId: newId(world, 'aclassoc'),
        tags: tagsOf(properties, context.tags),
      };
      state.subnets[subnet.id] = subnet;
      world.changed('ec2');
      return subnetOutcome(subnet, vpc);
    },
    update(id, before, after, context) {
      if (differs(before, after, SUBNET_FIXED)) return 'replace';
      const subnet = found(core, 'subnets', id);
      subnet.mapPublicIpOnLaunch = truth(after.MapPublicIpOnLaunch);
      subnet.tags = tagsOf(after, context.tags);
      world.changed('ec2');
      return subnetOutcome(subnet, found(core, 'vpcs', subnet.vpcId));
    },
    delete(id) {
      if (!state.subnets[id]) return;
      const isUsed =
        Object.values(state.interfaces).some(({ subnetId }) => subnetId === id) ||
        Object.values(state.endpoints).some(({ subnetIds }) => subnetIds.includes(id));
      if (isUsed) throw dependencyViolation(`The subnet '${id}' has dependencies and cannot be deleted.`);
      delete state.subnets[id];
      world.changed('ec2');
    },
  };
}

function checkSubnetBlock(core: Ec2Core, vpc: Vpc, cidrBlock: string): void {
  const block = parseBlock(cidrBlock);
  if (!contains(parseBlock(vpc.cidrBlock), block)) {
    throw new ServiceError('InvalidSubnet.Range', `The CIDR '${cidrBlock}' is invalid.`);
  }
  const rival = Object.values(core.state.subnets).find(
    (subnet) => subnet.vpcId === vpc.id && overlap(parseBlock(subnet.cidrBlock), block),
  );
  if (rival) throw new ServiceError('InvalidSubnet.Conflict', `The CIDR '${cidrBlock}' conflicts with another subnet`);
}

const subnetOutcome = (subnet: Subnet, vpc: Vpc) => ({
  physicalId: subnet.id,
  attributes: {
    SubnetId: subnet.id,
    VpcId: subnet.vpcId,
    CidrBlock: subnet.cidrBlock,
    AvailabilityZone: subnet.availabilityZone,
    NetworkAclAssociationId: subnet.aclAssociationId,
    Ipv6CidrBlocks: [],
    NetworkAclId: vpc.networkAclId,
  },
});
