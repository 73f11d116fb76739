/** The foundation's roles: each may do what its part needs, and no more. */
import { AUTHORITY_KEY, CLUSTERS_PREFIX } from '../config-schema/keys.ts';
import { iff, noValue, type Parameter, type Resource, ref, sub, type Value } from './cloudformation.ts';
import {
  farmLogGroupName,
  fastScheduleRuleName,
  reconcilerFunctionName,
  reconcilerLogGroupName,
  repositoryName,
  roleName,
} from './names.ts';

type Statement = { Effect?: 'Deny'; Action: string[]; Resource: Value; Condition?: Value };

export const roleParameters: Record<string, Parameter> = {
  PermissionsBoundary: {
    Type: 'String',
    Default: '',
    Description: 'ARN of a policy that bounds every role of the foundation; empty: none',
  },
  ImageRepositories: {
    Type: 'String',
    Default: 'bbf/*',
    Description: 'Repositories of this account that tasks may pull their images from, beside those of the installation',
  },
};

export const roleConditions: Record<string, Value> = {
  HasBoundary: { 'Fn::Not': [{ 'Fn::Equals': [ref('PermissionsBoundary'), ''] }] },
};

/**
 * ECS says whose task it takes a role for, and recommends to ask for that (ECS guide, "Amazon ECS task IAM role"): else a role whose name is
 * known could be taken for a task of another account. Nothing of the kind is documented of Lambda and CloudFormation.
 */
const TRUSTED_IF: Record<string, { Condition: Value }> = {
  'ecs-tasks.amazonaws.com': { Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } } },
};

const role = (name: string, service: string, statements: Statement[]): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: sub(name),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', ...TRUSTED_IF[service] },
      ],
    },
    PermissionsBoundary: iff('HasBoundary', ref('PermissionsBoundary'), noValue),
    Policies: [
      {
        PolicyName: 'bbf',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: statements.map((s) => ({ Effect: 'Allow', ...s }) as Value),
        },
      },
    ],
  },
});

const arn = (text: string): Value => sub(`arn:\${AWS::Partition}:${text}`);
const regional = (service: string, resource: string): Value =>
  arn(`${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);
const objects = (...patterns: string[]): Value => patterns.map((pattern) => arn(`s3:::\${Bucket}/${pattern}`));
const documents = (...names: string[]): Value => objects(...names.map((name) => `${CLUSTERS_PREFIX}*/${name}`));
const passedTo = (service: string): Value => ({ StringEquals: { 'iam:PassedToService': service } });
const logs = (group: string): Value => regional('logs', `log-group:${group}:*`);

/** What a function or a task writes its lines with; the group itself is the foundation's. */
const writeLogs = (Resource: Value): Statement => ({
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource,
});

export function roleResources(installation: string): Record<string, Resource> {
  return {
    ReconcilerRole: reconcilerRole(installation),
    StackRole: stackRole(installation),
    ExecutionRole: executionRole(installation),
    ServerRole: role(roleName(installation, 'server'), 'ecs-tasks.amazonaws.com', [
      ...ask(installation),
      { Action: ['s3:PutObject'], Resource: documents('activity.json') },
      // IAM's `*` stands for slashes as well, and who writes leases has workers started.
      { Effect: 'Deny', Action: ['s3:PutObject'], Resource: documents('leases/*') },
      { Action: ['s3:GetObject'], Resource: documents('status.json') },
    ]),
    WorkerRole: role(roleName(installation, 'worker'), 'ecs-tasks.amazonaws.com', [
      ...ask(installation),
      {
        Action: ['ecs:UpdateTaskProtection', 'ecs:GetTaskProtection'],
        Resource: tasks(installation),
        Condition: { ArnEquals: { 'ecs:cluster': regional('ecs', `cluster/${installation}`) } },
      },
    ]),
  };
}

const roleArn = (installation: string, suffix: Parameters<typeof roleName>[1]): Value =>
  arn(`iam::\${AWS::AccountId}:role/${roleName(installation, suffix)}`);
const services = (installation: string): Value => regional('ecs', `service/${installation}/${installation}--*`);
const tasks = (installation: string): Value => regional('ecs', `task/${installation}/*`);

/**
 * By its URL alone, where Lambda says who calls: whoever may invoke the function itself writes the event, and may name anybody in it
 * (Lambda DG "Control access to Lambda function URLs").
 */
function ask(installation: string): Statement[] {
  const Resource = regional('lambda', `function:${reconcilerFunctionName(installation)}`);
  const Condition = { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } };
  return [
    { Action: ['lambda:InvokeFunctionUrl'], Resource },
    { Action: ['lambda:InvokeFunction'], Resource, Condition },
  ];
}

const CHANGES_OF_STACKS = [
  'cloudformation:CreateStack',
  'cloudformation:UpdateStack',
  'cloudformation:DeleteStack',
  'cloudformation:CancelUpdateStack',
  'cloudformation:ContinueUpdateRollback',
  'cloudformation:RollbackStack',
];

