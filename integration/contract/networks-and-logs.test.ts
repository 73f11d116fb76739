/** Networks made by CloudFormation, and log lines, seen through the AWS SDK. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateLogGroupCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect, it } from 'vitest';
import { startCloud } from './harness.ts';
import { body, create, LONG, stackOf, statusOf } from './stacks.ts';

it('a network is made and unmade in the order that it needs', async () => {
  const cloud = await startCloud();
  const TemplateBody = body({
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    Gateway: { Type: 'AWS::EC2::InternetGateway' },
    Attached: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: { Ref: 'Vpc' }, InternetGatewayId: { Ref: 'Gateway' } },
    },
    Subnet: {
      Type: 'AWS::EC2::Subnet',
      Properties: {
        VpcId: { Ref: 'Vpc' },
        CidrBlock: { 'Fn::Select': [0, { 'Fn::Cidr': [{ 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, 2, 8] }] },
      },
    },
    Table: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: { Ref: 'Vpc' } } },
    Out: {
      Type: 'AWS::EC2::Route',
      DependsOn: 'Attached',
      Properties: { RouteTableId: { Ref: 'Table' }, DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: 'Gateway' } },
    },
    Tied: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: { Ref: 'Subnet' }, RouteTableId: { Ref: 'Table' } },
    },
    Doors: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: { Ref: 'Vpc' }, GroupDescription: 'doors' } },
    Inside: {
      Type: 'AWS::EC2::SecurityGroupIngress',
      Properties: {
        GroupId: { Ref: 'Doors' },
        IpProtocol: '-1',
        SourceSecurityGroupId: { 'Fn::GetAtt': ['Doors', 'GroupId'] },
      },
    },
    S3: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: { Ref: 'Vpc' },
        ServiceName: { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.s3' },
        RouteTableIds: [{ Ref: 'Table' }],
      },
    },
  });
  await create(cloud, { TemplateBody });
  expect([await statusOf(cloud), Object.keys(cloud.cloud.services.ec2.state.vpcs).length]).toEqual([
    'CREATE_COMPLETE',
    1,
  ]);
  const { StackId } = (await stackOf(cloud)) ?? {};
  await cloud.cfn.send(new DeleteStackCommand({ StackName: 's' }));
  await cloud.advance(LONG);
  expect(await statusOf(cloud, StackId)).toBe('DELETE_COMPLETE');
  expect(Object.values(cloud.cloud.services.ec2.state).every((records) => Object.keys(records).length === 0)).toBe(
    true,
  );
});

it('log lines that the cloud appends are read with the SDK', async () => {
  const cloud = await startCloud();
  await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: '/l' }));
  cloud.cloud.services.logs.append('/l', 'x/y', 'hello');
  const { events } = await cloud.logs.send(
    new GetLogEventsCommand({ logGroupName: '/l', logStreamName: 'x/y', startFromHead: true }),
  );
  expect(events).toMatchObject([{ message: 'hello', timestamp: cloud.world.now() }]);
});
