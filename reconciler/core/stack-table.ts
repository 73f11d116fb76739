/** What each CloudFormation stack status means for bbf. A status that is not listed is unknown and is never acted on. */

export type StackClass =
  /** Deployed and updatable. */
  | 'stable'
  /** Deployed and updatable, but the last update was rolled back. */
  | 'rolled-back'
  /** An operation runs; nothing may be started. */
  | 'busy'
  /** Never became, or no longer is, a deployed stack: only deleting helps. */
  | 'dead'
  /** A deletion that did not end: try it again. */
  | 'undeleted'
  /** Nothing that this version does helps; a person must look. */
  | 'stuck'
  | 'gone'
  | 'unknown';

/** The 23 statuses of the CloudFormation API reference, `Stack.StackStatus`. */
export const STACK_CLASSES: Record<string, StackClass> = {
  CREATE_IN_PROGRESS: 'busy',
  CREATE_FAILED: 'dead',
  CREATE_COMPLETE: 'stable',
  ROLLBACK_IN_PROGRESS: 'busy',
  ROLLBACK_FAILED: 'dead',
  ROLLBACK_COMPLETE: 'dead',
  DELETE_IN_PROGRESS: 'busy',
  DELETE_FAILED: 'undeleted',
  DELETE_COMPLETE: 'gone',
  UPDATE_IN_PROGRESS: 'busy',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'busy',
  UPDATE_COMPLETE: 'stable',
  UPDATE_FAILED: 'stuck',
  UPDATE_ROLLBACK_IN_PROGRESS: 'busy',
  UPDATE_ROLLBACK_FAILED: 'stuck',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'busy',
  UPDATE_ROLLBACK_COMPLETE: 'rolled-back',
  REVIEW_IN_PROGRESS: 'dead',
  IMPORT_IN_PROGRESS: 'busy',
  IMPORT_COMPLETE: 'stable',
  IMPORT_ROLLBACK_IN_PROGRESS: 'busy',
  IMPORT_ROLLBACK_FAILED: 'stuck',
  IMPORT_ROLLBACK_COMPLETE: 'stable',
};

export const stackClass = (status: string): StackClass => STACK_CLASSES[status] ?? 'unknown';
