/** EC2 as far as templates and tasks touch it: records of networks, and the network interfaces of tasks. */
import type { ResourceProvider, World } from '../kernel.ts';
import * as describe from './describe.ts';
import { endpointProvider } from './endpoint-provider.ts';
import { type AttachedInterface, attachInterface, detachInterface, type InterfaceRequest } from './interfaces.ts';
import type { Ec2Core } from './records.ts';
import {
  gatewayAttachmentProvider,
  internetGatewayProvider,
  routeProvider,
  routeTableAssociationProvider,
  routeTableProvider,
} from './routing-providers.ts';
import { ruleProvider, securityGroupProvider } from './security-group-providers.ts';
import { type Ec2State, emptyState } from './state.ts';
import { subnetProvider, vpcProvider } from './vpc-providers.ts';

interface Ec2Options {
  world: World;
  saved?: Ec2State | undefined;
}

type Describe = (input: describe.DescribeInput) => Record<string, unknown>;

export interface Ec2 {
  readonly state: Ec2State;
  readonly providers: ResourceProvider[];
  /** Nothing goes on in EC2 that a restart could interrupt. */
  resume(): void;
  attachInterface(request: InterfaceRequest): AttachedInterface;
  detachInterface(networkInterfaceId: string): void;
  describeVpcs: Describe;
  describeSubnets: Describe;
  describeSecurityGroups: Describe;
  describeRouteTables: Describe;
  describeNetworkInterfaces: Describe;
  describeAvailabilityZones: Describe;
}

export function createEc2(options: Ec2Options): Ec2 {
  const core: Ec2Core = { world: options.world, state: options.saved ?? emptyState() };
  return {
    state: core.state,
    providers: [
      vpcProvider(core),
      subnetProvider(core),
      internetGatewayProvider(core),
      gatewayAttachmentProvider(core),
      routeTableProvider(core),
      routeProvider(core),
      routeTableAssociationProvider(core),
      securityGroupProvider(core),
      ruleProvider(core, 'ingress'),
      ruleProvider(core, 'egress'),
      endpointProvider(core),
    ],
    resume() {},
    attachInterface: (request) => attachInterface(core, request),
    detachInterface: (id) => detachInterface(core, id),
    describeVpcs: (input) => describe.describeVpcs(core, input),
    describeSubnets: (input) => describe.describeSubnets(core, input),
    describeSecurityGroups: (input) => describe.describeSecurityGroups(core, input),
    describeRouteTables: (input) => describe.describeRouteTables(core, input),
    describeNetworkInterfaces: (input) => describe.describeNetworkInterfaces(core, input),
    describeAvailabilityZones: () => describe.describeAvailabilityZones(core),
  };
}
