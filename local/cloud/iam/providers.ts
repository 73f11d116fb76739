/** The IAM types that CloudFormation makes: roles and managed policies. */
import type { ResourceContext, ResourceProvider, World } from '../kernel.ts';
import type { RoleInput, Roles } from './roles.ts';
import { type IamState, type Role, uniqueId } from './state.ts';

type Properties = Record<string, unknown>;

export function iamProviders(world: World, state: IamState, roles: Roles): ResourceProvider[] {
  return [roleProvider(roles), managedPolicyProvider(world, state)];
}

function roleProvider(roles: Roles): ResourceProvider {
  const outcome = (role: Role) => ({ physicalId: role.name, attributes: { Arn: role.arn, RoleId: role.id } });
  return {
    type: 'AWS::IAM::Role',
    create: (properties, context) => outcome(roles.createRole(roleInput(properties, context))),
    update(physicalId, before, after, context) {
      const renamed = before.RoleName !== after.RoleName || before.Path !== after.Path;
      return renamed ? 'replace' : outcome(roles.updateRole({ ...roleInput(after, context), name: physicalId }));
    },
    delete(physicalId) {
      if (roles.listRoles().some((role) => role.name === physicalId)) roles.deleteRole(physicalId);
    },
  };
}

function roleInput(properties: Properties, context: ResourceContext): RoleInput {
  const policies = (properties.Policies ?? []) as { PolicyName: string; PolicyDocument: unknown }[];
  const tags = (properties.Tags ?? []) as { Key: string; Value: string }[];
  return {
    name: (properties.RoleName as string | undefined) ?? context.generatedName(64),
    assumeRolePolicy: properties.AssumeRolePolicyDocument,
    path: (properties.Path as string | undefined) ?? '/',
    description: (properties.Description as string | undefined) ?? '',
    maxSessionSeconds: Number(properties.MaxSessionDuration ?? 3600),
    policies: Object.fromEntries(policies.map((policy) => [policy.PolicyName, policy.PolicyDocument])),
    managedPolicyArns: (properties.ManagedPolicyArns ?? []) as string[],
    tags: { ...context.tags, ...Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) },
  };
}

function managedPolicyProvider(world: World, state: IamState): ResourceProvider {
  const arnOf = (name: string) => `arn:aws:iam::${world.account}:policy/${name}`;
  const put = (name: string, document: unknown) => {
    const arn = arnOf(name);
    state.policies[arn] = { name, id: state.policies[arn]?.id ?? uniqueId(world, 'ANPA'), arn, document };
    world.changed('iam');
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  };
  return {
    type: 'AWS::IAM::ManagedPolicy',
    create: (properties, context) =>
      put(
        (properties.ManagedPolicyName as string | undefined) ?? context.generatedName(128),
        properties.PolicyDocument,
      ),
    update(physicalId, before, after) {
      if (before.ManagedPolicyName !== after.ManagedPolicyName) return 'replace';
      return put(physicalId.split('/').at(-1) ?? '', after.PolicyDocument);
    },
    delete(physicalId) {
      delete state.policies[physicalId];
      world.changed('iam');
    },
  };
}
