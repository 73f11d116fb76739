/** Where moto's ECS is not as AWS documents. */
import type { Difference } from './difference.ts';

export const ecsDifferences: Difference[] = [
  {
    moto: 'A cluster is deleted whatever is in it.',
    aws: 'A cluster with services is not deleted.',
    source: 'ECS API Reference, DeleteCluster, error ClusterContainsServicesException',
    answers: { 'ECS cluster: is not deleted while a service is in it': 'done' },
  },
  {
    moto: 'Task definitions are kept as they come.',
    aws: 'Sizes in words are converted; sizes, network mode, stop timeout, storage and containers are checked for Fargate.',
    source:
      'ECS API Reference, RegisterTaskDefinition, cpu and memory; ContainerDefinition, essential, stopTimeout, dependsOn; EphemeralStorage',
    answers: {
      'ECS task definition: of sizes in words has them in units': ['.5 vCPU', '2 GB'],
      'ECS task definition: with a size that Fargate does not have is refused': 'done',
      'ECS task definition: with another network mode than awsvpc is refused': 'done',
      'ECS task definition: with a stop timeout above 120 seconds is refused': 'done',
      'ECS task definition: with no essential container is refused': 'done',
      'ECS task definition: with a dependency on a container that there is not is refused': 'done',
      'ECS task definition: with more than 200 GiB of storage is refused': 'done',
      'ECS task definition: with no size is refused': 'done',
    },
  },
  {
    moto: 'The newest revision of a family is the newest, also when it is INACTIVE, and a family is listed for ever.',
    aws: 'A family alone means its latest ACTIVE revision, and families can be listed by whether they have one.',
    source: 'ECS API Reference, DescribeTaskDefinition, taskDefinition; ListTaskDefinitionFamilies, status',
    answers: {
      'ECS task definition: is INACTIVE once deregistered: described still, listed no more, and not the newest': {
        status: 'INACTIVE',
        listed: ['worker:1'],
        newest: 2,
      },
      'ECS task definition: leaves its family listed while one is active': [['worker'], ['worker']],
    },
  },
  {
    moto: 'A service starts no tasks, and its first deployment stays in progress.',
    aws: 'The scheduler starts the desired number of tasks; then the deployment is COMPLETED.',
    source: 'ECS Developer Guide, "Amazon ECS services"; API Reference, Deployment, rolloutState',
    answers: {
      'ECS service: comes to run as many tasks as it wants': {
        runningCount: 0,
        pendingCount: 2,
        rollout: 'IN_PROGRESS',
      },
      'ECS task: of a service is found by the service': 0,
    },
  },
  {
    moto: 'DescribeServices takes any number of names.',
    aws: 'It takes ten.',
    source: 'ECS API Reference, DescribeServices, services',
    answers: { 'ECS service: is asked for with no more than nine others': 'done' },
  },
  {
    moto: 'UpdateService changes the service and leaves its deployments alone.',
    aws: 'A new task definition is rolled out in a deployment of its own, beside the one before.',
    source: 'ECS API Reference, UpdateService; Deployment, status',
    answers: { 'ECS service: rolls a new task definition out in a new deployment': ['PRIMARY worker:1'] },
  },
  {
    moto: 'CreateService replaces a service of that name.',
    aws: 'A second creation with other parameters is refused.',
    source: 'ECS API Reference, CreateService, clientToken and InvalidParameterException; words reported of AWS',
    answers: { 'ECS service: is not made twice under one name': 'done' },
  },
  {
    moto: 'A deleted service is listed for ever, and can be updated.',
    aws: 'It is no longer visible in ListServices, and an update is refused.',
    source: 'ECS API Reference, DeleteService; UpdateService, error ServiceNotActiveException',
    answers: {
      'ECS service: is INACTIVE once deleted, described still, listed no more': {
        status: 'INACTIVE',
        failures: [],
        listed: ['arn:aws:ecs:us-east-1:000000000000:service/farm/pool'],
      },
      'ECS service: that was deleted is not updated': 'done',
    },
  },
  {
    moto: 'Has no such operation: the answer is a page of HTML.',
    aws: 'Roll-outs are listed, tasks protected.',
    source: 'ECS API Reference, ListServiceDeployments, UpdateTaskProtection, GetTaskProtection',
    answers: {
      'ECS service: gives its roll-outs': '500 SyntaxError',
      'ECS task: of a service is protected from scale-in for two hours unless told otherwise': '500 SyntaxError',
    },
  },
  {
    moto: 'RunTask ends in an exception in a VPC that a stack made: EnableDnsHostnames of templates is dropped, and without it an interface has no name.',
    aws: 'Tasks run in any VPC, from PROVISIONING on; a task of no service can’t be protected.',
    source:
      'ECS Developer Guide, "Amazon ECS task lifecycle"; CloudFormation Template Reference, AWS::EC2::VPC; ECS API Reference, UpdateTaskProtection',
    answers: {
      'ECS task: is run and is listed by its family': '500 SyntaxError',
      'ECS task: begins in PROVISIONING': '500 SyntaxError',
      'ECS task: is stopped, with who and why': '500 SyntaxError',
      'ECS task: of no service can’t be protected': '500 SyntaxError',
    },
  },
  {
    moto: 'In a cluster that has never had a task, DescribeTasks names no failures and StopTask ends in an exception.',
    aws: 'A task that is not there is a failure with reason MISSING; StopTask refuses it.',
    source: 'ECS API Reference, "API failure reasons"; StopTask, error InvalidParameterException',
    answers: {
      'ECS task: that is not there is MISSING among those described': [],
      'ECS task: that is not there can’t be stopped': '500 SyntaxError',
    },
  },
];
