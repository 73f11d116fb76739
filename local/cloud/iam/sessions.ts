/** Access keys: the one user's, and the temporary ones of role sessions. They end by the world's time. */
import { type Caller, ServiceError } from '../kernel.ts';
import type { KnownKey } from '../signature.ts';
import { type IamCore, roleOf } from './core.ts';
import { secretKey, sessionToken, uniqueId } from './identifiers.ts';
import type { Role, Session, SessionRecord, User } from './state.ts';

/** The person before the machine: may do everything, as permissions are evaluated of tasks alone (task-rights.ts). */
export const LOCAL_USER = 'bbf-local';

export function sessionOperations(core: IamCore) {
  const { state, world } = core;

  function newSession(role: Role, name: string, seconds: number): SessionRecord {
    for (const old of Object.values(state.sessions)) {
      if (old.expiresAt <= world.now()) delete state.sessions[old.accessKeyId];
    }
    const session: SessionRecord = {
      accessKeyId: uniqueId(world, 'ASIA'),
      secretAccessKey: secretKey(world),
      sessionToken: sessionToken(world),
      issuedAt: world.now(),
      expiresAt: world.now() + seconds * 1000,
      ...{ roleId: role.id, roleName: role.name, name },
    };
    state.sessions[session.accessKeyId] = session;
    world.changed('iam');
    return session;
  }

  return {
    newSession,
    /** What a service does for its tasks and functions. While half of a session's time is left, it is given out again. */
    issueSession(arn: string, name: string, seconds: number): Session {
      const role = roleOf(core, roleNameOf(arn));
      const fresh = world.now() + (seconds * 1000) / 2;
      const same = (one: SessionRecord) => one.roleId === role.id && one.name === name && one.expiresAt > fresh;
      const session = Object.values(state.sessions).find(same) ?? newSession(role, name, seconds);
      const { accessKeyId, secretAccessKey, sessionToken: token, expiresAt } = session;
      return { accessKeyId, secretAccessKey, sessionToken: token, expiresAt };
    },
    /** The key pair of the local user, made at the first call. */
    localCredentials(): { accessKeyId: string; secretAccessKey: string } {
      const user = state.users[LOCAL_USER] ?? newUser(core);
      const [key] = user.keys;
      if (key) return key;
      throw new Error(`The user ${LOCAL_USER} has no access key.`);
    },
    findKey(accessKeyId: string): KnownKey | undefined {
      const session = state.sessions[accessKeyId];
      if (session) return keyOfSession(core, session);
      for (const user of Object.values(state.users)) {
        const key = user.keys.find((one) => one.accessKeyId === accessKeyId);
        if (key)
          return { secretAccessKey: key.secretAccessKey, caller: callerOf(core, accessKeyId, user.arn, user.id) };
      }
      return undefined;
    },
  };
}

function newUser({ state, world }: IamCore): User {
  const user: User = {
    name: LOCAL_USER,
    id: uniqueId(world, 'AIDA'),
    arn: `arn:aws:iam::${world.account}:user/${LOCAL_USER}`,
    createdAt: world.now(),
    keys: [{ accessKeyId: uniqueId(world, 'AKIA'), secretAccessKey: secretKey(world) }],
  };
  state.users[user.name] = user;
  world.changed('iam');
  return user;
}

function keyOfSession(core: IamCore, session: SessionRecord): KnownKey {
  const { secretAccessKey, sessionToken: token, expiresAt, accessKeyId } = session;
  const caller = callerOf(core, accessKeyId, sessionArn(core, session), `${session.roleId}:${session.name}`);
  return { secretAccessKey, sessionToken: token, expiresAt, caller };
}

export function sessionArn({ world }: IamCore, { roleName, name }: Pick<SessionRecord, 'roleName' | 'name'>): string {
  return `arn:aws:sts::${world.account}:assumed-role/${roleName}/${name}`;
}

function callerOf({ world }: IamCore, accessKeyId: string, arn: string, userId: string): Caller {
  return { accessKeyId, arn, account: world.account, userId };
}

/** The path of a role is no part of its name. */
export function roleNameOf(arn: string): string {
  const name = /^arn:aws[\w-]*:iam::\d{12}:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (name) return name;
  throw new ServiceError('ValidationError', `${arn} is not the ARN of a role.`);
}
