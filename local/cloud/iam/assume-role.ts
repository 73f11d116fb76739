/** STS AssumeRole: who may take which role, and for how long. */
import { type Caller, ServiceError } from '../kernel.ts';
import { type IamCore, roleOf } from './core.ts';
import { roleNameOf, sessionArn, type sessionOperations } from './sessions.ts';
import type { Role, SessionRecord } from './state.ts';

interface AssumedRole {
  session: SessionRecord;
  arn: string;
  id: string;
}

export function assumeRoleOperation(core: IamCore, { newSession }: ReturnType<typeof sessionOperations>) {
  return function assumeRole(
    input: { roleArn: string; sessionName: string; seconds?: number },
    caller: Caller,
  ): AssumedRole {
    const role = trustedRole(core, input.roleArn, caller);
    if (!/^[\w+=,.@-]{2,64}$/.test(input.sessionName)) {
      throw new ServiceError('ValidationError', `The role session name "${input.sessionName}" is invalid.`);
    }
    const seconds = input.seconds ?? 3600;
    if (!(seconds >= 900 && seconds <= role.maxSessionSeconds)) {
      const message = `The requested DurationSeconds (${seconds}) is not between 900 and the MaxSessionDuration of the role, ${role.maxSessionSeconds}.`;
      throw new ServiceError('ValidationError', message);
    }
    const session = newSession(role, input.sessionName, seconds);
    return { session, arn: sessionArn(core, session), id: `${role.id}:${session.name}` };
  };
}

/** An absent role and one that doesn't trust the caller look the same from outside. */
function trustedRole(core: IamCore, arn: string, caller: Caller): Role {
  const denied = new ServiceError(
    'AccessDenied',
    `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    403,
  );
  const name = roleNameOf(arn);
  if (!core.state.roles[name]) throw denied;
  const role = roleOf(core, name);
  if (!trusts(role, caller)) throw denied;
  return role;
}

interface TrustStatement {
  Effect: string;
  Principal?: '*' | { AWS?: string | string[] };
}

/** The account's root stands for everyone in it. Conditions are not looked at. */
function trusts(role: Role, caller: Caller): boolean {
  const { Statement } = JSON.parse(role.trust) as { Statement: TrustStatement | TrustStatement[] };
  const root = [caller.account, `arn:aws:iam::${caller.account}:root`, '*', caller.arn];
  return [Statement].flat().some(({ Effect, Principal }) => {
    const principals = Principal === '*' ? ['*'] : [Principal?.AWS ?? []].flat();
    return Effect === 'Allow' && principals.some((principal) => root.includes(principal));
  });
}
