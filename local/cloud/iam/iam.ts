/** IAM and STS: who exists, which keys are theirs, and temporary credentials of roles. Policies are kept and not evaluated. */
import type { Caller, ResourceProvider, World } from '../kernel.ts';
import type { KnownKey } from '../signature.ts';
import { iamProviders } from './providers.ts';
import { createRoles } from './roles.ts';
import {
  emptyIamState,
  type IamState,
  type StoredSession,
  secretKey,
  sessionToken,
  type User,
  uniqueId,
} from './state.ts';

export interface IamOptions {
  world: World;
  saved?: IamState | undefined;
}

export type Iam = ReturnType<typeof createIam>;

/** A session may live an hour longer than its credentials before it is forgotten, so that its end is told from a stranger's key. */
const FORGET_AFTER_MS = 3_600_000;

export function createIam({ world, saved }: IamOptions) {
  const state = saved ?? emptyIamState();
  const roles = createRoles(world, state);

  function user(name: string): User {
    const known = state.users[name];
    if (known) return known;
    const created = {
      name,
      id: uniqueId(world, 'AIDA'),
      arn: `arn:aws:iam::${world.account}:user/${name}`,
      accessKeyId: uniqueId(world, 'AKIA'),
      secretAccessKey: secretKey(world),
    };
    state.users[name] = created;
    world.changed('iam');
    return created;
  }

  /** @throws ServiceError NoSuchEntity for a role that does not exist */
  function issueSession(roleArn: string, sessionName: string, ttlSeconds: number): StoredSession {
    const role = roles.byArn(roleArn);
    forgetOld();
    const session = {
      accessKeyId: uniqueId(world, 'ASIA'),
      secretAccessKey: secretKey(world),
      sessionToken: sessionToken(world),
      expiresAt: world.now() + ttlSeconds * 1000,
      roleName: role.name,
      sessionName,
    };
    state.sessions[session.accessKeyId] = session;
    world.changed('iam');
    return session;
  }

  function forgetOld() {
    for (const [id, session] of Object.entries(state.sessions)) {
      if (session.expiresAt + FORGET_AFTER_MS < world.now()) delete state.sessions[id];
    }
  }

  function findKey(accessKeyId: string): KnownKey | undefined {
    const owner = Object.values(state.users).find((one) => one.accessKeyId === accessKeyId);
    if (owner) return { secretAccessKey: owner.secretAccessKey, caller: userCaller(owner) };
    const session = state.sessions[accessKeyId];
    return session && { ...session, caller: sessionCaller(session) };
  }

  const userCaller = ({ accessKeyId, arn, id }: User): Caller => ({
    accessKeyId,
    arn,
    account: world.account,
    userId: id,
  });

  function sessionCaller({ accessKeyId, roleName, sessionName }: StoredSession): Caller {
    const arn = `arn:aws:sts::${world.account}:assumed-role/${roleName}/${sessionName}`;
    const userId = `${state.roles[roleName]?.id ?? 'AROAGONE'}:${sessionName}`;
    return { accessKeyId, arn, account: world.account, userId };
  }

  return {
    state,
    ...roles,
    user,
    issueSession,
    findKey,
    providers: iamProviders(world, state, roles) as ResourceProvider[],
  };
}
