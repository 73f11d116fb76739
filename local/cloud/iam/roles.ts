/** Roles, their trust policy and their permissions. */
import { ServiceError } from '../kernel.ts';
import { checkDocument, checkName, type IamCore, noSuchEntity, roleOf } from './core.ts';
import { roleArn, uniqueId } from './identifiers.ts';
import { LINKED_PATH } from './linked-roles.ts';
import type { Role } from './state.ts';

interface CreateRoleInput {
  name: string;
  trust: string;
  path?: string;
  description?: string;
  maxSessionSeconds?: number;
  permissionsBoundary?: string | undefined;
  tags?: Record<string, string>;
}

export function roleOperations(core: IamCore) {
  const { state, world } = core;
  const changed = () => world.changed('iam');
  return {
    createRole({
      name,
      trust,
      path = '/',
      description = '',
      maxSessionSeconds = 3600,
      permissionsBoundary,
      tags = {},
    }: CreateRoleInput): Role {
      checkName(name, 64);
      if (state.roles[name])
        throw new ServiceError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
      const role: Role = {
        ...{ name, path, description, maxSessionSeconds, permissionsBoundary, tags },
        id: uniqueId(world, 'AROA'),
        arn: roleArn(world, path, name),
        createdAt: world.now(),
        trust: checkDocument(trust),
        inline: {},
        attached: [],
      };
      state.roles[name] = role;
      changed();
      return role;
    },
    getRole: ({ name }: { name: string }): Role => roleOf(core, name),
    listRoles: ({ pathPrefix = '/' }: { pathPrefix?: string } = {}): Role[] =>
      Object.values(state.roles).filter(({ path }) => path.startsWith(pathPrefix)),
    updateRole({
      name,
      ...changes
    }: { name: string } & Partial<
      Pick<Role, 'description' | 'maxSessionSeconds' | 'trust' | 'permissionsBoundary' | 'tags'>
    >): void {
      if (changes.trust !== undefined) checkDocument(changes.trust);
      Object.assign(roleOf(core, name), changes);
      changed();
    },
    /** Policies must be taken away first. */
    deleteRole({ name }: { name: string }): void {
      const role = roleOf(core, name);
      if (role.path.startsWith(LINKED_PATH)) throw isProtected(name);
      if (role.attached.length > 0) throw inUse('Cannot delete entity, must detach all policies first.');
      if (Object.keys(role.inline).length > 0) throw inUse('Cannot delete entity, must delete policies first.');
      delete state.roles[name];
      changed();
    },
    ...policyOperations(core),
  };
}

/** Policies of a role: its own, and those that are attached to it. */
function policyOperations(core: IamCore) {
  const { state, world } = core;
  const changed = () => world.changed('iam');
  return {
    putRolePolicy({ role, name, document }: { role: string; name: string; document: string }): void {
      roleOf(core, role).inline[checkName(name, 128)] = checkDocument(document);
      changed();
    },
    getRolePolicy({ role, name }: { role: string; name: string }): string {
      const document = roleOf(core, role).inline[name];
      if (document !== undefined) return document;
      throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
    },
    deleteRolePolicy({ role, name }: { role: string; name: string }): void {
      const { inline } = roleOf(core, role);
      if (inline[name] === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
      delete inline[name];
      changed();
    },
    attachRolePolicy({ role, arn }: { role: string; arn: string }): void {
      const found = roleOf(core, role);
      const ofAws = arn.startsWith('arn:aws:iam::aws:policy/');
      if (!ofAws && !state.policies[arn]) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
      if (!found.attached.includes(arn)) found.attached.push(arn);
      changed();
    },
    detachRolePolicy({ role, arn }: { role: string; arn: string }): void {
      const found = roleOf(core, role);
      if (!found.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
      found.attached = found.attached.filter((one) => one !== arn);
      changed();
    },
  };
}

export type RoleOperations = ReturnType<typeof roleOperations>;

const isProtected = (name: string) =>
  new ServiceError(
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
const inUse = (message: string) => new ServiceError('DeleteConflict', message, 409);
