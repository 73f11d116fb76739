/** `bbf bootstrap-policy`: what whoever runs set-up and teardown must be allowed, and nothing beyond. */
import { ACCESS_PREFIX, BUNDLES_PREFIX, CLUSTERS_PREFIX } from '../../config-schema/keys.ts';
import {
  farmLogGroupName,
  foundationStackName,
  reconcilerFunctionName,
  reconcilerLogGroupName,
  roleName,
  TAG_INSTALLATION,
} from '../../templates/names.ts';

export interface PolicyPlace {
  /** Twelve digits, or `*`. */
  account: string;
  region: string;
  installation: string;
  bucket: string;
  /** ARN of the policy that every role must be bounded by; undefined: roles need none. */
  boundary: string | undefined;
}

interface Statement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

interface Policy {
  Version: '2012-10-17';
  Statement: Statement[];
}

/**
 * The foundation has no service role, so CloudFormation makes it with the caller's rights: these are the ones that the handlers of its
 * resource types ask for, as AWS's registry of types documents them. A test holds both against each other.
 */
export function bootstrapPolicy(place: PolicyPlace): Policy {
  const parts = [data, stack, roles, reconciler, registry, network, farm, lookups];
  return { Version: '2012-10-17', Statement: parts.flatMap((part) => part(place)) };
}

/** IAM user guide, "IAM and STS quotas", of all policies that are inline in a role together. */
export const ROLE_POLICY_CHARACTERS_MAX = 10_240;

/** As IAM counts them, which leaves white space out (the same page). */
export const policyCharacters = (policy: object): number => JSON.stringify(policy).replaceAll(/\s/g, '').length;

