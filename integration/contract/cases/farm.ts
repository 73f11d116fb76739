/** What the cases of ECS begin with, in any cloud: a cluster, a network for its tasks, a task definition, a service. */
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
} from '@aws-sdk/client-ecs';
import { body } from '../stacks.ts';
import type { Target } from '../target.ts';
import { made, stackOf } from './stack.ts';

export const DEFINITION: RegisterTaskDefinitionCommandInput = {
  family: 'worker',
  cpu: '1024',
  memory: '2048',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  containerDefinitions: [{ name: 'main', image: 'bbf/farm-worker', memory: 2048 }],
};

const NETWORK = body(
  {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true } },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' } },
    Doors: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: { Ref: 'Vpc' }, GroupDescription: 'doors' } },
  },
  {
    Outputs: {
      Vpc: { Value: { Ref: 'Vpc' } },
      Subnet: { Value: { Ref: 'Subnet' } },
      Doors: { Value: { 'Fn::GetAtt': ['Doors', 'GroupId'] } },
    },
  },
);

export interface Farm {
  ecs: Target['ecs'];
  /** Where tasks live. */
  networkConfiguration: NonNullable<CreateServiceCommandInput['networkConfiguration']>;
  /** Makes the service `pool`, of two tasks unless told otherwise. */
  create(more?: Partial<CreateServiceCommandInput>): Promise<Service | undefined>;
  /** The service `pool`. */
  look(): Promise<Service | undefined>;
  /** The service `pool` once it is as `done` wants it. */
  once(done: (service: Service) => boolean): Promise<Service | undefined>;
}

export async function farmIn(cloud: Target): Promise<Farm> {
  const { ecs } = cloud;
  const { subnets, securityGroups } = await networkIn(cloud);
  const awsvpcConfiguration = { subnets, securityGroups, assignPublicIp: 'ENABLED' as const };
  const networkConfiguration = { awsvpcConfiguration };
  await ecs.send(new CreateClusterCommand({ clusterName: 'farm', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }));
  await ecs.send(new RegisterTaskDefinitionCommand(DEFINITION));
  const pool = {
    cluster: 'farm',
    serviceName: 'pool',
    taskDefinition: 'worker',
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    networkConfiguration,
    desiredCount: 2,
  };
  const look = async () => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'farm', services: ['pool'] }));
    return services?.[0];
  };
  return {
    ecs,
    networkConfiguration,
    create: async (more = {}) => (await ecs.send(new CreateServiceCommand({ ...pool, ...more }))).service,
    look,
    once: (done) => cloud.settled(look, (service) => service !== undefined && done(service)),
  };
}

/** Made by a stack of its own. */
export async function networkIn(cloud: Target) {
  await made(cloud, { StackName: 'network', TemplateBody: NETWORK });
  const outputs = (await stackOf(cloud, 'network'))?.Outputs ?? [];
  const output = (name: string) => outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? '';
  return { vpcId: output('Vpc'), subnets: [output('Subnet')], securityGroups: [output('Doors')] };
}

/** Runs what it wants, and nothing is being rolled out. */
export const steady = ({ runningCount, desiredCount, deployments }: Service): boolean =>
  runningCount === desiredCount && deployments?.length === 1;
