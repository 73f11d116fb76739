/** IAM roles: create, find, change, delete. */
import { ServiceError, type World } from '../kernel.ts';
import { type IamState, type Role, uniqueId } from './state.ts';

export interface RoleInput {
  name: string;
  assumeRolePolicy: unknown;
  path?: string;
  description?: string;
  maxSessionSeconds?: number;
  policies?: Record<string, unknown>;
  managedPolicyArns?: string[];
  tags?: Record<string, string>;
}

export type Roles = ReturnType<typeof createRoles>;

/** IAM quotas page: a role's name has at most 64 characters of this set. */
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;

export function createRoles(world: World, state: IamState) {
  const missing = (name: string) =>
    new ServiceError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);

  function getRole(name: string): Role {
    const role = state.roles[name];
    if (!role) throw missing(name);
    return role;
  }

  function createRole(input: RoleInput): Role {
    if (!ROLE_NAME.test(input.name)) {
      throw new ServiceError(
        'ValidationError',
        `The specified value for roleName is invalid: "${input.name}". It must contain only alphanumeric characters and/or +=,.@_- and be at most 64 long`,
      );
    }
    if (state.roles[input.name])
      throw new ServiceError('EntityAlreadyExists', `Role with name ${input.name} already exists.`, 409);
    const path = input.path ?? '/';
    const role: Role = {
      ...fields(input),
      name: input.name,
      id: uniqueId(world, 'AROA'),
      arn: `arn:aws:iam::${world.account}:role${path}${input.name}`,
      path,
      createdAt: world.now(),
    };
    state.roles[input.name] = role;
    world.changed('iam');
    return role;
  }

  function updateRole(input: RoleInput): Role {
    const role = Object.assign(getRole(input.name), fields(input));
    world.changed('iam');
    return role;
  }

  function deleteRole(name: string): void {
    getRole(name);
    delete state.roles[name];
    world.changed('iam');
  }

  function byArn(arn: string): Role {
    const role = Object.values(state.roles).find((one) => one.arn === arn);
    if (!role) throw missing(arn);
    return role;
  }

  return { getRole, createRole, updateRole, deleteRole, byArn, listRoles: () => Object.values(state.roles) };
}

function fields(input: RoleInput) {
  return {
    assumeRolePolicy: input.assumeRolePolicy,
    description: input.description ?? '',
    maxSessionSeconds: input.maxSessionSeconds ?? 3600,
    policies: input.policies ?? {},
    managedPolicyArns: input.managedPolicyArns ?? [],
    tags: input.tags ?? {},
  };
}
