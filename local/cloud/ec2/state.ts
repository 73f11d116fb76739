/** What EC2 remembers: records of networks and of the interfaces in them, as plain JSON. No packet is ever filtered by them. */

export type Tags = Record<string, string>;

export interface Vpc {
  id: string;
  cidrBlock: string;
  defaultSecurityGroupId: string;
  mainRouteTableId: string;
  networkAclId: string;
  enableDnsSupport: boolean;
  enableDnsHostnames: boolean;
  tags: Tags;
}

export interface Subnet {
  id: string;
  vpcId: string;
  cidrBlock: string;
  availabilityZone: string;
  mapPublicIpOnLaunch: boolean;
  aclAssociationId: string;
  tags: Tags;
}

interface InternetGateway {
  id: string;
  vpcId: string | undefined;
  tags: Tags;
}

interface Route {
  destination: string;
  /** `igw-…`, `nat-…`, `vpce-…`, `eni-…`; whatever the template named. */
  target: string;
}

export interface RouteTable {
  id: string;
  vpcId: string;
  main: boolean;
  routes: Route[];
  /** Association id → subnet id. */
  associations: Record<string, string>;
  tags: Tags;
}

export interface SecurityRule {
  id: string;
  direction: 'ingress' | 'egress';
  protocol: string;
  fromPort: number | undefined;
  toPort: number | undefined;
  cidr: string | undefined;
  groupId: string | undefined;
  prefixListId: string | undefined;
  description: string | undefined;
}

export interface SecurityGroup {
  id: string;
  name: string;
  description: string;
  vpcId: string;
  rules: SecurityRule[];
  tags: Tags;
}

export interface VpcEndpoint {
  id: string;
  vpcId: string;
  serviceName: string;
  type: string;
  routeTableIds: string[];
  subnetIds: string[];
  securityGroupIds: string[];
  createdAt: number;
  tags: Tags;
}

export interface NetworkInterface {
  id: string;
  subnetId: string;
  vpcId: string;
  availabilityZone: string;
  securityGroupIds: string[];
  privateAddress: string;
  publicAddress: string | undefined;
  macAddress: string;
  description: string;
  createdAt: number;
}

export interface Ec2State {
  vpcs: Record<string, Vpc>;
  subnets: Record<string, Subnet>;
  gateways: Record<string, InternetGateway>;
  routeTables: Record<string, RouteTable>;
  securityGroups: Record<string, SecurityGroup>;
  endpoints: Record<string, VpcEndpoint>;
  interfaces: Record<string, NetworkInterface>;
}

export const emptyState = (): Ec2State => ({
  vpcs: {},
  subnets: {},
  gateways: {},
  routeTables: {},
  securityGroups: {},
  endpoints: {},
  interfaces: {},
});
