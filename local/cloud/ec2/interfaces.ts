/** Network interfaces of tasks: who has which address in which subnet. */
import type { World } from '../kernel.ts';
import { type Ec2Core, found, newId } from './records.ts';

export interface InterfaceRequest {
  subnetId: string;
  securityGroupIds: readonly string[];
  privateAddress: string;
  publicAddress: string | undefined;
  description: string;
}

export interface AttachedInterface {
  networkInterfaceId: string;
  macAddress: string;
  privateDnsName: string;
  availabilityZone: string;
}

/** Throws ServiceError when the subnet or a security group does not exist. No groups: the VPC's default one. */
export function attachInterface(core: Ec2Core, request: InterfaceRequest): AttachedInterface {
  const subnet = found(core, 'subnets', request.subnetId);
  for (const id of request.securityGroupIds) found(core, 'securityGroups', id);
  const vpc = found(core, 'vpcs', subnet.vpcId);
  const groups = request.securityGroupIds.length > 0 ? [...request.securityGroupIds] : [vpc.defaultSecurityGroupId];
  const id = newId(core.world, 'eni');
  const macAddress = newMacAddress(core.world);
  core.state.interfaces[id] = {
    id,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    securityGroupIds: groups,
    privateAddress: request.privateAddress,
    publicAddress: request.publicAddress,
    macAddress,
    description: request.description,
    createdAt: core.world.now(),
  };
  core.world.changed('ec2');
  return {
    networkInterfaceId: id,
    macAddress,
    privateDnsName: privateDnsName(core.world, request.privateAddress),
    availabilityZone: subnet.availabilityZone,
  };
}

/** Detaching what is not there is no error. */
export function detachInterface(core: Ec2Core, networkInterfaceId: string): void {
  delete core.state.interfaces[networkInterfaceId];
  core.world.changed('ec2');
}

/** us-east-1 has a domain of its own (page "EC2 instance hostnames and domains"). */
export function privateDnsName(world: World, address: string): string {
  const domain = world.region === 'us-east-1' ? 'ec2.internal' : `${world.region}.compute.internal`;
  return `ip-${address.replaceAll('.', '-')}.${domain}`;
}

export function publicDnsName(world: World, address: string): string {
  const domain = world.region === 'us-east-1' ? 'compute-1' : `${world.region}.compute`;
  return `ec2-${address.replaceAll('.', '-')}.${domain}.amazonaws.com`;
}

/** The second lowest bit of the first byte marks an address as locally administered. */
function newMacAddress(world: World): string {
  const bytes = Array.from({ length: 5 }, () =>
    Math.floor(world.random() * 256)
      .toString(16)
      .padStart(2, '0'),
  );
  return ['02', ...bytes].join(':');
}
