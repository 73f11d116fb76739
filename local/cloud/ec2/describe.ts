/** EC2's Describe operations, in the shape of its XML answers. */

import { parseBlock } from './cidr.ts';
import { type Filter, type Filterable, matches } from './filters.ts';
import { privateDnsName, publicDnsName } from './interfaces.ts';
import { type Ec2Core, found } from './records.ts';
import type {
  Ec2State,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  SecurityRule,
  Subnet,
  Tags,
  Vpc,
} from './state.ts';

export interface DescribeInput {
  ids?: string[];
  filters?: Filter[];
}

export const describeVpcs = (core: Ec2Core, input: DescribeInput) => ({
  vpcSet: chosen(core, 'vpcs', input, (vpc) => ({
    'vpc-id': [vpc.id],
    cidr: [vpc.cidrBlock],
    state: ['available'],
    'is-default': ['false'],
  })).map((vpc) => vpcView(core, vpc)),
});

function vpcView({ world }: Ec2Core, vpc: Vpc) {
  return {
    vpcId: vpc.id,
    ownerId: world.account,
    state: 'available',
    cidrBlock: vpc.cidrBlock,
    instanceTenancy: 'default',
    isDefault: false,
    tagSet: tagSet(vpc.tags),
  };
}

export const describeSubnets = (core: Ec2Core, input: DescribeInput) => ({
  subnetSet: chosen(core, 'subnets', input, (subnet) => ({
    'subnet-id': [subnet.id],
    'vpc-id': [subnet.vpcId],
    'availability-zone': [subnet.availabilityZone],
    'cidr-block': [subnet.cidrBlock],
    state: ['available'],
    'map-public-ip-on-launch': [String(subnet.mapPublicIpOnLaunch)],
  })).map((subnet) => subnetView(core, subnet)),
});

/** AWS keeps five addresses of each subnet for itself. */
const RESERVED_ADDRESSES = 5;

function subnetView({ world, state }: Ec2Core, subnet: Subnet) {
  const used = Object.values(state.interfaces).filter(({ subnetId }) => subnetId === subnet.id).length;
  return {
    subnetId: subnet.id,
    subnetArn: `arn:aws:ec2:${world.region}:${world.account}:subnet/${subnet.id}`,
    ownerId: world.account,
    vpcId: subnet.vpcId,
    state: 'available',
    cidrBlock: subnet.cidrBlock,
    availabilityZone: subnet.availabilityZone,
    availableIpAddressCount: parseBlock(subnet.cidrBlock).size - RESERVED_ADDRESSES - used,
    defaultForAz: false,
    mapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    tagSet: tagSet(subnet.tags),
  };
}

export const describeSecurityGroups = (core: Ec2Core, input: DescribeInput) => ({
  securityGroupInfo: chosen(core, 'securityGroups', input, (group) => ({
    'group-id': [group.id],
    'group-name': [group.name],
    'vpc-id': [group.vpcId],
    description: [group.description],
  })).map((group) => securityGroupView(core, group)),
});

function securityGroupView({ world }: Ec2Core, group: SecurityGroup) {
  const permissions = (direction: SecurityRule['direction']) =>
    group.rules.filter((rule) => rule.direction === direction).map((rule) => permissionView(world.account, rule));
  return {
    ownerId: world.account,
    groupId: group.id,
    groupName: group.name,
    groupDescription: group.description,
    vpcId: group.vpcId,
    ipPermissions: permissions('ingress'),
    ipPermissionsEgress: permissions('egress'),
    tagSet: tagSet(group.tags),
  };
}

function permissionView(account: string, rule: SecurityRule) {
  const { cidr, groupId, prefixListId, description } = rule;
  const isV6 = cidr?.includes(':') === true;
  return {
    ipProtocol: rule.protocol,
    fromPort: rule.fromPort,
    toPort: rule.toPort,
    groups: groupId === undefined ? [] : [{ userId: account, groupId, description }],
    ipRanges: cidr === undefined || isV6 ? [] : [{ cidrIp: cidr, description }],
    ipv6Ranges: isV6 ? [{ cidrIpv6: cidr, description }] : [],
    prefixListIds: prefixListId === undefined ? [] : [{ prefixListId, description }],
  };
}

export const describeRouteTables = (core: Ec2Core, input: DescribeInput) => ({
  routeTableSet: chosen(core, 'routeTables', input, (table) => ({
    'route-table-id': [table.id],
    'vpc-id': [table.vpcId],
    'association.subnet-id': Object.values(table.associations),
    'association.main': [String(table.main)],
  })).map((table) => routeTableView(core, table)),
});