/** Only people and the CLI write a cluster's document. */
function reconcilerRole(installation: string): Resource {
  return role(roleName(installation, 'reconciler'), 'lambda.amazonaws.com', [
    {
      Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject'],
      Resource: objects(`${CLUSTERS_PREFIX}*`),
    },
    { Action: ['s3:GetObject', 's3:PutObject'], Resource: objects(AUTHORITY_KEY) },
    { Effect: 'Deny', Action: ['s3:PutObject', 's3:DeleteObject'], Resource: documents('cluster.json') },
    { Action: ['s3:ListBucket', 's3:ListBucketVersions'], Resource: arn('s3:::${Bucket}') },
    {
      Action: [
        ...CHANGES_OF_STACKS,
        'cloudformation:DescribeStacks',
        'cloudformation:DescribeStackEvents',
        'cloudformation:TagResource',
      ],
      Resource: regional('cloudformation', `stack/${installation}--*`),
    },
    {
      Effect: 'Deny',
      Action: CHANGES_OF_STACKS,
      Resource: regional('cloudformation', `stack/${installation}--foundation/*`),
    },
    // IAM knows no resource for these two (Service Authorization Reference, CloudFormation and EC2).
    { Action: ['cloudformation:ListStacks'], Resource: '*' },
    { Action: ['ec2:DescribeNetworkInterfaces'], Resource: '*' },
    {
      Action: ['iam:PassRole'],
      Resource: roleArn(installation, 'stacks'),
      Condition: passedTo('cloudformation.amazonaws.com'),
    },
    { Action: ['ecs:DescribeServices', 'ecs:UpdateService'], Resource: services(installation) },
    { Action: ['ecs:DescribeTasks'], Resource: tasks(installation) },
    // Without a container instance, which Fargate has none of, IAM asks for everything; the condition narrows it to the cluster.
    {
      Action: ['ecs:ListTasks'],
      Resource: '*',
      Condition: { ArnEquals: { 'ecs:cluster': regional('ecs', `cluster/${installation}`) } },
    },
    {
      Action: ['events:DescribeRule', 'events:EnableRule', 'events:DisableRule'],
      Resource: regional('events', `rule/${fastScheduleRuleName(installation)}`),
    },
    writeLogs(logs(reconcilerLogGroupName(installation))),
  ]);
}

/** What CloudFormation itself acts with when it makes the stacks of clusters: what the handlers of their two resource types ask for. */
function stackRole(installation: string): Resource {
  const passed = (['server', 'worker', 'execution'] as const).map((suffix) => roleArn(installation, suffix));
  return role(roleName(installation, 'stacks'), 'cloudformation.amazonaws.com', [
    {
      Action: [
        'ecs:CreateService',
        'ecs:UpdateService',
        'ecs:DeleteService',
        'ecs:DescribeServices',
        'ecs:ListServiceDeployments',
        'ecs:ListTagsForResource',
        'ecs:TagResource',
        'ecs:UntagResource',
      ],
      Resource: services(installation),
    },
    // Each of the two acts on both (Service Authorization Reference, ECS: required resource types).
    {
      Action: ['ecs:DescribeServiceDeployments', 'ecs:StopServiceDeployment'],
      Resource: [services(installation), regional('ecs', `service-deployment/${installation}/${installation}--*/*`)],
    },
    {
      Action: ['ecs:RegisterTaskDefinition', 'ecs:ListTagsForResource', 'ecs:TagResource', 'ecs:UntagResource'],
      Resource: regional('ecs', `task-definition/${installation}--*`),
    },
    // IAM knows no resource for these two (Service Authorization Reference, ECS).
    { Action: ['ecs:DeregisterTaskDefinition', 'ecs:DescribeTaskDefinition'], Resource: '*' },
    { Action: ['iam:GetRole'], Resource: passed },
    { Action: ['iam:PassRole'], Resource: passed, Condition: passedTo('ecs-tasks.amazonaws.com') },
    {
      Action: ['iam:CreateServiceLinkedRole'],
      Resource: arn('iam::${AWS::AccountId}:role/aws-service-role/ecs.amazonaws.com/*'),
      Condition: { StringEquals: { 'iam:AWSServiceName': 'ecs.amazonaws.com' } },
    },
  ]);
}

function executionRole(installation: string): Resource {
  return role(roleName(installation, 'execution'), 'ecs-tasks.amazonaws.com', [
    // IAM knows no resource for it (Service Authorization Reference, ECR).
    { Action: ['ecr:GetAuthorizationToken'], Resource: '*' },
    {
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
      Resource: [repositoryName(installation, '*'), '${ImageRepositories}'].map((name) =>
        regional('ecr', `repository/${name}`),
      ),
    },
    writeLogs(iff('OwnFarmLogs', logs(farmLogGroupName(installation)), logs('${LogGroup}'))),
  ]);
}
