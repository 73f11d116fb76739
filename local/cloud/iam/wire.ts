/** The codecs of IAM and STS: the Query protocol. */
import type { WireHandler } from '../kernel.ts';
import { queryProtocol } from '../wire/query.ts';
import type { Iam } from './iam.ts';
import type { Role } from './state.ts';

const IAM_NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';
const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
/** STS API reference, AssumeRole: `DurationSeconds`. */
const SESSION_SECONDS = 3600;

const iso = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;

export function createIamWire(iam: Iam): WireHandler {
  return queryProtocol(IAM_NAMESPACE, {
    GetRole: ({ RoleName }) => ({ Role: roleOutput(iam.getRole(RoleName)) }),
    ListRoles: () => ({ Roles: iam.listRoles().map(roleOutput), IsTruncated: false }),
    GetUser: ({ UserName }, caller) => {
      const user = Object.values(iam.state.users).find(({ name, arn }) =>
        UserName ? name === UserName : arn === caller.arn,
      );
      return user ? { User: { UserName: user.name, UserId: user.id, Arn: user.arn, Path: '/' } } : {};
    },
  });
}

export function createStsWire(iam: Iam): WireHandler {
  return queryProtocol(STS_NAMESPACE, {
    GetCallerIdentity: (_input, caller) => ({ Arn: caller.arn, UserId: caller.userId, Account: caller.account }),
    AssumeRole: ({ RoleArn, RoleSessionName, DurationSeconds }) => {
      const session = iam.issueSession(RoleArn, RoleSessionName, Number(DurationSeconds ?? SESSION_SECONDS));
      const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = session;
      const caller = iam.findKey(accessKeyId)?.caller;
      return {
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: iso(expiresAt),
        },
        AssumedRoleUser: { AssumedRoleId: caller?.userId ?? '', Arn: caller?.arn ?? '' },
      };
    },
  });
}

function roleOutput(role: Role) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: iso(role.createdAt),
    AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(role.assumeRolePolicy)),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
  };
}
