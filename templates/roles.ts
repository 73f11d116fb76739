/** The foundation's roles: each may do what its part needs, and no more. */
import { AUTHORITY_KEY, CLUSTERS_PREFIX } from '../config-schema/keys.ts';
import { type Resource, sub, type Value } from './cloudformation.ts';
import { farmLogGroupName, fastScheduleRuleName, reconcilerFunctionName } from './names.ts';

type Statement = { Action: string[]; Resource: Value; Condition?: Value };

const role = (name: string, service: string, statements: Statement[], managed: Value[] = []): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: sub(name),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    ManagedPolicyArns: managed,
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
const objects = (...patterns: string[]): Value => patterns.map((pattern) => arn(`s3:::\${Bucket}/${pattern}`));
const passedTo = (service: string): Value => ({ StringEquals: { 'iam:PassedToService': service } });

export function roleResources(installation: string): Record<string, Resource> {
  const named = (suffix: string) => `${installation}--${suffix}--\${AWS::Region}`;
  const roleArn = (suffix: string) => arn(`iam::\${AWS::AccountId}:role/${named(suffix)}`);
  const invoke: Statement = {
    Action: ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'],
    Resource: arn(`lambda:\${AWS::Region}:\${AWS::AccountId}:function:${reconcilerFunctionName(installation)}`),
  };
  const tasks = arn(`ecs:\${AWS::Region}:\${AWS::AccountId}:task/${installation}/*`);
  const logs = (group: string) => arn(`logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${group}:*`);
  return {
    ReconcilerRole: role(named('reconciler'), 'lambda.amazonaws.com', [
      {
        Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject'],
        Resource: objects(`${CLUSTERS_PREFIX}*`, AUTHORITY_KEY),
      },
      { Action: ['s3:ListBucket', 's3:ListBucketVersions'], Resource: arn('s3:::${Bucket}') },
      {
        Action: [
          'cloudformation:CreateStack',
          'cloudformation:UpdateStack',
          'cloudformation:DeleteStack',
          'cloudformation:CancelUpdateStack',
          'cloudformation:ContinueUpdateRollback',
          'cloudformation:RollbackStack',
          'cloudformation:DescribeStacks',
          'cloudformation:DescribeStackEvents',
          'cloudformation:TagResource',
        ],
        Resource: arn(`cloudformation:\${AWS::Region}:\${AWS::AccountId}:stack/${installation}--*`),
      },
      // IAM knows no resource for it.
      { Action: ['cloudformation:ListStacks'], Resource: '*' },
      { Action: ['iam:PassRole'], Resource: roleArn('stacks'), Condition: passedTo('cloudformation.amazonaws.com') },
      {
        Action: ['ecs:DescribeServices', 'ecs:UpdateService'],
        Resource: arn(`ecs:\${AWS::Region}:\${AWS::AccountId}:service/${installation}/${installation}--*`),
      },
      { Action: ['ecs:DescribeTasks'], Resource: tasks },
      // IAM knows no resource for it.
      { Action: ['ec2:DescribeNetworkInterfaces'], Resource: '*' },
      {
        Action: ['events:DescribeRule', 'events:EnableRule', 'events:DisableRule'],
        Resource: arn(`events:\${AWS::Region}:\${AWS::AccountId}:rule/${fastScheduleRuleName(installation)}`),
      },
      {
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: logs(`/aws/lambda/${reconcilerFunctionName(installation)}`),
      },
    ]),
    StackRole: role(named('stacks'), 'cloudformation.amazonaws.com', [
      {
        Action: [
          'ecs:CreateService',
          'ecs:UpdateService',
          'ecs:DeleteService',
          'ecs:DescribeServices',
          'ecs:TagResource',
          'ecs:UntagResource',
        ],
        Resource: arn(`ecs:\${AWS::Region}:\${AWS::AccountId}:service/${installation}/${installation}--*`),
      },
      {
        Action: ['ecs:RegisterTaskDefinition', 'ecs:TagResource'],
        Resource: arn(`ecs:\${AWS::Region}:\${AWS::AccountId}:task-definition/${installation}--*`),
      },
      { Action: ['ecs:DeregisterTaskDefinition', 'ecs:DescribeTaskDefinition'], Resource: '*' },
      {
        Action: ['iam:PassRole'],
        Resource: [roleArn('server'), roleArn('worker'), roleArn('execution')],
        Condition: passedTo('ecs-tasks.amazonaws.com'),
      },
      {
        Action: ['iam:CreateServiceLinkedRole'],
        Resource: arn('iam::${AWS::AccountId}:role/aws-service-role/ecs.amazonaws.com/*'),
        Condition: { StringEquals: { 'iam:AWSServiceName': 'ecs.amazonaws.com' } },
      },
    ]),
    ExecutionRole: role(named('execution'), 'ecs-tasks.amazonaws.com', [
      { Action: ['ecr:GetAuthorizationToken'], Resource: '*' },
      {
        Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
        Resource: arn('ecr:${AWS::Region}:${AWS::AccountId}:repository/*'),
      },
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: logs(farmLogGroupName(installation)) },
    ]),
    ServerRole: role(named('server'), 'ecs-tasks.amazonaws.com', [
      invoke,
      { Action: ['s3:PutObject'], Resource: objects(`${CLUSTERS_PREFIX}*/activity.json`) },
      { Action: ['s3:GetObject'], Resource: objects(`${CLUSTERS_PREFIX}*/status.json`) },
    ]),
    WorkerRole: role(named('worker'), 'ecs-tasks.amazonaws.com', [
      invoke,
      {
        Action: ['ecs:UpdateTaskProtection', 'ecs:GetTaskProtection'],
        Resource: tasks,
        Condition: {
          ArnEquals: { 'ecs:cluster': arn(`ecs:\${AWS::Region}:\${AWS::AccountId}:cluster/${installation}`) },
        },
      },
    ]),
  };
}
