/** Whether tasks can live in an existing network: its subnets are there, belong together, and lead to the internet. */
import type { AwsAccess } from '../aws/access.ts';
import { askEc2, itemsOf } from '../aws/ec2.ts';
import { Failure } from '../failure.ts';
import { WITHOUT_FARGATE } from './zones.ts';

interface Network {
  vpcId: string;
  subnetIds: string[];
}

interface Subnet {
  subnetId: string;
  vpcId: string;
  availabilityZone: string;
  availabilityZoneId?: string;
  /** `true`: without IPv4 addresses. */
  ipv6Native?: string;
}

interface Route {
  destinationCidrBlock?: string;
  gatewayId?: string;
  natGatewayId?: string;
  transitGatewayId?: string;
  networkInterfaceId?: string;
  state?: string;
}

interface RouteTable {
  routeTableId: string;
  routeSet?: { item?: Route[] } | '';
  associationSet?: { item?: { subnetId?: string; main?: string }[] } | '';
}

interface CheckedNetwork {
  /** Whether an internet gateway leads to the tasks; else only their private addresses are of use, to whoever is in the network. */
  isPublic: boolean;
  /** What is worth knowing, and no reason to stop. */
  notes: string[];
}

/** @throws Failure (configuration) that names each subnet which will not do, and why */
export async function checkNetwork(access: AwsAccess, { vpcId, subnetIds }: Network): Promise<CheckedNetwork> {
  await findVpc(access, vpcId);
  const subnets = await findSubnets(access, subnetIds);
  const tables = itemsOf<RouteTable>(
    await askEc2(access, 'DescribeRouteTables', { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': vpcId }),
    'routeTableSet',
  );
  const judged = subnets.map((subnet) => ({ subnet, ...judge(subnet, { vpcId, region: access.region }, tables) }));
  const faults = judged.flatMap(({ subnet, fault }) => (fault ? [`${subnet.subnetId}: ${fault}`] : []));
  if (faults.length > 0)
    throw new Failure('configuration', `${faults.length} of ${subnets.length} subnets will not do`, {
      details: faults,
      next: '--subnet-ids with others of the VPC; public subnets in two zones are best',
    });
  const zones = new Set(subnets.map(({ availabilityZone }) => availabilityZone));
  const indirect = judged.filter(({ way }) => way !== 'internet gateway').map(({ subnet }) => subnet.subnetId);
  if (indirect.length > 0 && indirect.length < judged.length) throw mixed(indirect, subnetIds);
  return {
    isPublic: indirect.length === 0,
    notes: [
      ...(zones.size > 1 ? [] : [...zones].map(oneZoneNote)),
      ...(indirect.length === 0
        ? []
        : [
            `${indirect.join(', ')}: no internet gateway, so build servers can be reached from within the network only`,
          ]),
    ],
  };
}

export const oneZoneNote = (zone: string) =>
  `all subnets are in ${zone}: when that zone has no capacity, nothing starts`;

/** ECS takes one setting for all subnets, and either one leaves some tasks without a way in, or without a way to their image. */
function mixed(indirect: readonly string[], all: readonly string[]): Failure {
  const direct = all.filter((id) => !indirect.includes(id));
  const ways = [
    `${direct.join(', ')}: to an internet gateway`,
    `${indirect.join(', ')}: another way, such as a NAT gateway`,
  ];
  const next = `--subnet-ids=${direct.join(',')} for public addresses, or --subnet-ids=${indirect.join(',')} for private ones`;
  return new Failure('configuration', 'the subnets lead to the internet in different ways', { details: ways, next });
}

async function findVpc(access: AwsAccess, vpcId: string): Promise<void> {
  const answer = await askEc2(access, 'DescribeVpcs', { 'VpcId.1': vpcId });
  if ('refused' in answer || itemsOf(answer, 'vpcSet').length === 0)
    throw new Failure('configuration', `there is no VPC ${vpcId} in ${access.region} of this account`, {
      next: `aws ec2 describe-vpcs --region ${access.region}, which lists them`,
    });
}

/** One that is missing fails the whole request, and only one is named then: so each is asked for by a filter. */
async function findSubnets(access: AwsAccess, ids: readonly string[]): Promise<Subnet[]> {
  const values = ids.map((id, index) => [`Filter.1.Value.${index + 1}`, id] as const);
  const parameters = { 'Filter.1.Name': 'subnet-id', ...Object.fromEntries(values) };
  const found = itemsOf<Subnet>(await askEc2(access, 'DescribeSubnets', parameters), 'subnetSet');
  const missing = ids.filter((id) => !found.some(({ subnetId }) => subnetId === id));
  if (missing.length === 0) return found;
  throw new Failure('configuration', `there is no subnet ${missing.join(', ')} in ${access.region} of this account`, {
    next: `aws ec2 describe-subnets --region ${access.region}, which lists them`,
  });
}

/** Why Fargate starts no task in it, wherever its routes lead: none is told before the first task fails. */
export function faultOfPlace(
  { availabilityZone: zone, availabilityZoneId: id = '', ipv6Native }: Omit<Subnet, 'subnetId' | 'vpcId'>,
  region: string,
): string | undefined {
  if (ipv6Native === 'true') return 'it is for IPv6 alone, and tasks get their image and their builds by IPv4';
  if (WITHOUT_FARGATE.has(id)) return `it is in ${zone} (${id}), where Fargate is not`;
  // Zones of a region are its name and a letter; Local and Wavelength Zones have longer names, and Fargate is in none of them.
  if (zone.length !== region.length + 1) return `it is in ${zone}, a Local or Wavelength Zone, where Fargate is not`;
  return undefined;
}

interface Judgement {
  fault?: string;
  way?: string;
}

function judge(
  subnet: Subnet,
  { vpcId, region }: { vpcId: string; region: string },
  tables: readonly RouteTable[],
): Judgement {
  const placed = faultOfPlace(subnet, region);
  if (placed !== undefined) return { fault: placed };
  if (subnet.vpcId !== vpcId) return { fault: `it is in ${subnet.vpcId}, not in ${vpcId}` };
  const table = tableOf(subnet.subnetId, tables);
  if (table === undefined) return { fault: 'no route table was found for it' };
  const route = listOf(table.routeSet).find((one) => one.destinationCidrBlock === '0.0.0.0/0');
  const lost = `${table.routeTableId} has no route to the internet (0.0.0.0/0): tasks there could not fetch their image`;
  if (route === undefined) return { fault: lost };
  if (route.state === 'blackhole') return { fault: `its route to the internet in ${table.routeTableId} leads nowhere` };
  return { way: route.gatewayId?.startsWith('igw-') ? 'internet gateway' : 'other' };
}

/** A subnet without a table of its own uses the VPC's main one. */
function tableOf(subnetId: string, tables: readonly RouteTable[]): RouteTable | undefined {
  const associated = (test: (association: { subnetId?: string; main?: string }) => boolean) =>
    tables.find(({ associationSet }) => listOf(associationSet).some(test));
  return associated((one) => one.subnetId === subnetId) ?? associated((one) => one.main === 'true');
}

const listOf = <T>(list: { item?: T[] } | '' | undefined): T[] => (list ? (list.item ?? []) : []);
