/** Who signed a request to the Function URL, and what that identity may be given a certificate for. */

export type CertificateRole = 'client' | 'server' | 'worker';

export interface Caller {
  arn: string;
  account: string;
  role: CertificateRole;
  /** Of the farm's own tasks: ECS names the session of a task's role after the task. */
  taskId: string | undefined;
}

export interface FarmRoles {
  /** The account that the farm's roles are in; a role of that name in another account is nobody special. */
  account: string;
  serverRole: string;
  workerRole: string;
}

const ASSUMED_ROLE = /^arn:[^:]+:sts::([0-9]{12}):assumed-role\/([^/]+)\/([^/]+)$/;
const ANY_ARN = /^arn:[^:]+:(?:iam|sts)::([0-9]{12}):.+$/;

/** Undefined for a text that is no identity of AWS. */
export function callerOf(arn: string, roles: FarmRoles): Caller | undefined {
  const account = ANY_ARN.exec(arn)?.[1];
  if (account === undefined) return undefined;
  const [, , roleName, session] = ASSUMED_ROLE.exec(arn) ?? [];
  const ours = account === roles.account;
  if (ours && roleName === roles.serverRole) return { arn, account, role: 'server', taskId: session };
  if (ours && roleName === roles.workerRole) return { arn, account, role: 'worker', taskId: session };
  return { arn, account, role: 'client', taskId: undefined };
}
