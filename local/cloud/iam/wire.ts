/** IAM and STS over the query protocol. */
import { ServiceError, type WireHandler } from '../kernel.ts';
import { queryProtocol } from '../wire/query.ts';
import type { QueryInput } from '../wire/query-input.ts';
import { noSuchEntity } from './core.ts';
import type { Iam } from './iam.ts';
import { LOCAL_USER } from './sessions.ts';
import type { Role } from './state.ts';

const IAM_NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';
const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

export function createIamWire(iam: Iam): WireHandler {
  return queryProtocol(IAM_NAMESPACE, {
    CreateRole: (input) => ({ Role: described(iam.createRole(roleInput(input))) }),
    CreateServiceLinkedRole: ({ AWSServiceName = '', ...rest }) => {
      const other = ['CustomSuffix', 'Description'].find((name) => name in rest);
      if (other)
        throw new ServiceError(
          'InvalidAction',
          `The local cloud does not implement ${other} of CreateServiceLinkedRole.`,
        );
      return { Role: described(iam.createServiceLinkedRole({ service: AWSServiceName })) };
    },
    GetRole: ({ RoleName }) => ({ Role: described(iam.getRole({ name: RoleName })) }),
    ListRoles: ({ PathPrefix }) => ({
      Roles: iam.listRoles(PathPrefix ? { pathPrefix: PathPrefix } : {}).map(described),
      IsTruncated: false,
    }),
    UpdateAssumeRolePolicy: ({ RoleName, PolicyDocument }) => iam.updateRole({ name: RoleName, trust: PolicyDocument }),
    DeleteRole: ({ RoleName }) => iam.deleteRole({ name: RoleName }),
    PutRolePolicy: (input) =>
      iam.putRolePolicy({ role: input.RoleName, name: input.PolicyName, document: input.PolicyDocument }),
    GetRolePolicy: ({ RoleName, PolicyName }) => {
      const document = iam.getRolePolicy({ role: RoleName, name: PolicyName });
      return { RoleName, PolicyName, PolicyDocument: encodeURIComponent(document) };
    },
    DeleteRolePolicy: ({ RoleName, PolicyName }) => iam.deleteRolePolicy({ role: RoleName, name: PolicyName }),
    ListRolePolicies: ({ RoleName }) => {
      const names = Object.keys(iam.getRole({ name: RoleName }).inline);
      return { PolicyNames: names, IsTruncated: false };
    },
    AttachRolePolicy: ({ RoleName, PolicyArn }) => iam.attachRolePolicy({ role: RoleName, arn: PolicyArn }),
    DetachRolePolicy: ({ RoleName, PolicyArn }) => iam.detachRolePolicy({ role: RoleName, arn: PolicyArn }),
    ListAttachedRolePolicies: ({ RoleName }) => {
      const arns = iam.getRole({ name: RoleName }).attached;
      const policies = arns.map((arn) => ({ PolicyName: arn.split('/').at(-1) ?? arn, PolicyArn: arn }));
      return { AttachedPolicies: policies, IsTruncated: false };
    },
    ListRoleTags: ({ RoleName }) => ({ Tags: tagList(iam.getRole({ name: RoleName })), IsTruncated: false }),
    GetUser: ({ UserName = LOCAL_USER }) => {
      const user = iam.state.users[UserName];
      if (!user) throw noSuchEntity(`The user with name ${UserName} cannot be found.`);
      const { name, id, arn, createdAt } = user;
      return { User: { Path: '/', UserName: name, UserId: id, Arn: arn, CreateDate: instant(createdAt) } };
    },
  });
}

export function createStsWire(iam: Iam): WireHandler {
  return queryProtocol(STS_NAMESPACE, {
    GetCallerIdentity: (_, caller) => ({ Arn: caller.arn, UserId: caller.userId, Account: caller.account }),
    AssumeRole: ({ RoleArn = '', RoleSessionName = '', DurationSeconds, ...rest }, caller) => {
      const other = ['Policy', 'PolicyArns', 'TransitiveTagKeys', 'SerialNumber'].find((name) => name in rest);
      if (other) throw new ServiceError('InvalidAction', `The local cloud does not implement ${other} of AssumeRole.`);
      const seconds = DurationSeconds === undefined ? {} : { seconds: Number(DurationSeconds) };
      const { session, arn, id } = iam.assumeRole(
        { roleArn: RoleArn, sessionName: RoleSessionName, ...seconds },
        caller,
      );
      return {
        AssumedRoleUser: { AssumedRoleId: id, Arn: arn },
        Credentials: {
          AccessKeyId: session.accessKeyId,
          SecretAccessKey: session.secretAccessKey,
          SessionToken: session.sessionToken,
          Expiration: instant(session.expiresAt),
        },
      };
    },
  });
}

function roleInput(input: QueryInput) {
  const tags = Array.isArray(input.Tags) ? (input.Tags as { Key: string; Value: string }[]) : [];
  return {
    name: input.RoleName ?? '',
    trust: input.AssumeRolePolicyDocument ?? '',
    path: input.Path ?? '/',
    permissionsBoundary: input.PermissionsBoundary,
    description: input.Description ?? '',
    maxSessionSeconds: Number(input.MaxSessionDuration ?? 3600),
    tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
  };
}

function described(role: Role) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: instant(role.createdAt),
    // Documents travel percent-encoded (GetRole, "URL-encoded compliant with RFC 3986").
    AssumeRolePolicyDocument: encodeURIComponent(role.trust),
    Description: role.description || undefined,
    MaxSessionDuration: role.maxSessionSeconds,
    PermissionsBoundary: role.permissionsBoundary
      ? { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.permissionsBoundary }
      : undefined,
    Tags: tagList(role),
  };
}

const tagList = ({ tags }: Role) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const instant = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