function routeTableView({ world }: Ec2Core, table: RouteTable) {
  return {
    routeTableId: table.id,
    vpcId: table.vpcId,
    ownerId: world.account,
    routeSet: table.routes.map(({ destination, target }) => ({
      destinationCidrBlock: destination,
      gatewayId: target,
      state: 'active',
      origin: target === 'local' ? 'CreateRouteTable' : 'CreateRoute',
    })),
    associationSet: [
      ...(table.main ? [{ routeTableAssociationId: `${table.id}-main`.replace('rtb-', 'rtbassoc-'), main: true }] : []),
      ...Object.entries(table.associations).map(([id, subnetId]) => ({
        routeTableAssociationId: id,
        subnetId,
        main: false,
      })),
    ].map((association) => ({ ...association, routeTableId: table.id, associationState: { state: 'associated' } })),
    tagSet: tagSet(table.tags),
  };
}

export const describeNetworkInterfaces = (core: Ec2Core, input: DescribeInput) => ({
  networkInterfaceSet: chosen(core, 'interfaces', input, (eni) => ({
    'network-interface-id': [eni.id],
    'subnet-id': [eni.subnetId],
    'vpc-id': [eni.vpcId],
    'group-id': eni.securityGroupIds,
    'private-ip-address': [eni.privateAddress],
    'addresses.private-ip-address': [eni.privateAddress],
    'association.public-ip': [eni.publicAddress],
    'availability-zone': [eni.availabilityZone],
    description: [eni.description],
    status: ['in-use'],
  })).map((eni) => interfaceView(core, eni)),
});

function interfaceView({ world, state }: Ec2Core, eni: NetworkInterface) {
  const { privateAddress, publicAddress } = eni;
  const dnsName = privateDnsName(world, privateAddress);
  const association =
    publicAddress === undefined
      ? undefined
      : {
          publicIp: publicAddress,
          publicDnsName: publicDnsName(world, publicAddress),
          ipOwnerId: 'amazon',
        };
  return {
    networkInterfaceId: eni.id,
    subnetId: eni.subnetId,
    vpcId: eni.vpcId,
    availabilityZone: eni.availabilityZone,
    description: eni.description,
    ownerId: world.account,
    requesterManaged: true,
    status: 'in-use',
    interfaceType: 'interface',
    macAddress: eni.macAddress,
    privateIpAddress: privateAddress,
    privateDnsName: dnsName,
    sourceDestCheck: true,
    groupSet: eni.securityGroupIds.map((groupId) => ({ groupId, groupName: state.securityGroups[groupId]?.name })),
    association,
    privateIpAddressesSet: [{ privateIpAddress: privateAddress, privateDnsName: dnsName, primary: true, association }],
    tagSet: [],
  };
}

export function describeAvailabilityZones({ world }: Ec2Core) {
  return {
    availabilityZoneInfo: ['a', 'b', 'c'].map((letter, index) => ({
      zoneName: `${world.region}${letter}`,
      zoneId: `${shortOf(world.region)}-az${index + 1}`,
      zoneState: 'available',
      regionName: world.region,
      zoneType: 'availability-zone',
      optInStatus: 'opt-in-not-required',
    })),
  };
}

/** As ids of zones have it: us-east-1 is use1, ap-northeast-1 apne1 (AWS Regions and Availability Zones, "AZ IDs"). */
function shortOf(region: string): string {
  const [area = '', ...rest] = region.split('-');
  const initials = rest.map((word) => word.replace(/^(north|south)(east|west)$/, '$1-$2'));
  return (
    area +
    initials
      .flatMap((word) => word.split('-'))
      .map((word) => word.slice(0, 1))
      .join('')
  );
}

type Kind = 'vpcs' | 'subnets' | 'securityGroups' | 'routeTables' | 'interfaces';

function chosen<K extends Kind>(
  core: Ec2Core,
  kind: K,
  input: DescribeInput,
  filterable: (record: Ec2State[K][string]) => Filterable,
): Ec2State[K][string][] {
  const all = Object.values(core.state[kind]) as Ec2State[K][string][];
  const named = input.ids?.length ? input.ids.map((id) => found(core, kind, id)) : all;
  return named.filter((record) =>
    matches(filterable(record), 'tags' in record ? record.tags : {}, input.filters ?? []),
  );
}

const tagSet = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));
