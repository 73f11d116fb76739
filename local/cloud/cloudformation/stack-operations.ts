/** CreateStack, UpdateStack and DeleteStack, with the members named as in AWS's API. */
import type { Engine } from './engine.ts';
import { alreadyExists, constraint, invalid } from './errors.ts';
import { exportInUse } from './exports.ts';
import { enterPhase, newOperation } from './phases.ts';
import { planUpdate } from './plan.ts';
import { forgetOldStacks, setStackStatus } from './record.ts';
import { type BlueprintInput, blueprintOf, checkStackName, rememberToken, wasTaken } from './request.ts';
import { type Blueprint, findStack, type OnFailure, type Operation, type Snapshot, type Stack } from './state.ts';
import { cancelRest, scheduleTick } from './tick.ts';

export interface CreateStackInput extends BlueprintInput {
  StackName: string;
  OnFailure?: OnFailure;
  DisableRollback?: boolean;
  RetainExceptOnCreate?: boolean;
  EnableTerminationProtection?: boolean;
  TimeoutInMinutes?: number;
  RoleARN?: string;
  NotificationARNs?: string[];
  ClientRequestToken?: string;
}

export function createStack(engine: Engine, input: CreateStackInput): { StackId: string } {
  const name = checkStackName(input.StackName);
  const existing = findStack(engine.state, name);
  if (existing) {
    if (wasTaken(existing, 'CreateStack', input)) return { StackId: existing.id };
    throw alreadyExists(`Stack [${name}] already exists`);
  }
  if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
    throw invalid('Only one of OnFailure and DisableRollback may be specified.');
  }
  const stack = newStack(engine, name, blueprintOf(engine, input, undefined), input);
  const { imports } = engine.prepared(stack, stack.blueprint);
  forgetOldStacks(engine);
  engine.state.stacks[stack.id] = stack;
  rememberToken(stack, 'CreateStack', input);
  startCreation(engine, stack, imports, input);
  return { StackId: stack.id };
}

type CreationOptions = {
  ClientRequestToken?: string;
  RetainExceptOnCreate?: boolean;
  importsExisting?: boolean;
  changeSetId?: string;
};

export function startCreation(engine: Engine, stack: Stack, imports: string[], options: CreationOptions): void {
  stack.imports = imports;
  const operation = newOperation(engine, {
    token: options.ClientRequestToken,
    rollbackDisabled: stack.onFailure === 'DO_NOTHING',
    retainExceptOnCreate: options.RetainExceptOnCreate ?? false,
    importsExisting: options.importsExisting ?? false,
    changeSetId: options.changeSetId,
  });
  go(engine, stack, () => enterPhase(engine, stack, operation, 'create', 'CREATE_IN_PROGRESS', 'User Initiated'));
}

export function newStack(
  engine: Engine,
  name: string,
  blueprint: Blueprint,
  input: Omit<CreateStackInput, 'StackName'>,
): Stack {
  const { region, account } = engine.place;
  return {
    id: `arn:aws:cloudformation:${region}:${account}:stack/${name}/${engine.world.uuid()}`,
    name,
    createdAt: engine.world.now(),
    updatedAt: undefined,
    deletedAt: undefined,
    status: 'CREATE_IN_PROGRESS',
    statusReason: undefined,
    blueprint,
    capabilities: input.Capabilities ?? [],
    roleArn: input.RoleARN,
    notificationArns: input.NotificationARNs ?? [],
    timeoutMinutes: input.TimeoutInMinutes,
    onFailure: input.OnFailure ?? (input.DisableRollback ? 'DO_NOTHING' : 'ROLLBACK'),
    terminationProtection: input.EnableTerminationProtection ?? false,
    wasStable: false,
    resources: {},
    outputs: [],
    imports: [],
    events: [],
    operation: undefined,
    suspended: undefined,
    tokens: {},
    changeSetId: undefined,
  };
}

export interface UpdateStackInput extends BlueprintInput {
  StackName: string;
  DisableRollback?: boolean;
  RetainExceptOnCreate?: boolean;
  RoleARN?: string;
  NotificationARNs?: string[];
  ClientRequestToken?: string;
}

/** From these a stack can be updated; the two FAILED ones when its last operation was told not to roll back. */
const UPDATABLE = new Set([
  ...['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'],
  ...['CREATE_FAILED', 'UPDATE_FAILED'],
]);

export function updateStack(engine: Engine, input: UpdateStackInput): { StackId: string } {
  const stack = existingStack(engine, input.StackName);
  if (wasTaken(stack, 'UpdateStack', input)) return { StackId: stack.id };
  refuseUnlessUpdatable(stack);
  const blueprint = blueprintOf(engine, input, stack.blueprint);
  const plan = planUpdate(engine, stack, blueprint);
  if (plan.changes.length === 0 && !plan.outputsChange) throw invalid('No updates are to be performed.');
  rememberToken(stack, 'UpdateStack', input);
  startUpdating(engine, stack, blueprint, input);
  return { StackId: stack.id };
}

