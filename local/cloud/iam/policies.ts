/** Customer managed policies. One version each: nothing here evaluates them. */
import { ServiceError } from '../kernel.ts';
import { checkDocument, checkName, type IamCore, noSuchEntity } from './core.ts';
import { policyArn, uniqueId } from './identifiers.ts';
import type { ManagedPolicy } from './state.ts';

export function policyOperations({ state, world }: IamCore) {
  const policyOf = (arn: string): ManagedPolicy => {
    const policy = state.policies[arn];
    if (policy) return policy;
    throw noSuchEntity(`Policy ${arn} was not found.`);
  };
  return {
    createPolicy({
      name,
      document,
      path = '/',
      description = '',
    }: {
      name: string;
      document: string;
      path?: string;
      description?: string;
    }): ManagedPolicy {
      const arn = policyArn(world, path, checkName(name, 128));
      if (state.policies[arn]) {
        throw new ServiceError(
          'EntityAlreadyExists',
          `A policy called ${name} already exists. Duplicate names are not allowed.`,
          409,
        );
      }
      const id = uniqueId(world, 'ANPA');
      const policy = { name, path, description, arn, id, createdAt: world.now(), document: checkDocument(document) };
      state.policies[arn] = policy;
      world.changed('iam');
      return policy;
    },
    getPolicy: ({ arn }: { arn: string }) => policyOf(arn),
    updatePolicy({ arn, document }: { arn: string; document: string }): void {
      policyOf(arn).document = checkDocument(document);
      world.changed('iam');
    },
    deletePolicy({ arn }: { arn: string }): void {
      policyOf(arn);
      if (Object.values(state.roles).some(({ attached }) => attached.includes(arn))) {
        throw new ServiceError('DeleteConflict', 'Cannot delete a policy attached to entities.', 409);
      }
      delete state.policies[arn];
      world.changed('iam');
    },
  };
}

export type PolicyOperations = ReturnType<typeof policyOperations>;
