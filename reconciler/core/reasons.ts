/** Every reason code that a pass gives. What each means is told by docs/reasons.md. A status that was read may carry others, of another bbf. */

/** Conditions that say that all is as it should be. */
export type SettledReason =
  | 'Converged'
  | 'Settled'
  | 'Progressing'
  | 'Valid'
  | 'Serving'
  | 'AllRegistered'
  | 'NoneWanted'
  | 'Reported'
  | 'WithinBudget'
  | 'Asleep'
  | 'Idle'
  | 'Awake'
  | 'Busy'
  | 'NotWanted'
  | 'NoServer'
  | 'Deleted';

/** Why an action is taken; while it takes effect, the condition Reconciling says so too. */
export type ActionReason =
  | 'StackAbsent'
  | 'StackVanished'
  | 'CountReleased'
  | 'ShapeChanged'
  | 'ChangedByHand'
  | 'StackUnwanted'
  | 'StackFailed'
  | 'StackUnderReview'
  | 'StackHalfWay'
  | 'RollbackFailed'
  | 'ServiceMissing'
  | 'CreationSuperseded'
  | 'UpdateSuperseded'
  | 'ServerWanted'
  | 'ServerUnwanted'
  | 'WorkersWanted'
  | 'WorkersDrained'
  | 'ClusterAwake';

/** What something waits for. */
export type WaitReason =
  | 'Starting'
  | 'NotReported'
  | 'InventoryUnreadable'
  | 'ServerStarting'
  | 'ReportRemoved'
  | 'Draining'
  | 'GoingToSleep'
  | 'OneAtATime'
  | 'StackBusy'
  | 'StackBackoff'
  | 'StackNotRead'
  | 'StackUnreadable'
  | 'RollingBack'
  | 'ForeignOperation'
  | 'UpdateWaits'
  | 'DrainsFirst'
  | 'LeaseHolds'
  | 'ServiceDraining'
  | 'ServiceLeftOver'
  | 'Retrying';

/** What asks for a person. */
export type TroubleReason =
  | 'TaskTrouble'
  | 'RolloutFailed'
  | 'ProgressDeadlineExceeded'
  | 'StackStuck'
  | 'RepairFailed'
  | 'DeleteFailed'
  | 'UnknownStackStatus'
  | 'UnknownServiceStatus'
  | 'ForeignStack'
  | 'ActionFailed'
  | 'ServicesUnreadable'
  | 'LeasesUnreadable'
  | 'BudgetReached'
  | 'Suspended'
  | 'Invalid'
  | 'DocumentMissing'
  | 'NeverAccepted'
  | 'DocumentUnreadable';

export type Reason = SettledReason | ActionReason | WaitReason | TroubleReason;
