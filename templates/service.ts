/** What the server's and the pools' templates share: one task definition and one service of the foundation's ECS cluster. */
import { iff, importValue, noValue, type Parameter, type Resource, ref, type Value } from './cloudformation.ts';
import {
  agent,
  buildfarmEnvironment,
  buildfarmParameters,
  COMPANIONS_GIVEN,
  companionConditions,
  gateway,
} from './companions.ts';
import { container, portMappings } from './container.ts';
import { ecsClusterName, exportName } from './names.ts';

/** `Image`, `Cpu` and the others that every service has; images of companions are beside. */
export const serviceParameters: Record<string, Parameter> = {
  ...buildfarmParameters,
  ServiceName: { Type: 'String', Description: 'Name of the ECS service; the same as the name of the stack' },
  Image: { Type: 'String', Description: 'Container image' },
  Cpu: { Type: 'String', Description: 'CPU units; 1024 is one vCPU' },
  MemoryMiB: { Type: 'String', Description: 'Memory in MiB' },
  Cluster: { Type: 'String', Description: 'Name of the bbf cluster' },
  InitialCount: {
    Type: 'String',
    Default: '',
    Description: 'Tasks of a new service; empty on every update, so that CloudFormation leaves the live count alone',
  },
};

export const serviceConditions: Record<string, Value> = {
  ...companionConditions,
  HasInitialCount: { 'Fn::Not': [{ 'Fn::Equals': [ref('InitialCount'), ''] }] },
};

interface ServiceParts {
  installation: string;
  role: 'server' | 'worker';
  environment: Record<string, Value>;
  taskProperties: { [key: string]: Value };
  serviceProperties: { [key: string]: Value };
  /** Of an engine that needs no companions. */
  ports: number[];
  /** How the main container differs where it has companions, and who they are beside agent and gateway. */
  withCompanions: { main: { [property: string]: Value }; more: Value[]; volumes: { Name: string }[] };
}

/** Suffix of the foundation's exports for each kind of task. */
const KINDS = { server: 'Server', worker: 'Worker' } as const;

export function serviceResources(parts: ServiceParts): Record<string, Resource> {
  const { installation } = parts;
  const kind = KINDS[parts.role];
  const imported = (output: string) => importValue(exportName(installation, output));
  return {
    TaskDefinition: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        Family: ref('ServiceName'),
        NetworkMode: 'awsvpc',
        RequiresCompatibilities: ['FARGATE'],
        Cpu: ref('Cpu'),
        Memory: ref('MemoryMiB'),
        TaskRoleArn: imported(`${kind}RoleArn`),
        ExecutionRoleArn: imported('ExecutionRoleArn'),
        ContainerDefinitions: iff(COMPANIONS_GIVEN, withCompanions(parts), alone(parts)),
        Volumes: iff(COMPANIONS_GIVEN, parts.withCompanions.volumes, noValue),
        ...parts.taskProperties,
      },
    },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        ServiceName: ref('ServiceName'),
        Cluster: ecsClusterName(installation),
        TaskDefinition: ref('TaskDefinition'),
        DesiredCount: { 'Fn::If': ['HasInitialCount', ref('InitialCount'), noValue] },
        AvailabilityZoneRebalancing: 'DISABLED',
        EnableECSManagedTags: true,
        PropagateTags: 'SERVICE',
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            AssignPublicIp: imported('AssignPublicIp'),
            Subnets: { 'Fn::Split': [',', imported('SubnetIds')] },
            SecurityGroups: [imported(`${kind}SecurityGroupId`)],
          },
        },
        ...parts.serviceProperties,
      },
    },
  };
}

function alone({ installation, role, environment, ports }: ServiceParts): Value[] {
  return [
    container(installation, { name: role, image: 'Image', environment, more: { PortMappings: portMappings(ports) } }),
  ];
}

function withCompanions(parts: ServiceParts): Value[] {
  const { installation, role } = parts;
  const { main, more } = parts.withCompanions;
  const environment = { ...parts.environment, ...buildfarmEnvironment('Configuration') };
  return [
    container(installation, { name: role, image: 'Image', environment, more: main }),
    ...more,
    agent({ installation, role, environment: parts.environment }),
    gateway({ installation, role }),
  ];
}

/** Tasks stop when their deployment fails to come up, and the revision before it comes back. */
export const circuitBreaker: Value = { Enable: true, Rollback: true };
