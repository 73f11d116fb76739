/** What the server's and the pools' templates share: one task definition and one service of the foundation's ECS cluster. */
import { importValue, noValue, type Parameter, type Resource, ref, type Value } from './cloudformation.ts';
import { ecsClusterName, exportName } from './names.ts';

/** Fargate allows no more (ECS API reference, `ContainerDefinition.stopTimeout`); a worker drains before, so it is the last resort. */
const STOP_TIMEOUT_SECONDS = 120;

export const serviceParameters: Record<string, Parameter> = {
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
  HasInitialCount: { 'Fn::Not': [{ 'Fn::Equals': [ref('InitialCount'), ''] }] },
};

export interface ServiceParts {
  installation: string;
  container: string;
  /** Suffix of the foundation's exports for this kind of task: `Server` or `Worker`. */
  kind: 'Server' | 'Worker';
  environment: Record<string, Value>;
  taskProperties: { [key: string]: Value };
  serviceProperties: { [key: string]: Value };
  ports: number[];
}

export function serviceResources(parts: ServiceParts): Record<string, Resource> {
  const { installation, kind } = parts;
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
        ContainerDefinitions: [container(parts, imported)],
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
            AssignPublicIp: 'ENABLED',
            Subnets: { 'Fn::Split': [',', imported('SubnetIds')] },
            SecurityGroups: [imported(`${kind}SecurityGroupId`)],
          },
        },
        ...parts.serviceProperties,
      },
    },
  };
}

function container(parts: ServiceParts, imported: (output: string) => Value): Value {
  return {
    Name: parts.container,
    Image: ref('Image'),
    Essential: true,
    StopTimeout: STOP_TIMEOUT_SECONDS,
    PortMappings: parts.ports.map((port) => ({ ContainerPort: port, Protocol: 'tcp' })),
    Environment: Object.entries(parts.environment).map(([Name, value]) => ({ Name, Value: value })),
    LogConfiguration: {
      LogDriver: 'awslogs',
      Options: {
        'awslogs-group': imported('FarmLogGroup'),
        'awslogs-region': ref('AWS::Region'),
        'awslogs-stream-prefix': ref('ServiceName'),
      },
    },
  };
}

/** Tasks stop when their deployment fails to come up, and the revision before it comes back. */
export const circuitBreaker: Value = { Enable: true, Rollback: true };
