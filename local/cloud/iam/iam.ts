/** IAM and STS as one state machine: roles, policies, keys and role sessions. Only those of tasks are evaluated (task-rights.ts). */
import type { World } from '../kernel.ts';
import { assumeRoleOperation } from './assume-role.ts';
import type { IamCore } from './core.ts';
import { linkedRoleOperations } from './linked-roles.ts';
import { policyOperations } from './policies.ts';
import { iamProviders } from './providers.ts';
import { roleOperations } from './roles.ts';
import { sessionOperations } from './sessions.ts';
import { type IamState, restoreIamState } from './state.ts';

export type Iam = ReturnType<typeof createIam>;

export function createIam({ world, saved }: { world: World; saved?: IamState | undefined }) {
  const core: IamCore = { state: restoreIamState(saved), world };
  const operations = { ...roleOperations(core), ...policyOperations(core) };
  const sessions = sessionOperations(core);
  return {
    state: core.state,
    ...operations,
    ...linkedRoleOperations(operations),
    ...sessions,
    assumeRole: assumeRoleOperation(core, sessions),
    providers: iamProviders(core, operations),
    /** Nothing of IAM waits for time. */
    resume: () => {},
  };
}
