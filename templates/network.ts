/** The foundation's network: public subnets in two zones without NAT, or what the account has already. */
import { getAtt, iff, type Output, type Parameter, type Resource, ref, type Value } from './cloudformation.ts';
import { LAST_SERVER_PORT, SERVER_PORT } from './farm-ports.ts';

export const networkParameters: Record<string, Parameter> = {
  VpcId: { Type: 'String', Default: '', Description: 'Existing VPC; empty: the foundation makes one' },
  SubnetIds: {
    Type: 'String',
    Default: '',
    Description: 'Subnets of that VPC, comma-separated, with a way to the internet',
  },
  Zones: {
    Type: 'String',
    Default: '',
    Description: 'Zones of the subnets that the foundation makes, two, comma-separated; empty: the first of the region',
  },
  AssignPublicIp: {
    Type: 'String',
    Default: 'ENABLED',
    AllowedValues: ['ENABLED', 'DISABLED'],
    Description:
      'Whether tasks have public addresses: where no internet gateway leads to them they would be published in vain',
  },
  ClientCidr: {
    Type: 'String',
    Default: '0.0.0.0/0',
    Description: 'Where builds may come from; mutual TLS guards the port as well',
  },
};

export const networkConditions: Record<string, Value> = {
  OwnNetwork: { 'Fn::Equals': [ref('VpcId'), ''] },
  HasZones: { 'Fn::Not': [{ 'Fn::Equals': [ref('Zones'), ''] }] },
};

const own = (Type: string, Properties: Resource['Properties'] = {}, extra: Partial<Resource> = {}): Resource => ({
  Type,
  Condition: 'OwnNetwork',
  Properties,
  ...extra,
});

function subnet(index: number): Resource {
  return own('AWS::EC2::Subnet', {
    VpcId: ref('Vpc'),
    CidrBlock: { 'Fn::Select': [index, { 'Fn::Cidr': [getAtt('Vpc', 'CidrBlock'), 2, 12] }] },
    // Without any said, as it was before there was a choice: a subnet in another zone is another subnet.
    AvailabilityZone: {
      'Fn::Select': [index, iff('HasZones', { 'Fn::Split': [',', ref('Zones')] }, { 'Fn::GetAZs': '' })],
    },
    MapPublicIpOnLaunch: true,
    Tags: named(index === 0 ? '-a' : '-b'),
  });
}

/** What the console shows; stacks have no such tag to pass on. */
function named(suffix = ''): Value {
  return [{ Key: 'Name', Value: { 'Fn::Sub': `\${AWS::StackName}${suffix}` } }];
}

const association = (name: string): Resource =>
  own('AWS::EC2::SubnetRouteTableAssociation', { SubnetId: ref(name), RouteTableId: ref('RouteTable') });

const vpc = iff('OwnNetwork', ref('Vpc'), ref('VpcId'));

export const networkResources: Record<string, Resource> = {
  Vpc: own('AWS::EC2::VPC', {
    CidrBlock: '10.111.0.0/16',
    EnableDnsSupport: true,
    EnableDnsHostnames: true,
    Tags: named(),
  }),
  InternetGateway: own('AWS::EC2::InternetGateway', { Tags: named() }),
  GatewayAttachment: own('AWS::EC2::VPCGatewayAttachment', {
    VpcId: ref('Vpc'),
    InternetGatewayId: ref('InternetGateway'),
  }),
  RouteTable: own('AWS::EC2::RouteTable', { VpcId: ref('Vpc'), Tags: named() }),
  DefaultRoute: own(
    'AWS::EC2::Route',
    { RouteTableId: ref('RouteTable'), DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref('InternetGateway') },
    { DependsOn: 'GatewayAttachment' },
  ),
  SubnetA: subnet(0),
  SubnetB: subnet(1),
  SubnetARoutes: association('SubnetA'),
  SubnetBRoutes: association('SubnetB'),
  // A gateway endpoint is free and keeps the traffic with S3 off the internet.
  S3Endpoint: own('AWS::EC2::VPCEndpoint', {
    VpcId: ref('Vpc'),
    VpcEndpointType: 'Gateway',
    ServiceName: { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.s3' },
    RouteTableIds: [ref('RouteTable')],
  }),
  ServerSecurityGroup: {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: 'bbf build servers: the mutual TLS port only',
      VpcId: vpc,
      Tags: named('-servers'),
      SecurityGroupIngress: [
        {
          IpProtocol: 'tcp',
          FromPort: SERVER_PORT,
          ToPort: SERVER_PORT,
          CidrIp: ref('ClientCidr'),
          Description: 'builds',
        },
      ],
    },
  },
  WorkerSecurityGroup: {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: { GroupDescription: 'bbf workers: nothing comes in', VpcId: vpc, Tags: named('-workers') },
  },
  ServerFromWorkers: {
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: {
      GroupId: getAtt('ServerSecurityGroup', 'GroupId'),
      IpProtocol: 'tcp',
      FromPort: SERVER_PORT,
      ToPort: LAST_SERVER_PORT,
      SourceSecurityGroupId: getAtt('WorkerSecurityGroup', 'GroupId'),
      Description: 'workers',
    },
  },
};

export const networkOutputs: Record<string, Output> = {
  SubnetIds: {
    Description: 'Subnets of the tasks',
    Value: iff('OwnNetwork', { 'Fn::Join': [',', [ref('SubnetA'), ref('SubnetB')]] }, ref('SubnetIds')),
  },
  AssignPublicIp: { Description: 'Whether tasks have public addresses', Value: ref('AssignPublicIp') },
  ServerSecurityGroupId: {
    Description: 'Security group of build servers',
    Value: getAtt('ServerSecurityGroup', 'GroupId'),
  },
  WorkerSecurityGroupId: { Description: 'Security group of workers', Value: getAtt('WorkerSecurityGroup', 'GroupId') },
};