const allow = (
  Sid: string,
  service: string,
  operations: string,
  Resource: string | string[],
  Condition?: Statement['Condition'],
): Statement => ({
  Sid,
  Effect: 'Allow',
  Action: operations
    .trim()
    .split(/\s+/)
    .map((operation) => `${service}:${operation}`),
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

const regional = ({ region, account }: PolicyPlace, service: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

function data({ bucket }: PolicyPlace): Statement[] {
  const arn = `arn:aws:s3:::${bucket}`;
  const settings = `Versioning PublicAccessBlock Policy Notification Tagging`.split(' ');
  const both = settings.map((setting) => `GetBucket${setting} PutBucket${setting}`).join(' ');
  const named =
    'GetEncryptionConfiguration PutEncryptionConfiguration GetLifecycleConfiguration PutLifecycleConfiguration';
  const objects = (...patterns: string[]) => patterns.map((pattern) => `${arn}/${pattern}`);
  return [
    allow('Bucket', 's3', `CreateBucket DeleteBucket ListBucket ListBucketVersions ${both} ${named}`, arn),
    allow(
      'BundleAndClusters',
      's3',
      'PutObject GetObject GetObjectVersion',
      objects(`${BUNDLES_PREFIX}*`, `${CLUSTERS_PREFIX}*`),
    ),
    allow(
      'DeleteData',
      's3',
      'DeleteObject DeleteObjectVersion',
      objects(...[CLUSTERS_PREFIX, ACCESS_PREFIX, BUNDLES_PREFIX].map((prefix) => `${prefix}*`)),
    ),
  ];
}

function stack(place: PolicyPlace): Statement[] {
  const name = foundationStackName(place.installation);
  const own = regional(place, 'cloudformation', `stack/${name}/*`);
  const changeSets = regional(place, 'cloudformation', `changeSet/${name}-*/*`);
  const operations = `CreateChangeSet DescribeChangeSet ExecuteChangeSet DeleteChangeSet UpdateTerminationProtection
    ContinueUpdateRollback`;
  return [
    allow('Foundation', 'cloudformation', operations, own),
    // What a change set failed of is asked by its name and its stack's.
    allow('FoundationAndChangeSets', 'cloudformation', 'DescribeEvents TagResource UntagResource', [own, changeSets]),
    // The foundation's, and those of clusters: what nobody else removes, and at the end of a teardown what was deleted with them.
    allow(
      'Stacks',
      'cloudformation',
      'DescribeStacks DescribeStackEvents DeleteStack ListStackResources',
      regional(place, 'cloudformation', `stack/${place.installation}--*/*`),
    ),
  ];
}

/** Without a boundary, who may make roles may give them anything: administrators give one to those they delegate set-up to. */
function roles(place: PolicyPlace): Statement[] {
  const { account, region, installation, boundary } = place;
  const iam = (name: string) => `arn:aws:iam::${account}:role/${name}`;
  const own = iam(`${installation}--*--${region}`);
  const bounded = boundary === undefined ? undefined : { StringEquals: { 'iam:PermissionsBoundary': boundary } };
  const grants =
    'CreateRole PutRolePolicy AttachRolePolicy DeleteRolePolicy DetachRolePolicy PutRolePermissionsBoundary';
  const rest = `GetRole GetRolePolicy ListRolePolicies ListAttachedRolePolicies ListRoleTags UpdateRole
    UpdateRoleDescription UpdateAssumeRolePolicy TagRole UntagRole DeleteRole${boundary === undefined ? ' DeleteRolePermissionsBoundary' : ''}`;
  return [
    allow('RoleRights', 'iam', grants, own, bounded),
    allow('Roles', 'iam', rest, own),
    allow('PassToReconciler', 'iam', 'PassRole', iam(roleName(installation, 'reconciler', region)), {
      StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' },
    }),
    allow(
      'EcsLinkedRole',
      'iam',
      'CreateServiceLinkedRole',
      iam('aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'),
      { StringEquals: { 'iam:AWSServiceName': 'ecs.amazonaws.com' } },
    ),
  ];
}

function reconciler(place: PolicyPlace): Statement[] {
  const { installation } = place;
  const lambda = `CreateFunction GetFunction GetFunctionConfiguration UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction
    PutFunctionConcurrency DeleteFunctionConcurrency ListTags TagResource UntagResource AddPermission RemovePermission GetPolicy
    CreateFunctionUrlConfig GetFunctionUrlConfig UpdateFunctionUrlConfig DeleteFunctionUrlConfig
    PutFunctionEventInvokeConfig GetFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig
    GetRuntimeManagementConfig GetFunctionCodeSigningConfig GetFunctionRecursionConfig GetFunctionScalingConfig
    InvokeFunctionUrl`;
  const events = `DescribeRule PutRule DeleteRule PutTargets RemoveTargets ListTargetsByRule TagResource UntagResource
    ListTagsForResource`;
  const logs = `CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy TagResource UntagResource ListTagsForResource
    GetDataProtectionPolicy`;
  const groups = [reconcilerLogGroupName(installation), farmLogGroupName(installation)];
  return [
    allow('Function', 'lambda', lambda, regional(place, 'lambda', `function:${reconcilerFunctionName(installation)}`)),
    // By its URL alone: whoever may invoke the function itself may name any caller to it.
    allow(
      'Ask',
      'lambda',
      'InvokeFunction',
      regional(place, 'lambda', `function:${reconcilerFunctionName(installation)}`),
      {
        Bool: { 'lambda:InvokedViaFunctionUrl': 'true' },
      },
    ),
    allow('Rules', 'events', events, regional(place, 'events', `rule/${installation}--*`)),
    allow(
      'Logs',
      'logs',
      logs,
      groups.flatMap((group) => ['', ':*'].map((end) => regional(place, 'logs', `log-group:${group}${end}`))),
    ),
  ];
}

function registry(place: PolicyPlace): Statement[] {
  const operations = `CreateRepository DescribeRepositories DeleteRepository PutLifecyclePolicy GetLifecyclePolicy DeleteLifecyclePolicy
    SetRepositoryPolicy GetRepositoryPolicy DeleteRepositoryPolicy PutImageScanningConfiguration PutImageTagMutability
    ListTagsForResource TagResource UntagResource`;
  return [allow('Repositories', 'ecr', operations, regional(place, 'ecr', `repository/${place.installation}/*`))];
}

/**
 * What is made has no tag yet. What is there is changed and removed by the installation's tag, which nobody may put on what others have
 * made: only as a part of making it, on what has it already, or in the name of CloudFormation, some of whose handlers tag a moment
 * after they make.
 */
function network(place: PolicyPlace): Statement[] {
  const on = (names: string) => names.split(' ').map((kind) => regional(place, 'ec2', `${kind}/*`));
  const kinds = on('vpc subnet internet-gateway route-table security-group* vpc-endpoint');
  // Where a condition says which ones, kinds would say nothing more, and the length of a policy is bounded.
  const any = regional(place, 'ec2', '*');
  const creates = 'CreateVpc CreateSubnet CreateInternetGateway CreateRouteTable CreateVpcEndpoint CreateSecurityGroup';
  const makes = `${creates} DescribeVpcAttribute AttachInternetGateway AssociateRouteTable CreateRoute ModifySubnetAttribute
    AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress`;
  const takes = `DetachInternetGateway DisassociateRouteTable ReplaceRouteTableAssociation ReplaceRoute DeleteRoute ModifyVpcEndpoint
    RevokeSecurityGroupIngress RevokeSecurityGroupEgress UpdateSecurityGroupRuleDescriptionsIngress
    UpdateSecurityGroupRuleDescriptionsEgress DeleteVpc DeleteSubnet DeleteInternetGateway DeleteRouteTable DeleteVpcEndpoints
    DeleteSecurityGroup`;
  const early = 'CreateTags DeleteTags ModifyVpcAttribute';
  return [
    allow('Network', 'ec2', makes, kinds),
    allow('NetworkTags', 'ec2', 'CreateTags', any, { StringEquals: { 'ec2:CreateAction': creates.split(' ') } }),
    allow('NetworkByCloudFormation', 'ec2', early, kinds, {
      'ForAnyValue:StringEquals': { 'aws:CalledVia': 'cloudformation.amazonaws.com' },
    }),
    allow('OwnNetwork', 'ec2', `${early} ${takes}`, any, {
      StringEquals: { [`aws:ResourceTag/${TAG_INSTALLATION}`]: place.installation },
    }),
  ];
}

function farm(place: PolicyPlace): Statement[] {
  const { installation } = place;
  const cluster = `CreateCluster DescribeClusters UpdateCluster UpdateClusterSettings DeleteCluster PutClusterCapacityProviders
    TagResource UntagResource ListTagsForResource`;
  return [
    allow('EcsCluster', 'ecs', cluster, regional(place, 'ecs', `cluster/${installation}`)),
    // AWS's two: nobody else's name may begin so (ECS API, CreateCapacityProvider).
    allow(
      'CapacityProviders',
      'ecs',
      'DescribeCapacityProviders',
      regional(place, 'ecs', 'capacity-provider/FARGATE*'),
    ),
    allow(
      'Definitions',
      'ecs',
      'DeleteTaskDefinitions',
      regional(place, 'ecs', `task-definition/${installation}--*:*`),
    ),
  ];
}

/** IAM knows no resource for any of these (Service Authorization Reference), and none of them changes anything. */
function lookups(): Statement[] {
  const ec2 = `DescribeVpcs DescribeVpcEncryptionControls DescribeSubnets DescribeInternetGateways
    DescribeRouteTables DescribeNetworkAcls DescribeNetworkInterfaces DescribeSecurityGroups DescribeSecurityGroupRules
    DescribeVpcEndpoints DescribeVpnGateways DescribeInstances DescribeAvailabilityZones`;
  const logs = 'DescribeLogGroups DescribeIndexPolicies DescribeResourcePolicies';
  const lists = [
    allow('', 'cloudformation', 'ListStacks', '*'),
    allow('', 'ec2', ec2, '*'),
    allow('', 'ecs', 'ListTaskDefinitions ListTaskDefinitionFamilies', '*'),
    allow('', 'logs', logs, '*'),
    allow('', 'tag', 'GetResources', '*'),
  ];
  return [{ Sid: 'Lookups', Effect: 'Allow', Action: lists.flatMap(({ Action }) => Action), Resource: '*' }];
}
