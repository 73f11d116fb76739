/** What IAM and STS remember, as plain JSON. Instants are milliseconds since the epoch. */

export interface IamState {
  roles: Record<string, Role>;
  /** Customer managed policies, by ARN. */
  policies: Record<string, ManagedPolicy>;
  users: Record<string, User>;
  /** Temporary credentials, by access key id. */
  sessions: Record<string, SessionRecord>;
}

export interface Role {
  name: string;
  /** `AROA` and 17 more. */
  id: string;
  path: string;
  arn: string;
  createdAt: number;
  description: string;
  maxSessionSeconds: number;
  /** JSON text of the trust policy. */
  trust: string;
  /** Inline policies by name, JSON text. */
  inline: Record<string, string>;
  /** ARNs of managed policies. */
  attached: string[];
  /** ARN of the policy that bounds what the role may be given. */
  permissionsBoundary?: string | undefined;
  tags: Record<string, string>;
}

export interface ManagedPolicy {
  name: string;
  id: string;
  path: string;
  arn: string;
  createdAt: number;
  description: string;
  document: string;
}

export interface User {
  name: string;
  id: string;
  arn: string;
  createdAt: number;
  keys: { accessKeyId: string; secretAccessKey: string }[];
}

export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiresAt: number;
}

export interface SessionRecord extends Session {
  roleId: string;
  roleName: string;
  name: string;
  issuedAt: number;
}

/** Names come from users, `__proto__` among them: records that hold them have no prototype. */
export function restoreIamState(saved: IamState | undefined): IamState {
  const record = <T>(entries: Record<string, T> | undefined) =>
    Object.assign(Object.create(null), entries) as Record<string, T>;
  return {
    roles: record(saved?.roles),
    policies: record(saved?.policies),
    users: record(saved?.users),
    sessions: record(saved?.sessions),
  };
}
