/** Change sets: made a little after they are asked for, shown, executed once, and void as soon as the stack has changed. */
import type { Engine } from './engine.ts';
import { alreadyExists, changeSetNotFound, changeSetStatusForbids, constraint, invalid } from './errors.ts';
import { planUpdate } from './plan.ts';
import { setStackStatus } from './record.ts';
import { type BlueprintInput, blueprintOf, checkStackName, rememberToken, wasTaken } from './request.ts';
import { newStack, refuseUnlessUpdatable, startCreation, startUpdating } from './stack-operations.ts';
import { type ChangeSet, findStack, type OnFailure, type Stack } from './state.ts';

export interface CreateChangeSetInput extends BlueprintInput {
  StackName: string;
  ChangeSetName: string;
  ChangeSetType?: 'CREATE' | 'UPDATE' | 'IMPORT';
  Description?: string;
  OnStackFailure?: OnFailure;
  ImportExistingResources?: boolean;
  RoleARN?: string;
  NotificationARNs?: string[];
  ClientToken?: string;
}

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

const timerKey = (id: string) => `cloudformation:${id}`;

export function createChangeSet(engine: Engine, input: CreateChangeSetInput): { Id: string; StackId: string } {
  const name = input.ChangeSetName ?? '';
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
    throw constraint(name, 'changeSetName', 'Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*');
  }
  const type = input.ChangeSetType ?? 'UPDATE';
  if (type === 'IMPORT') throw invalid('The local cloud does not implement change sets of type IMPORT.');
  const known = findStack(engine.state, input.StackName ?? '');
  const twin = known && changeSetsOf(engine, known).find((changeSet) => changeSet.name === name);
  if (twin) {
    if (input.ClientToken !== undefined && twin.token === input.ClientToken)
      return { Id: twin.id, StackId: twin.stackId };
    throw alreadyExists(`ChangeSet ${name} already exists for stack ${input.StackName}`);
  }
  const stack = type === 'CREATE' ? stackInReview(engine, input) : stackToUpdate(known, input);
  const changeSet = newChangeSet(engine, stack, type, input);
  engine.state.changeSets[changeSet.id] = changeSet;
  engine.world.changed('cloudformation');
  scheduleMaking(engine, changeSet);
  return { Id: changeSet.id, StackId: stack.id };
}

