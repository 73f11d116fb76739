/** What each CloudFormation stack status means for bbf. A status that is not listed is unknown and is never acted on. */

export type StackClass =
  /** Deployed and updatable. */
  | 'stable'
  | 'creating'
  /** Rolls out; the only state that an update can be called off in. */
  | 'updating'
  /** The new configuration is live, but nothing new may be started. */
  | 'cleaning'
  | 'rolling-back'
  | 'deleting'
  /** Somebody else's operation: bbf imports nothing. */
  | 'importing'
  /** Never became a deployed stack: only deleting helps. */
  | 'failed-creation'
  /** A deletion that did not end. */
  | 'undeleted'
  /** Stopped half-way in an update, because it was told not to roll back. */
  | 'half-updated'
  /** A rollback that did not end. */
  | 'half-rolled-back'
  /** Nothing that bbf may do helps; a person must look. */
  | 'stuck'
  | 'gone'
  | 'unknown';

/** The 23 statuses of the CloudFormation API reference, `Stack.StackStatus`. */
export const STACK_CLASSES: Record<string, StackClass> = {
  CREATE_IN_PROGRESS: 'creating',
  CREATE_FAILED: 'failed-creation',
  CREATE_COMPLETE: 'stable',
  ROLLBACK_IN_PROGRESS: 'rolling-back',
  ROLLBACK_FAILED: 'failed-creation',
  ROLLBACK_COMPLETE: 'failed-creation',
  DELETE_IN_PROGRESS: 'deleting',
  DELETE_FAILED: 'undeleted',
  DELETE_COMPLETE: 'gone',
  UPDATE_IN_PROGRESS: 'updating',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'cleaning',
  UPDATE_COMPLETE: 'stable',
  UPDATE_FAILED: 'half-updated',
  UPDATE_ROLLBACK_IN_PROGRESS: 'rolling-back',
  UPDATE_ROLLBACK_FAILED: 'half-rolled-back',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'rolling-back',
  UPDATE_ROLLBACK_COMPLETE: 'stable',
  // A change set that nobody executed: there is nothing in the stack yet.
  REVIEW_IN_PROGRESS: 'failed-creation',
  IMPORT_IN_PROGRESS: 'importing',
  IMPORT_COMPLETE: 'stable',
  IMPORT_ROLLBACK_IN_PROGRESS: 'importing',
  IMPORT_ROLLBACK_FAILED: 'stuck',
  IMPORT_ROLLBACK_COMPLETE: 'stable',
};

export const stackClass = (status: string): StackClass => STACK_CLASSES[status] ?? 'unknown';

/** Its configuration is the outcome of an operation that is over. */
export const rests = (status: string): boolean => ['stable', 'cleaning'].includes(stackClass(status));

/** States in which a count may be raised: in the others CloudFormation would wait for the tasks, or is about to remove them. */
const SCALABLE: ReadonlySet<StackClass> = new Set(['stable', 'updating', 'cleaning', 'half-updated']);

export const scalable = (status: string): boolean =>
  SCALABLE.has(stackClass(status)) || status.startsWith('UPDATE_ROLLBACK');
