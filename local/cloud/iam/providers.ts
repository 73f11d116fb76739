/** AWS::IAM::Role, AWS::IAM::ManagedPolicy and AWS::IAM::Policy, as CloudFormation drives them. */
import type { ResourceContext, ResourceProvider } from '../kernel.ts';
import type { IamCore } from './core.ts';
import type { PolicyOperations } from './policies.ts';
import type { RoleOperations } from './roles.ts';
import type { Role } from './state.ts';

type Properties = Record<string, unknown>;
type Iam = RoleOperations & PolicyOperations;

export function iamProviders(core: IamCore, iam: Iam): ResourceProvider[] {
  return [roleProvider(core, iam), managedPolicyProvider(core, iam), inlinePolicyProvider(core, iam)];
}

function roleProvider({ state }: IamCore, iam: Iam): ResourceProvider {
  const outcome = ({ name, arn, id }: Role) => ({ physicalId: name, attributes: { Arn: arn, RoleId: id } });
  const described = (properties: Properties, context: ResourceContext) => ({
    description: text(properties.Description ?? ''),
    maxSessionSeconds: Number(properties.MaxSessionDuration ?? 3600),
    trust: json(properties.AssumeRolePolicyDocument),
    permissionsBoundary:
      properties.PermissionsBoundary === undefined ? undefined : text(properties.PermissionsBoundary),
    tags: { ...context.tags, ...tagsOf(properties) },
  });
  return {
    type: 'AWS::IAM::Role',
    replacedBy: ['RoleName', 'Path'],
    create(properties, context) {
      const name = text(properties.RoleName ?? context.generatedName(64));
      const role = iam.createRole({ name, path: text(properties.Path ?? '/'), ...described(properties, context) });
      setPermissions(iam, role, {}, properties);
      return outcome(role);
    },
    update(name, before, after, context) {
      if (before.RoleName !== after.RoleName || before.Path !== after.Path) return 'replace';
      iam.updateRole({ name, ...described(after, context) });
      const role = iam.getRole({ name });
      setPermissions(iam, role, before, after);
      return outcome(role);
    },
    delete(name, properties) {
      const role = state.roles[name];
      if (!role) return;
      setPermissions(iam, role, properties, {});
      iam.deleteRole({ name });
    },
  };
}

/** Only what the template itself put on the role is taken away again. */
function setPermissions(iam: Iam, role: Role, before: Properties, after: Properties): void {
  const inline = policiesOf(after);
  for (const name of Object.keys(policiesOf(before))) {
    if (!(name in inline) && name in role.inline) iam.deleteRolePolicy({ role: role.name, name });
  }
  for (const [name, document] of Object.entries(inline)) iam.putRolePolicy({ role: role.name, name, document });
  const attached = listOf<string>(after.ManagedPolicyArns);
  for (const arn of listOf<string>(before.ManagedPolicyArns)) {
    if (!attached.includes(arn) && role.attached.includes(arn)) iam.detachRolePolicy({ role: role.name, arn });
  }
  for (const arn of attached) iam.attachRolePolicy({ role: role.name, arn });
}

const FIXED = ['ManagedPolicyName', 'Path', 'Description'];

function managedPolicyProvider({ state }: IamCore, iam: Iam): ResourceProvider {
  const outcome = (arn: string) => ({
    physicalId: arn,
    attributes: { PolicyArn: arn, PolicyId: state.policies[arn]?.id },
  });
  const onRoles = (arn: string, roles: string[], wanted: boolean) => {
    for (const role of roles) {
      const attached = state.roles[role]?.attached.includes(arn) ?? false;
      if (wanted) iam.attachRolePolicy({ role, arn });
      else if (attached) iam.detachRolePolicy({ role, arn });
    }
  };
  return {
    type: 'AWS::IAM::ManagedPolicy',
    replacedBy: FIXED,
    create(properties, context) {
      const { arn } = iam.createPolicy({
        name: text(properties.ManagedPolicyName ?? context.generatedName(128)),
        document: json(properties.PolicyDocument),
        path: text(properties.Path ?? '/'),
        description: text(properties.Description ?? ''),
      });
      onRoles(arn, listOf<string>(properties.Roles), true);
      return outcome(arn);
    },
    update(arn, before, after) {
      if (FIXED.some((name) => before[name] !== after[name])) return 'replace';
      iam.updatePolicy({ arn, document: json(after.PolicyDocument) });
      const roles = listOf<string>(after.Roles);
      onRoles(
        arn,
        listOf<string>(before.Roles).filter((role) => !roles.includes(role)),
        false,
      );
      onRoles(arn, roles, true);
      return outcome(arn);
    },
    delete(arn, properties) {
      onRoles(arn, listOf<string>(properties.Roles), false);
      if (state.policies[arn]) iam.deletePolicy({ arn });
    },
  };
}

function inlinePolicyProvider({ state }: IamCore, iam: Iam): ResourceProvider {
  const put = (properties: Properties) => {
    const name = text(properties.PolicyName);
    for (const role of listOf<string>(properties.Roles)) {
      iam.putRolePolicy({ role, name, document: json(properties.PolicyDocument) });
    }
    return { physicalId: name, attributes: { Id: name } };
  };
  const remove = (properties: Properties, kept: string[] = []) => {
    const name = text(properties.PolicyName);
    const roles = listOf<string>(properties.Roles).filter(
      (role) => !kept.includes(role) && state.roles[role]?.inline[name],
    );
    for (const role of roles) iam.deleteRolePolicy({ role, name });
  };
  return {
    type: 'AWS::IAM::Policy',
    replacedBy: ['PolicyName'],
    create: put,
    update(_, before, after) {
      if (before.PolicyName !== after.PolicyName) return 'replace';
      remove(before, listOf<string>(after.Roles));
      return put(after);
    },
    delete: (_, properties) => remove(properties),
  };
}

const text = (value: unknown) => String(value);
const json = (document: unknown) => (typeof document === 'string' ? document : JSON.stringify(document));
const listOf = <T>(value: unknown) => (Array.isArray(value) ? (value as T[]) : []);

function policiesOf({ Policies }: Properties): Record<string, string> {
  const policies = listOf<{ PolicyName: string; PolicyDocument: unknown }>(Policies);
  return Object.fromEntries(policies.map(({ PolicyName, PolicyDocument }) => [PolicyName, json(PolicyDocument)]));
}

function tagsOf({ Tags }: Properties): Record<string, string> {
  return Object.fromEntries(listOf<{ Key: string; Value: string }>(Tags).map(({ Key, Value }) => [Key, Value]));
}
