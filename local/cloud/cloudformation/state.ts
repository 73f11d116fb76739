/** What CloudFormation remembers: plain JSON, so that it survives a restart as it is. Instants are milliseconds since the epoch. */

export type StackStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_FAILED'
  | 'CREATE_COMPLETE'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_FAILED'
  | 'ROLLBACK_COMPLETE'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_FAILED'
  | 'DELETE_COMPLETE'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_FAILED'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'REVIEW_IN_PROGRESS'
  | 'IMPORT_IN_PROGRESS'
  | 'IMPORT_COMPLETE'
  | 'IMPORT_ROLLBACK_IN_PROGRESS'
  | 'IMPORT_ROLLBACK_FAILED'
  | 'IMPORT_ROLLBACK_COMPLETE';

export type ResourceStatus =
  | `${'CREATE' | 'UPDATE' | 'DELETE'}_${'IN_PROGRESS' | 'FAILED' | 'COMPLETE'}`
  | 'DELETE_SKIPPED';

export type Properties = Record<string, unknown>;

/** One piece of the outside world, as it was last made. */
export interface Physical {
  type: string;
  physicalId: string;
  attributes: Record<string, unknown>;
  /** Every intrinsic resolved. */
  properties: Properties;
  metadata: unknown;
  deletionPolicy: string;
  updateReplacePolicy: string;
  dependsOn: string[];
  /** The stack's tags when it was last made or changed. */
  tags: Record<string, string>;
}

export interface Resource {
  logicalId: string;
  type: string;
  status: ResourceStatus;
  statusReason: string | undefined;
  updatedAt: number;
  /** Absent until creation returned, and after deletion. */
  physical: Physical | undefined;
}

export interface Output {
  key: string;
  value: string;
  description: string | undefined;
  exportName: string | undefined;
}

/** What a caller asked a stack to be. */
export interface Blueprint {
  templateBody: string;
  /** Values as given or defaulted, unresolved and unmasked. */
  parameters: Record<string, string>;
  tags: Record<string, string>;
}

export interface StackEvent {
  id: string;
  at: number;
  logicalId: string;
  physicalId: string;
  resourceType: string;
  status: string;
  reason: string | undefined;
  token: string | undefined;
  properties: Properties | undefined;
}

/** `restore` brings a resource back to what it was before a failed update. */
export type JobAction = 'create' | 'update' | 'delete' | 'restore';

/** One resource's share of a phase. */
export interface Job {
  id: string;
  logicalId: string;
  action: JobAction;
  state: 'waiting' | 'running' | 'refused' | 'done' | 'failed' | 'skipped';
  /** Ids of jobs of the same phase that must be done first. */
  after: string[];
  /** When it last took a step with the provider. */
  startedAt: number;
  /** What `delete` removes and `restore` brings back; other actions find theirs under the stack's resources. */
  target: Physical | undefined;
  /** How often `delete` was refused by the provider. */
  refusals: number;
  /** A delete that the resource's policy turns into letting go. */
  retained: boolean;
}

export type PhaseName =
  | 'create'
  | 'update'
  | 'cleanup'
  | 'rollback-create'
  | 'rollback-update'
  | 'rollback-cleanup'
  | 'delete';

export interface Snapshot {
  blueprint: Blueprint;
  resources: Record<string, Resource>;
  outputs: Output[];
  imports: string[];
}

export interface Operation {
  phase: PhaseName;
  startedAt: number;
  /** The phase's jobs are not made before this instant, so that every status can be observed. */
  beginsAt: number;
  /** Undefined until the phase has begun. */
  jobs: Job[] | undefined;
  token: string | undefined;
  /** A failure leaves everything as it is. */
  rollbackDisabled: boolean;
  /** A roll-back deletes what was newly made even where its DeletionPolicy says Retain. */
  retainExceptOnCreate: boolean;
  /** What already exists under a name of the template becomes the stack's own. */
  importsExisting: boolean;
  /** What the stack was before an update, to go back to. */
  before: Snapshot | undefined;
  /** Physical resources that clean-up deletes, with their logical ids. */
  garbage: { logicalId: string; physical: Physical }[];
  /** Resources that DeleteStack was told to retain, or ContinueUpdateRollback to skip. */
  spared: string[];
  changeSetId: string | undefined;
}

export interface ChangeSet {
  id: string;
  name: string;
  stackId: string;
  type: 'CREATE' | 'UPDATE';
  description: string | undefined;
  createdAt: number;
  status: 'CREATE_PENDING' | 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE' | 'FAILED';
  statusReason: string | undefined;
  execution: 'UNAVAILABLE' | 'AVAILABLE' | 'EXECUTE_IN_PROGRESS' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED' | 'OBSOLETE';
  blueprint: Blueprint;
  capabilities: string[];
  onStackFailure: OnFailure | undefined;
  importsExisting: boolean;
  token: string | undefined;
  changes: ResourceChange[];
}

export type OnFailure = 'DO_NOTHING' | 'ROLLBACK' | 'DELETE';
export type Replacement = 'True' | 'False' | 'Conditional';

export interface ResourceChange {
  action: 'Add' | 'Modify' | 'Remove' | 'Import';
  logicalId: string;
  physicalId: string | undefined;
  type: string;
  replacement: Replacement | undefined;
  scope: string[];
  /** Names of changed top-level properties; `dynamic` when the new value is known only once another resource has changed. */
  properties: { name: string; dynamic: boolean; requiresRecreation: 'Never' | 'Conditionally' | 'Always' }[];
}

export interface Stack {
  id: string;
  name: string;
  createdAt: number;
  updatedAt: number | undefined;
  deletedAt: number | undefined;
  status: StackStatus;
  statusReason: string | undefined;
  blueprint: Blueprint;
  capabilities: string[];
  roleArn: string | undefined;
  notificationArns: string[];
  timeoutMinutes: number | undefined;
  onFailure: OnFailure;
  terminationProtection: boolean;
  /** False until the first time the stack reached a *_COMPLETE status that can be updated. */
  wasStable: boolean;
  resources: Record<string, Resource>;
  outputs: Output[];
  /** Names of the exports that the deployed template imports. */
  imports: string[];
  events: StackEvent[];
  operation: Operation | undefined;
  /** An operation that failed where RollbackStack or ContinueUpdateRollback may go on. */
  suspended: Operation | undefined;
  /** Client request token → fingerprint of the request that brought it. */
  tokens: Record<string, string>;
  changeSetId: string | undefined;
}

export interface CloudFormationState {
  /** By id, the deleted ones too. */
  stacks: Record<string, Stack>;
  changeSets: Record<string, ChangeSet>;
}

export const emptyState = (): CloudFormationState => ({ stacks: {}, changeSets: {} });

/** The one living stack of that name, or any stack of that id. */
export function findStack(state: CloudFormationState, nameOrId: string): Stack | undefined {
  const byId = Object.hasOwn(state.stacks, nameOrId) ? state.stacks[nameOrId] : undefined;
  if (byId) return byId;
  return Object.values(state.stacks).find((stack) => stack.name === nameOrId && stack.status !== 'DELETE_COMPLETE');
}

export const livingStacks = (state: CloudFormationState): Stack[] =>
  Object.values(state.stacks).filter((stack) => stack.status !== 'DELETE_COMPLETE');
