/** What follows when a phase has nothing left to do: the next phase, or the status that the stack rests in. */
import type { Engine } from './engine.ts';
import { checkExports } from './exports.ts';
import { asGarbage, keepsWhenNew } from './jobs.ts';
import { liveOutputs } from './live-scope.ts';
import { enterPhase, rest } from './phases.ts';
import type { Operation, Stack, StackStatus } from './state.ts';

/** @param obstacle a reason other than a failed resource */
export function finishPhase(engine: Engine, stack: Stack, operation: Operation, obstacle: string | undefined): void {
  switch (operation.phase) {
    case 'create':
      finishCreate(engine, stack, operation, obstacle ?? failure(operation, 'create') ?? settle(engine, stack));
      break;
    case 'update':
      finishUpdate(engine, stack, operation, obstacle ?? failure(operation, 'update') ?? settle(engine, stack));
      break;
    case 'cleanup':
      finishCleanup(engine, stack, operation, 'UPDATE_COMPLETE');
      break;
    case 'rollback-create':
      finishRollbackCreate(engine, stack, operation);
      break;
    case 'rollback-update':
      finishRollbackUpdate(engine, stack, operation);
      break;
    case 'rollback-cleanup':
      finishCleanup(engine, stack, operation, 'UPDATE_ROLLBACK_COMPLETE');
      break;
    case 'delete':
      finishDelete(engine, stack, operation);
      break;
  }
}

/** Gives the stack its new outputs; a reason when they must not be. */
function settle(engine: Engine, stack: Stack): string | undefined {
  try {
    const outputs = liveOutputs(engine, stack, engine.prepared(stack, stack.blueprint));
    checkExports(engine.state, stack, outputs);
    stack.outputs = outputs;
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function failure(operation: Operation, verb: string): string | undefined {
  const failed = operation.jobs?.filter((job) => job.state === 'failed').map((job) => job.logicalId) ?? [];
  return failed.length > 0 ? `The following resource(s) failed to ${verb}: [${failed.join(', ')}]. ` : undefined;
}

function finishCreate(engine: Engine, stack: Stack, operation: Operation, why: string | undefined): void {
  if (why === undefined) {
    stack.wasStable = true;
    rest(engine, stack, 'CREATE_COMPLETE');
    return;
  }
  if (operation.rollbackDisabled) {
    rest(engine, stack, 'CREATE_FAILED', why, operation);
    return;
  }
  const reason = `${why.trimEnd().replace(/\.?$/, '.')} ${stack.onFailure === 'DELETE' ? 'Delete' : 'Rollback'} requested by user.`;
  if (stack.onFailure === 'DELETE') enterPhase(engine, stack, operation, 'delete', 'DELETE_IN_PROGRESS', reason);
  else enterPhase(engine, stack, operation, 'rollback-create', 'ROLLBACK_IN_PROGRESS', reason);
}

function finishUpdate(engine: Engine, stack: Stack, operation: Operation, why: string | undefined): void {
  if (why !== undefined) {
    if (operation.rollbackDisabled) {
      rest(engine, stack, 'UPDATE_FAILED', why, operation);
      return;
    }
    beginUpdateRollback(engine, stack, operation, why);
    return;
  }
  const prepared = engine.prepared(stack, stack.blueprint);
  for (const { logicalId, physical } of Object.values(stack.resources)) {
    if (Object.hasOwn(prepared.resources, logicalId)) continue;
    const retained = physical?.deletionPolicy === 'Retain' || physical?.deletionPolicy === 'RetainExceptOnCreate';
    if (physical) operation.garbage.push(asGarbage(logicalId, physical, retained));
    delete stack.resources[logicalId];
  }
  enterPhase(engine, stack, operation, 'cleanup', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
}

export function beginUpdateRollback(engine: Engine, stack: Stack, operation: Operation, reason: string): void {
  if (operation.before) stack.blueprint = operation.before.blueprint;
  enterPhase(engine, stack, operation, 'rollback-update', 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
}

function finishRollbackUpdate(engine: Engine, stack: Stack, operation: Operation): void {
  const why = failure(operation, 'update');
  if (why !== undefined) {
    rest(engine, stack, 'UPDATE_ROLLBACK_FAILED', why, operation);
    return;
  }
  const { before } = operation;
  if (before) {
    stack.outputs = before.outputs;
    stack.imports = before.imports;
    dropNew(stack, operation, new Set(Object.keys(before.resources)));
  }
  enterPhase(engine, stack, operation, 'rollback-cleanup', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
}

function dropNew(stack: Stack, operation: Operation, old: ReadonlySet<string>): void {
  for (const { logicalId, physical } of Object.values(stack.resources)) {
    if (old.has(logicalId)) continue;
    const retained = physical !== undefined && keepsWhenNew(physical.deletionPolicy, operation);
    if (physical) operation.garbage.push(asGarbage(logicalId, physical, retained));
    delete stack.resources[logicalId];
  }
}

function finishCleanup(engine: Engine, stack: Stack, operation: Operation, status: StackStatus): void {
  stack.wasStable = true;
  stack.suspended = undefined;
  const what = status === 'UPDATE_COMPLETE' ? 'Update' : 'Update rollback';
  const isLeft = operation.jobs?.some((job) => job.state === 'failed' || job.state === 'skipped');
  rest(engine, stack, status, isLeft ? `${what} successful. One or more resources could not be deleted.` : undefined);
}

function finishRollbackCreate(engine: Engine, stack: Stack, operation: Operation): void {
  const why = failure(operation, 'delete');
  if (why !== undefined) {
    rest(engine, stack, 'ROLLBACK_FAILED', why);
    return;
  }
  stack.outputs = [];
  stack.imports = [];
  rest(engine, stack, 'ROLLBACK_COMPLETE');
}

function finishDelete(engine: Engine, stack: Stack, operation: Operation): void {
  const why = failure(operation, 'delete');
  if (why !== undefined) {
    rest(engine, stack, 'DELETE_FAILED', why, operation);
    return;
  }
  stack.deletedAt = engine.world.now();
  stack.suspended = undefined;
  for (const change of Object.values(engine.state.changeSets)) {
    if (change.stackId === stack.id) delete engine.state.changeSets[change.id];
  }
  rest(engine, stack, 'DELETE_COMPLETE');
}