export function refuseUnlessUpdatable(stack: Stack): void {
  if (UPDATABLE.has(stack.status)) return;
  throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

type UpdateOptions = Pick<
  UpdateStackInput,
  'ClientRequestToken' | 'DisableRollback' | 'RetainExceptOnCreate' | 'Capabilities' | 'RoleARN' | 'NotificationARNs'
> & {
  importsExisting?: boolean | undefined;
  changeSetId?: string;
};

export function startUpdating(engine: Engine, stack: Stack, blueprint: Blueprint, options: UpdateOptions): void {
  // An update on top of a failed one goes back, if it must, to where that one came from.
  const before = stack.suspended?.before ?? snapshotOf(stack);
  const operation = newOperation(engine, {
    token: options.ClientRequestToken,
    rollbackDisabled: options.DisableRollback === true || !stack.wasStable,
    retainExceptOnCreate: options.RetainExceptOnCreate ?? false,
    importsExisting: options.importsExisting ?? false,
    before,
    garbage: stack.suspended?.garbage ?? [],
    changeSetId: options.changeSetId,
  });
  stack.suspended = undefined;
  stack.updatedAt = engine.world.now();
  stack.blueprint = blueprint;
  stack.capabilities = options.Capabilities ?? stack.capabilities;
  stack.roleArn = options.RoleARN ?? stack.roleArn;
  stack.notificationArns = options.NotificationARNs ?? stack.notificationArns;
  stack.imports = engine.prepared(stack, blueprint).imports;
  for (const changeSet of Object.values(engine.state.changeSets)) {
    if (changeSet.stackId === stack.id && changeSet.id !== options.changeSetId) changeSet.execution = 'OBSOLETE';
  }
  go(engine, stack, () => enterPhase(engine, stack, operation, 'update', 'UPDATE_IN_PROGRESS', 'User Initiated'));
}

const snapshotOf = (stack: Stack): Snapshot => ({
  blueprint: stack.blueprint,
  resources: structuredClone(stack.resources),
  outputs: stack.outputs,
  imports: stack.imports,
});

export interface DeleteStackInput {
  StackName: string;
  RetainResources?: string[];
  RoleARN?: string;
  ClientRequestToken?: string;
  DeletionMode?: 'STANDARD' | 'FORCE_DELETE_STACK';
}

/** Deleting what is not there, or what is being deleted, is no error. */
export function deleteStack(engine: Engine, input: DeleteStackInput): void {
  const stack = findStack(engine.state, input.StackName ?? '');
  if (!stack || stack.status === 'DELETE_COMPLETE' || wasTaken(stack, 'DeleteStack', input)) return;
  refuseUnlessDeletable(stack, input);
  if (stack.status === 'DELETE_IN_PROGRESS') return;
  rememberToken(stack, 'DeleteStack', input);
  const inUse = exportInUse(engine.state, stack);
  if (inUse) {
    const reason = `Delete canceled. Cannot delete export ${inUse.name} as it is in use by ${inUse.by}.`;
    setStackStatus(engine, stack, stack.status, reason);
    return;
  }
  cancelRest(engine, stack, stack.operation?.jobs ?? []);
  startDeletion(engine, stack, input);
}

export function startDeletion(engine: Engine, stack: Stack, input: DeleteStackInput): void {
  const forced = input.DeletionMode === 'FORCE_DELETE_STACK' ? failedDeletions(stack) : [];
  const operation: Operation = newOperation(engine, {
    token: input.ClientRequestToken,
    garbage: [...(stack.operation?.garbage ?? []), ...(stack.suspended?.garbage ?? [])],
    spared: [...(input.RetainResources ?? []), ...forced],
  });
  go(engine, stack, () => enterPhase(engine, stack, operation, 'delete', 'DELETE_IN_PROGRESS', 'User Initiated'));
}

const failedDeletions = (stack: Stack) =>
  Object.values(stack.resources)
    .filter(({ status }) => status === 'DELETE_FAILED')
    .map(({ logicalId }) => logicalId);

function refuseUnlessDeletable(stack: Stack, input: DeleteStackInput): void {
  if (stack.terminationProtection) {
    throw invalid(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  const isBusy = stack.status.endsWith('_IN_PROGRESS') && stack.operation !== undefined;
  if (isBusy && !['CREATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'].includes(stack.status)) {
    throw invalid(`Stack [${stack.name}] cannot be deleted while in status ${stack.status}`);
  }
  if (input.DeletionMode !== undefined && !['STANDARD', 'FORCE_DELETE_STACK'].includes(input.DeletionMode)) {
    throw constraint(
      input.DeletionMode,
      'deletionMode',
      'Member must satisfy enum value set: [STANDARD, FORCE_DELETE_STACK]',
    );
  }
  const wantsExceptions = (input.RetainResources?.length ?? 0) > 0 || input.DeletionMode === 'FORCE_DELETE_STACK';
  if (!wantsExceptions) return;
  if (stack.status !== 'DELETE_FAILED') {
    throw invalid(
      'Invalid operation on stack: RetainResources and FORCE_DELETE_STACK need a stack in DELETE_FAILED state',
    );
  }
  const unknown = (input.RetainResources ?? []).filter((logicalId) => !stack.resources[logicalId]);
  if (unknown.length > 0)
    throw invalid(`The specified resources to retain do not exist in the stack: [${unknown.join(', ')}]`);
}

/** Lets the stack enter a phase, and has it looked at when the phase begins. */
export function go(engine: Engine, stack: Stack, enter: () => void): void {
  enter();
  scheduleTick(engine, stack, stack.operation?.beginsAt ?? engine.world.now());
}

export function existingStack(engine: Engine, nameOrId: string | undefined): Stack {
  const stack = findStack(engine.state, nameOrId ?? '');
  if (!stack || stack.status === 'DELETE_COMPLETE') throw invalid(`Stack [${nameOrId ?? ''}] does not exist`);
  return stack;
}
