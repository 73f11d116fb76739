/** The two moves of a stack's operation: into a phase, and to rest. */
import type { Engine } from './engine.ts';
import { setStackStatus } from './record.ts';
import type { Operation, PhaseName, Stack, StackStatus } from './state.ts';

/** The caller sees to it that the stack is looked at again (see tick.ts). */
export function enterPhase(
  engine: Engine,
  stack: Stack,
  operation: Operation,
  phase: PhaseName,
  status: StackStatus,
  reason?: string,
): void {
  operation.phase = phase;
  operation.beginsAt = engine.world.now() + engine.timing.phaseMs;
  operation.jobs = undefined;
  stack.operation = operation;
  setStackStatus(engine, stack, status, reason);
}

/** @param suspended what a later operation may have to take up again */
export function rest(engine: Engine, stack: Stack, status: StackStatus, reason?: string, suspended?: Operation): void {
  setStackStatus(engine, stack, status, reason);
  const changeSet = stack.operation?.changeSetId ? engine.state.changeSets[stack.operation.changeSetId] : undefined;
  if (changeSet) changeSet.execution = SUCCESS.has(status) ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
  stack.operation = undefined;
  if (suspended) stack.suspended = suspended;
}

const SUCCESS = new Set<StackStatus>(['CREATE_COMPLETE', 'UPDATE_COMPLETE']);

export function newOperation(engine: Engine, overrides: Partial<Operation>): Operation {
  return {
    phase: 'create',
    startedAt: engine.world.now(),
    beginsAt: engine.world.now(),
    jobs: undefined,
    token: undefined,
    rollbackDisabled: false,
    retainExceptOnCreate: false,
    importsExisting: false,
    before: undefined,
    garbage: [],
    spared: [],
    changeSetId: undefined,
    ...overrides,
  };
}
