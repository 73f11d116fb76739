/** The foundation's reconciler: the function, its URL, and the events that wake it. */
import { COMPANIONS } from '../config-schema/cluster.schema.ts';
import { CLUSTERS_PREFIX } from '../config-schema/keys.ts';
import { getAtt, type Parameter, type Resource, ref, sub, type Value } from './cloudformation.ts';
import { imageParameter, imageParameters, imageVariable } from './engine.ts';
import { logGroup } from './logs.ts';
import { fastScheduleRuleName, reconcilerFunctionName, reconcilerLogGroupName, slowScheduleRuleName } from './names.ts';

/** One invocation looks again every second or so while something converges; the fast schedule takes over after that. */
export const RECONCILER_TIMEOUT_SECONDS = 60;

export const reconcilerParameters: Record<string, Parameter> = {
  Bucket: { Type: 'String', Description: 'Bucket of the documents and of the bundle' },
  BundleKey: {
    Type: 'String',
    Description: 'Key of the reconciler’s zip; it carries the hash, so new code is a new key',
  },
  Version: { Type: 'String', Description: 'Version of bbf that deploys this' },
  ServerImage: { Type: 'String', Description: 'Image of build servers whose cluster names none' },
  WorkerImage: { Type: 'String', Description: 'Image of workers whose cluster names none' },
  ...imageParameters(COMPANIONS),
  Architecture: {
    Type: 'String',
    Default: 'arm64',
    AllowedValues: ['arm64', 'x86_64'],
    Description: 'Of the function',
  },
};

export function reconcilerResources(installation: string): Record<string, Resource> {
  const name = reconcilerFunctionName(installation);
  return {
    ReconcilerLogs: logGroup(reconcilerLogGroupName(installation)),
    Reconciler: {
      Type: 'AWS::Lambda::Function',
      DependsOn: 'ReconcilerLogs',
      Properties: {
        FunctionName: name,
        Description: sub('bbf ${Version}'),
        Runtime: 'nodejs24.x',
        Handler: 'reconciler.handler',
        Architectures: [ref('Architecture')],
        // Processor comes with memory: below this a cold start takes longer than the memory saves.
        MemorySize: 512,
        Timeout: RECONCILER_TIMEOUT_SECONDS,
        Role: getAtt('ReconcilerRole', 'Arn'),
        Code: { S3Bucket: ref('Bucket'), S3Key: ref('BundleKey') },
        Environment: {
          Variables: {
            // Of the code that this environment is for: the two are changed one after the other.
            BBF_VERSION: ref('Version'),
            BBF_INSTALLATION: installation,
            BBF_BUCKET: ref('Bucket'),
            BBF_SERVER_IMAGE: ref('ServerImage'),
            BBF_WORKER_IMAGE: ref('WorkerImage'),
            ...Object.fromEntries(COMPANIONS.map((one) => [imageVariable(one), ref(imageParameter(one))])),
            BBF_ASSIGN_PUBLIC_IP: ref('AssignPublicIp'),
            BBF_SERVER_ROLE: ref('ServerRole'),
            BBF_WORKER_ROLE: ref('WorkerRole'),
            BBF_STACK_ROLE_ARN: getAtt('StackRole', 'Arn'),
          },
        },
      },
    },
    // The schedule looks again anyway, so a failed event is worth one more try and no more.
    ReconcilerRetries: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: ref('Reconciler'),
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 1,
        MaximumEventAgeInSeconds: 300,
      },
    },
    ReconcilerUrl: {
      Type: 'AWS::Lambda::Url',
      Properties: { TargetFunctionArn: ref('Reconciler'), AuthType: 'AWS_IAM' },
    },
    ...urlPermissions(),
    ...rules(installation),
  };
}

/** Since October 2025 a caller of a Function URL needs both (Lambda developer guide, "Control access to function URLs"). */
function urlPermissions(): Record<string, Resource> {
  const permission = (properties: Resource['Properties']): Resource => ({
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName: ref('Reconciler'), Principal: ref('AWS::AccountId'), ...properties },
  });
  return {
    UrlPermission: permission({ Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'AWS_IAM' }),
    UrlInvokePermission: permission({ Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true }),
  };
}

type RuleProperties = { [key: string]: Value };

function rules(installation: string): Record<string, Resource> {
  const all: Record<string, RuleProperties> = {
    DocumentRule: {
      Description: 'bbf: documents that people, builds and the farm write',
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created', 'Object Deleted'],
        detail: {
          bucket: { name: [ref('Bucket')] },
          object: {
            key: ['cluster.json', 'leases/*.json', 'activity.json'].map((part) => ({
              wildcard: `${CLUSTERS_PREFIX}*/${part}`,
            })),
          },
          // S3 tells of each old version that its rule ends, and an hour of builds makes hundreds.
          reason: [{ 'anything-but': ['Lifecycle Expiration'] }],
        },
      },
    },
    TaskRule: {
      Description: 'bbf: tasks that run or have stopped',
      EventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Task State Change'],
        detail: { clusterArn: [getAtt('EcsCluster', 'Arn')], lastStatus: ['RUNNING', 'STOPPED'] },
      },
    },
    ServiceRule: {
      Description: 'bbf: services in trouble, and deployments',
      EventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Service Action', 'ECS Deployment State Change'],
        resources: [
          { prefix: sub(`arn:\${AWS::Partition}:ecs:\${AWS::Region}:\${AWS::AccountId}:service/${installation}/`) },
        ],
        detail: { eventType: ['WARN', 'ERROR', 'INFO'], eventName: [{ 'anything-but': ['SERVICE_STEADY_STATE'] }] },
      },
    },
    StackRule: {
      Description: 'bbf: stacks of clusters',
      EventPattern: {
        source: ['aws.cloudformation'],
        'detail-type': ['CloudFormation Stack Status Change'],
        resources: [
          {
            prefix: sub(
              `arn:\${AWS::Partition}:cloudformation:\${AWS::Region}:\${AWS::AccountId}:stack/${installation}--`,
            ),
          },
        ],
      },
    },
    FastScheduleRule: {
      Name: fastScheduleRuleName(installation),
      Description: 'bbf: while a cluster is awake; the reconciler turns it on and off',
      ScheduleExpression: 'rate(1 minute)',
      State: 'DISABLED',
    },
    SlowScheduleRule: {
      Name: slowScheduleRuleName(installation),
      Description: 'bbf: always, in case an event was lost',
      ScheduleExpression: 'rate(15 minutes)',
      State: 'ENABLED',
    },
  };
  return Object.fromEntries(Object.entries(all).flatMap(([name, properties]) => ruleAndPermission(name, properties)));
}

function ruleAndPermission(name: string, properties: RuleProperties): [string, Resource][] {
  const target = {
    Id: 'reconciler',
    Arn: getAtt('Reconciler', 'Arn'),
    RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 300 },
  };
  const permission: Resource = {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: ref('Reconciler'),
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: getAtt(name, 'Arn'),
    },
  };
  return [
    [name, { Type: 'AWS::Events::Rule', Properties: { ...properties, Targets: [target] } }],
    [`${name}Permission`, permission],
  ];
}