function stackInReview(engine: Engine, input: CreateChangeSetInput): Stack {
  const name = checkStackName(input.StackName);
  const existing = findStack(engine.state, name);
  if (existing && existing.status !== 'REVIEW_IN_PROGRESS') {
    throw invalid(
      `Stack [${name}] already exists and cannot be created again with the changeSet [${input.ChangeSetName}].`,
    );
  }
  const blueprint = blueprintOf(engine, input, undefined);
  const stack = existing ?? newStack(engine, name, blueprint, {});
  engine.prepared(stack, blueprint);
  if (existing) return existing;
  stack.blueprint = { templateBody: '', parameters: {}, tags: blueprint.tags };
  engine.state.stacks[stack.id] = stack;
  setStackStatus(engine, stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
  return stack;
}

function stackToUpdate(known: Stack | undefined, input: CreateChangeSetInput): Stack {
  if (!known || known.status === 'DELETE_COMPLETE') throw invalid(`Stack [${input.StackName}] does not exist`);
  refuseUnlessUpdatable(known);
  return known;
}

function newChangeSet(engine: Engine, stack: Stack, type: 'CREATE' | 'UPDATE', input: CreateChangeSetInput): ChangeSet {
  const { region, account } = engine.place;
  const previous = type === 'UPDATE' ? stack.blueprint : undefined;
  return {
    id: `arn:aws:cloudformation:${region}:${account}:changeSet/${input.ChangeSetName}/${engine.world.uuid()}`,
    name: input.ChangeSetName,
    stackId: stack.id,
    type,
    description: input.Description,
    createdAt: engine.world.now(),
    status: 'CREATE_PENDING',
    statusReason: undefined,
    execution: 'UNAVAILABLE',
    blueprint: blueprintOf(engine, input, previous),
    capabilities: input.Capabilities ?? [],
    onStackFailure: input.OnStackFailure,
    importsExisting: input.ImportExistingResources ?? false,
    token: input.ClientToken,
    changes: [],
  };
}

export function scheduleMaking(engine: Engine, changeSet: ChangeSet): void {
  const at = engine.world.now() + engine.timing.phaseMs;
  engine.world.schedule(timerKey(changeSet.id), at, () => make(engine, changeSet.id));
}

function make(engine: Engine, id: string): void {
  const changeSet = engine.state.changeSets[id];
  const stack = changeSet && engine.state.stacks[changeSet.stackId];
  if (!changeSet || !stack) return;
  engine.world.changed('cloudformation');
  if (changeSet.status === 'CREATE_PENDING') {
    changeSet.status = 'CREATE_IN_PROGRESS';
    scheduleMaking(engine, changeSet);
    return;
  }
  try {
    const plan = planUpdate(engine, stack, changeSet.blueprint, changeSet.importsExisting);
    changeSet.changes = plan.changes;
    if (plan.changes.length === 0 && !plan.outputsChange) throw invalid(NO_CHANGES);
    changeSet.status = 'CREATE_COMPLETE';
    // Another operation may have begun meanwhile.
    const isFree = changeSet.type === 'CREATE' ? stack.status === 'REVIEW_IN_PROGRESS' : stack.operation === undefined;
    changeSet.execution = isFree ? 'AVAILABLE' : 'OBSOLETE';
  } catch (error) {
    changeSet.status = 'FAILED';
    changeSet.statusReason = (error as Error).message;
  }
}

export interface ChangeSetNameInput {
  ChangeSetName: string;
  StackName?: string;
}

export interface ExecuteChangeSetInput extends ChangeSetNameInput {
  ClientRequestToken?: string;
  DisableRollback?: boolean;
  RetainExceptOnCreate?: boolean;
}

export function executeChangeSet(engine: Engine, input: ExecuteChangeSetInput): void {
  const changeSet = existingChangeSet(engine, input);
  const stack = engine.state.stacks[changeSet.stackId];
  if (!stack) throw changeSetNotFound(input.ChangeSetName);
  if (wasTaken(stack, 'ExecuteChangeSet', input)) return;
  if (changeSet.status !== 'CREATE_COMPLETE' || changeSet.execution !== 'AVAILABLE') {
    const status = changeSet.status === 'CREATE_COMPLETE' ? changeSet.execution : changeSet.status;
    throw changeSetStatusForbids(`ChangeSet [${changeSet.id}] cannot be executed in its current status of [${status}]`);
  }
  if (changeSet.type === 'UPDATE') refuseUnlessUpdatable(stack);
  rememberToken(stack, 'ExecuteChangeSet', input);
  changeSet.execution = 'EXECUTE_IN_PROGRESS';
  stack.changeSetId = changeSet.id;
  for (const other of changeSetsOf(engine, stack)) if (other.id !== changeSet.id) dropChangeSet(engine, other);
  if (changeSet.type === 'UPDATE') {
    startUpdating(engine, stack, changeSet.blueprint, optionsOf(changeSet, input));
    return;
  }
  stack.blueprint = changeSet.blueprint;
  stack.capabilities = changeSet.capabilities;
  stack.onFailure = changeSet.onStackFailure ?? (input.DisableRollback ? 'DO_NOTHING' : 'ROLLBACK');
  startCreation(engine, stack, engine.prepared(stack, stack.blueprint).imports, optionsOf(changeSet, input));
}

function optionsOf(changeSet: ChangeSet, input: ExecuteChangeSetInput) {
  return {
    ...(input.ClientRequestToken === undefined ? {} : { ClientRequestToken: input.ClientRequestToken }),
    DisableRollback: input.DisableRollback ?? changeSet.onStackFailure === 'DO_NOTHING',
    RetainExceptOnCreate: input.RetainExceptOnCreate ?? false,
    importsExisting: changeSet.importsExisting,
    Capabilities: changeSet.capabilities,
    changeSetId: changeSet.id,
  };
}

/** Deleting one that is not there is no error. */
export function deleteChangeSet(engine: Engine, input: ChangeSetNameInput): void {
  const changeSet = findChangeSet(engine, input);
  if (!changeSet) return;
  if (changeSet.execution === 'EXECUTE_IN_PROGRESS') {
    throw changeSetStatusForbids(
      `ChangeSet [${changeSet.id}] cannot be deleted in its current status of [EXECUTE_IN_PROGRESS]`,
    );
  }
  dropChangeSet(engine, changeSet);
}

function dropChangeSet(engine: Engine, changeSet: ChangeSet): void {
  delete engine.state.changeSets[changeSet.id];
  engine.world.cancel(timerKey(changeSet.id));
  engine.world.changed('cloudformation');
}

export const changeSetsOf = (engine: Engine, stack: Stack): ChangeSet[] =>
  Object.values(engine.state.changeSets).filter((changeSet) => changeSet.stackId === stack.id);

function findChangeSet(engine: Engine, input: ChangeSetNameInput): ChangeSet | undefined {
  const byId = engine.state.changeSets[input.ChangeSetName ?? ''];
  if (byId) return byId;
  const stack = findStack(engine.state, input.StackName ?? '');
  return stack && changeSetsOf(engine, stack).find((changeSet) => changeSet.name === input.ChangeSetName);
}

export function existingChangeSet(engine: Engine, input: ChangeSetNameInput): ChangeSet {
  const found = findChangeSet(engine, input);
  if (found) return found;
  if (input.StackName && !findStack(engine.state, input.StackName))
    throw invalid(`Stack [${input.StackName}] does not exist`);
  throw changeSetNotFound(input.ChangeSetName ?? '');
}
