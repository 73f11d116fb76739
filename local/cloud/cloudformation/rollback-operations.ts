/** CancelUpdateStack, ContinueUpdateRollback, RollbackStack and UpdateTerminationProtection. */
import type { Engine } from './engine.ts';
import { invalid } from './errors.ts';
import { beginUpdateRollback } from './finish.ts';
import { newOperation } from './phases.ts';
import { rememberToken, wasTaken } from './request.ts';
import { existingStack, go, startDeletion } from './stack-operations.ts';
import type { Operation, Stack } from './state.ts';
import { cancelRest } from './tick.ts';

export interface StackTokenInput {
  StackName: string;
  ClientRequestToken?: string;
}

export function cancelUpdateStack(engine: Engine, input: StackTokenInput): void {
  const stack = existingStack(engine, input.StackName);
  if (wasTaken(stack, 'CancelUpdateStack', input)) return;
  const { operation } = stack;
  if (stack.status !== 'UPDATE_IN_PROGRESS' || !operation) {
    throw invalid('CancelUpdateStack cannot be called from current stack status');
  }
  rememberToken(stack, 'CancelUpdateStack', input);
  cancelRest(engine, stack, operation.jobs ?? []);
  operation.token = input.ClientRequestToken ?? operation.token;
  go(engine, stack, () => beginUpdateRollback(engine, stack, operation, 'User Initiated'));
}

export interface ContinueUpdateRollbackInput extends StackTokenInput {
  ResourcesToSkip?: string[];
}

export function continueUpdateRollback(engine: Engine, input: ContinueUpdateRollbackInput): void {
  const stack = existingStack(engine, input.StackName);
  if (wasTaken(stack, 'ContinueUpdateRollback', input)) return;
  if (stack.status !== 'UPDATE_ROLLBACK_FAILED') {
    throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not continue rolling back.`);
  }
  const skipped = input.ResourcesToSkip ?? [];
  const wrong = skipped.filter((logicalId) => stack.resources[logicalId]?.status !== 'UPDATE_FAILED');
  if (wrong.length > 0) {
    throw invalid(`ResourcesToSkip: the following resources are not in UPDATE_FAILED state: [${wrong.join(', ')}]`);
  }
  rememberToken(stack, 'ContinueUpdateRollback', input);
  const operation = resumed(engine, stack, input);
  operation.spared = skipped;
  go(engine, stack, () => beginUpdateRollback(engine, stack, operation, 'User Initiated'));
}

export interface RollbackStackInput extends StackTokenInput {
  RetainExceptOnCreate?: boolean;
}

/** A stack that never was stable has nothing to go back to: it is deleted. */
export function rollbackStack(engine: Engine, input: RollbackStackInput): { StackId: string } {
  const stack = existingStack(engine, input.StackName);
  if (wasTaken(stack, 'RollbackStack', input)) return { StackId: stack.id };
  if (stack.status !== 'CREATE_FAILED' && stack.status !== 'UPDATE_FAILED') {
    throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
  }
  rememberToken(stack, 'RollbackStack', input);
  if (!stack.wasStable) startDeletion(engine, stack, input);
  else {
    const operation = resumed(engine, stack, input);
    operation.retainExceptOnCreate = input.RetainExceptOnCreate ?? false;
    go(engine, stack, () => beginUpdateRollback(engine, stack, operation, 'User Initiated'));
  }
  return { StackId: stack.id };
}

function resumed(engine: Engine, stack: Stack, input: StackTokenInput): Operation {
  const { suspended } = stack;
  stack.suspended = undefined;
  return newOperation(engine, {
    token: input.ClientRequestToken,
    before: suspended?.before,
    garbage: suspended?.garbage ?? [],
  });
}

export interface UpdateTerminationProtectionInput {
  StackName: string;
  EnableTerminationProtection?: boolean;
}

export function updateTerminationProtection(
  engine: Engine,
  input: UpdateTerminationProtectionInput,
): { StackId: string } {
  const stack = existingStack(engine, input.StackName);
  if (input.EnableTerminationProtection === undefined) throw invalid('EnableTerminationProtection must be given.');
  stack.terminationProtection = input.EnableTerminationProtection;
  engine.world.changed('cloudformation');
  return { StackId: stack.id };
}
