/** Roles that services act with in the account: IAM makes them on request, under names and with policies that are the service's. */
import { ServiceError } from '../kernel.ts';
import type { RoleOperations } from './roles.ts';
import type { Role } from './state.ts';

/** IAM user guide, "Service-linked roles": all of them lie here. */
export const LINKED_PATH = '/aws-service-role/';

/** By principal; ECS developer guide, "Using service-linked roles for Amazon ECS". */
const LINKED: Record<string, { name: string; policy: string } | undefined> = {
  'ecs.amazonaws.com': { name: 'AWSServiceRoleForECS', policy: 'AmazonECSServiceRolePolicy' },
};

export function linkedRoleOperations({ createRole, attachRolePolicy, listRoles }: RoleOperations) {
  return {
    createServiceLinkedRole({ service }: { service: string }): Role {
      const linked = LINKED[service];
      if (linked === undefined)
        throw new ServiceError('InvalidAction', `The local cloud does not know the role of ${service}.`);
      const { name, policy } = linked;
      if (listRoles().some((role) => role.name === name)) throw taken(name);
      const Statement = [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }];
      const trust = JSON.stringify({ Version: '2012-10-17', Statement });
      const role = createRole({ name, trust, path: `${LINKED_PATH}${service}/` });
      attachRolePolicy({ role: name, arn: `arn:aws:iam::aws:policy/aws-service-role/${policy}` });
      return role;
    },
  };
}

const taken = (name: string) =>
  new ServiceError(
    'InvalidInput',
    `Service role name ${name} has been taken in this account, please try a different suffix.`,
  );
