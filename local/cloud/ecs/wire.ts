/** ECS over AWS JSON 1.1. */
import type { WireHandler } from '../kernel.ts';
import { type JsonOperation, jsonProtocol } from '../wire/json.ts';
import type { Ecs } from './ecs.ts';

/** Namespace that SDKs and the CLI put in `X-Amz-Target`. */
const TARGET = 'AmazonEC2ContainerServiceV20141113';

export function createEcsWire(ecs: Ecs): WireHandler {
  const operations: Record<string, JsonOperation> = {
    CreateCluster: (input) => ecs.createCluster(input),
    DescribeClusters: (input) => ecs.describeClusters(input),
    ListClusters: (input) => ecs.listClusters(input),
    DeleteCluster: (input) => ecs.deleteCluster(input),
    PutClusterCapacityProviders: (input) => ecs.putClusterCapacityProviders(input),
    RegisterTaskDefinition: (input, caller) => ecs.registerTaskDefinition(input, caller.arn),
    DeregisterTaskDefinition: (input) => ecs.deregisterTaskDefinition(input),
    DeleteTaskDefinitions: (input) => ecs.deleteTaskDefinitions(input),
    DescribeTaskDefinition: (input) => ecs.describeTaskDefinition(input),
    ListTaskDefinitions: (input) => ecs.listTaskDefinitions(input),
    ListTaskDefinitionFamilies: (input) => ecs.listTaskDefinitionFamilies(input),
    CreateService: (input, caller) => ecs.createService(input, caller.arn),
    UpdateService: (input) => ecs.updateService(input),
    DeleteService: (input) => ecs.deleteService(input),
    DescribeServices: (input) => ecs.describeServices(input),
    ListServices: (input) => ecs.listServices(input),
    ListServiceDeployments: (input) => ecs.listServiceDeployments(input),
    DescribeServiceDeployments: (input) => ecs.describeServiceDeployments(input),
    RunTask: (input) => ecs.runTask(input),
    StopTask: (input) => ecs.stopTask(input),
    DescribeTasks: (input) => ecs.describeTasks(input),
    ListTasks: (input) => ecs.listTasks(input),
    GetTaskProtection: (input) => ecs.getTaskProtection(input),
    UpdateTaskProtection: (input) => ecs.updateTaskProtection(input),
    TagResource: (input) => ecs.tagResource(input),
    UntagResource: (input) => ecs.untagResource(input),
    ListTagsForResource: (input) => ecs.listTagsForResource(input),
  };
  return jsonProtocol(TARGET, operations);
}
