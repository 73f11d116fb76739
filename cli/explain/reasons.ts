/** Every reason code that a status can carry: what it means, and what a person can do. docs/reasons.md shows this table. */
import type { ActionReason, Reason, SettledReason, TroubleReason, WaitReason } from '../../reconciler/core/reasons.ts';

interface Row {
  meaning: string;
  /** Null: nothing; it is as it should be, or goes on by itself. CLUSTER, POOL and INSTALLATION stand for the names. */
  remedy: string | null;
}

const good = (meaning: string): Row => ({ meaning, remedy: null });
const moving = good;
const act = (meaning: string, remedy: string): Row => ({ meaning, remedy });

/** Codes of conditions that say that all is as it should be. */
const settled: Record<SettledReason, Row> = {
  Converged: good('everything that is wanted, and that spec.budget allows, is running'),
  Settled: good('there is nothing to do'),
  Progressing: good('nothing needs a person'),
  Valid: good('the newest revision is in force'),
  Serving: good('the build server reports'),
  AllRegistered: good('the farm knows as many workers as are wanted'),
  NoneWanted: good('no workers are wanted'),
  Reported: good('the farm’s reports are fresh'),
  WithinBudget: good('the budget holds nothing back'),
  Asleep: good('the cluster is at zero by the idle rule; a lease or an edit wakes it'),
  Idle: good('nothing has wanted the cluster for spec.scaling.idleAfter'),
  Awake: good('nothing wants the cluster, but not for long enough to sleep'),
  Busy: good('a lease, work, a schedule or a doubt keeps the cluster awake'),
  NotWanted: good('no server is wanted'),
  NoServer: good('no server runs, so none reports'),
  Deleted: good('the cluster is deleted'),
};

/** Codes of actions; while an action takes effect, the condition Reconciling carries its code too. */
const actions: Record<ActionReason, Row> = {
  StackAbsent: moving('a stack that is wanted does not exist yet: it is created'),
  StackVanished: moving('a stack that bbf made is gone, though bbf did not delete it: it is created again'),
  CountReleased: moving('a new stack gives up the count it was created with, so that no roll-back can bring it back'),
  ShapeChanged: moving('the spec or the version of bbf asks for another shape of the stack: it is updated'),
  ChangedByHand: act(
    'somebody else than bbf has updated the stack: it is updated to what the spec asks',
    'nothing; to keep what was changed, say it in the spec',
  ),
  StackUnwanted: moving('a stack that nobody wants any more is deleted'),
  StackFailed: act(
    'a stack failed; it is deleted and made anew a few times for each revision, then bbf waits for a person',
    'read the cause in the message, mend it or change the spec; any new revision is tried again: bbf want --cluster=CLUSTER --workers=N',
  ),
  StackUnderReview: moving(
    'a stack’s creation was prepared and never begun (REVIEW_IN_PROGRESS), e.g. by a program that crashed: it holds nothing, is deleted and made anew',
  ),
  StackHalfWay: moving(
    'an update or its rollback stopped half-way: bbf takes the stack back to where it last was stable',
  ),
  RollbackFailed: moving('rolling a stack back did not succeed: as it holds no data, it is deleted and made anew'),
  ServiceMissing: moving(
    'a stack is there without its ECS service, so somebody deleted the service: the stack is made anew',
  ),
  CreationSuperseded: moving('a stack is being created in a shape that nobody wants any more: it is deleted'),
  UpdateSuperseded: moving('a stack is being updated to a shape that nobody wants any more: the update is called off'),
  ServerWanted: moving('the build server is started'),
  ServerUnwanted: moving('the build server is stopped'),
  WorkersWanted: moving('a pool gets more workers'),
  WorkersDrained: moving('a pool gets fewer workers; those that go have finished what they ran'),
  ClusterAwake: moving('the fast schedule is turned on, since something runs or is wanted'),
};

/** Codes that say what something waits for. */
const waits: Record<WaitReason, Row> = {
  Starting: moving('tasks are starting and have not registered yet'),
  NotReported: moving(
    'the build server runs and its reports are missing, old, or of an earlier server; until it reports, it counts as busy and nothing shrinks',
  ),
  InventoryUnreadable: moving(
    'a deletion waits for a listing of the stacks: bbf forgets a cluster once it has seen that none is left',
  ),
  ServerStarting: moving(
    'the build server does not run yet, or was replaced by ECS and has not reported since; until it reports, it counts as busy',
  ),
  ReportRemoved: moving('somebody removed the farm’s last report; until the next one, the farm counts as busy'),
  Draining: moving('workers finish what they run, then stop'),
  GoingToSleep: moving('nothing wants the cluster any more: workers finish, then the server stops'),
  OneAtATime: moving('a pass makes one disruptive change; none while leases can’t be read'),
  StackBusy: moving(
    'CloudFormation works on the stack, or was told to make it less than 30 s ago and does not show it yet',
  ),
  StackBackoff: moving('an operation on a stack failed; it is tried again after a pause'),
  StackNotRead: moving('a pass saw no reason to read the stack; the next one does'),
  StackUnreadable: act(
    'CloudFormation did not answer for a stack',
    'if it lasts: bbf doctor, which checks the reconciler and its rights',
  ),
  RollingBack: moving('CloudFormation takes a stack back to its last stable shape'),
  ForeignOperation: act(
    'somebody else’s operation on the stack is under way: bbf imports nothing',
    'let it end, or end it where it was started',
  ),
  UpdateWaits: act(
    'a stack is updated once its workers are free and drained: builds are not interrupted',
    'let the builds end; bbf status --cluster=CLUSTER lists them',
  ),
  DrainsFirst: act(
    'a stack is removed once its tasks are gone: builds are not interrupted',
    'let the builds end; bbf status --cluster=CLUSTER lists them',
  ),
  LeaseHolds: act(
    'a deletion interrupts no build, and waits for every lease',
    'let the builds end, or end a claim: bbf leases --cluster=CLUSTER, then bbf leases release ID --cluster=CLUSTER',
  ),
  ServiceDraining: moving('ECS is still deleting a service; its name is free after that'),
  ServiceLeftOver: act(
    'an ECS service exists without its stack, so the stack can’t be made',
    'aws ecs delete-service --force --cluster INSTALLATION --service SERVICE, with the service that the message names',
  ),
  Retrying: moving('AWS refused an action for now; the next pass tries again'),
};

/** Codes that ask for a person. */
const trouble: Record<TroubleReason, Row> = {
  TaskTrouble: act(
    'ECS can’t place or start a task; the message is ECS’s own',
    'if capacity is short: wait, or set the pool’s capacity to on-demand, which takes effect at once where no worker has come, else once the pool’s builds have ended, also those that wait: start them again; if the image is missing: bbf images release --cluster=CLUSTER; if a right is missing: bbf logs --cluster=CLUSTER',
  ),
  RolloutFailed: act(
    'tasks of the present shape fail to start, so ECS gave up',
    'read bbf logs --cluster=CLUSTER, then change the spec: a new revision is rolled out at once',
  ),
  ProgressDeadlineExceeded: act(
    'nothing that is wanted came nearer for a quarter of an hour; bbf keeps trying',
    'remove what the message waits for; bbf doctor checks the installation',
  ),
  LeasesUnreadable: act(
    'the leases could not be read for a quarter of an hour; until they can, nothing shrinks or goes to sleep',
    'let the reconciler read what lies under clusters/CLUSTER/leases/, or remove it; bbf doctor checks the reconciler and its rights',
  ),
  StackStuck: act(
    'a stack is in a state that bbf has no way out of',
    'repair or delete the stack by hand; bbf makes it anew',
  ),
  RepairFailed: act(
    'making a stack anew failed as often as it is tried for one revision',
    'mend the cause that the message names, then write the document again: bbf want --cluster=CLUSTER --workers=N',
  ),
  DeleteFailed: act(
    'deleting a stack failed as often as it is tried for one revision',
    'remove what the message names, then aws cloudformation delete-stack --stack-name STACK, or write the document again',
  ),
  UnknownStackStatus: act(
    'CloudFormation names a state that this bbf does not know; nothing is done to the stack',
    'upgrade bbf, then bbf doctor, which says how the installation is set up with it',
  ),
  UnknownServiceStatus: act(
    'ECS names a state of a service that this bbf does not know; nothing is done to it',
    'upgrade bbf, then bbf doctor, which says how the installation is set up with it',
  ),
  ForeignStack: act(
    'a stack of the name that bbf needs belongs to somebody else; bbf does not touch it',
    'if it is this cluster’s: bbf edit CLUSTER, and set metadata.uid to the uid that the message names; if it is not needed: aws cloudformation delete-stack --stack-name STACK',
  ),
  ActionFailed: act(
    'AWS refused an action; the message is AWS’s own',
    'grant the right or raise the limit that it names; bbf doctor says how bbf’s own rights are repaired',
  ),
  ServicesUnreadable: act(
    'ECS did not answer; what is not known counts as busy',
    'if it lasts: bbf doctor, which checks the reconciler and its rights',
  ),
  BudgetReached: act('spec.budget holds workers back', 'raise spec.budget of CLUSTER, or ask for fewer workers'),
  Suspended: act(
    'spec.suspend is true: nothing is changed',
    'bbf resume CLUSTER; bbf history CLUSTER shows who suspended it, and why',
  ),
  Invalid: act(
    'the newest revision is refused; the last valid one, where it is known, stays in force',
    'correct the fields that are named and write the document again; bbf plan -f FILE checks it first',
  ),
  DocumentMissing: act(
    'cluster.json is gone; the last valid revision, where it is known, stays in force, and nothing is taken away',
    'bbf rollback --cluster=CLUSTER puts it back, bbf delete CLUSTER removes the cluster',
  ),
  NeverAccepted: act(
    'there is no cluster.json, and none was ever accepted; nothing is done',
    'bbf create CLUSTER, which writes one',
  ),
  DocumentUnreadable: act(
    'the reconciler can’t read cluster.json; nothing is taken away',
    'what the message says; where it is about rights: bbf doctor, which says how they are repaired',
  ),
};

/** Codes of `bbf explain` itself: what one status alone can’t say. */
const own = {
  NotLookedAt: act(
    'the reconciler has not looked at the cluster yet',
    'wait a few seconds; if it lasts, bbf doctor says what keeps it',
  ),
  RevisionNotSeen: act(
    'the newest revision has not been looked at yet',
    'wait a few seconds; if it lasts, bbf doctor says what keeps it',
  ),
  LeaseNotSeen: moving('a lease was written after the last look'),
  ReconcilerSilent: act('the reconciler gives no sign of life, so all else may be out of date', 'bbf doctor'),
  PutOff: moving('another pass, an edit or a lease was first, so an action was put off; the next pass decides anew'),
  DocumentLeft: act(
    'the cluster is deleted, and its document is still there',
    'bbf delete CLUSTER, which removes the document too; or write one without spec.delete, which makes the cluster anew',
  ),
  ForeignTombstone: act(
    'the document’s tombstone names another cluster than this one, e.g. an earlier one of the name',
    'bbf edit --cluster=CLUSTER, to remove spec.delete, or bbf rollback --cluster=CLUSTER; bbf delete CLUSTER where this cluster is to go',
  ),
  WorkersMaxReached: act('workersMax holds workers back', 'bbf want --cluster=CLUSTER --pool=POOL --max=M'),
  NoPoolFits: act(
    'actions ask for a platform that no pool offers, and would wait for ever',
    'bbf pools --cluster=CLUSTER, which shows what each offers; exec_properties = {"Pool": "NAME"} sends an action to one',
  ),
  ScaleInWaits: moving(
    'the pool has more workers than it wants, and shrinks once that has been so for spec.scaling.scaleInAfter',
  ),
  UnknownIsBusy: moving(
    'the farm’s reports are missing, and a worker that nothing is known of counts as busy: the pool does not shrink',
  ),
  ServerFirst: moving('workers register once the build server serves'),
  StackFirst: moving('workers are asked for once the pool’s stack stands'),
};

type OwnReason = keyof typeof own;

export const reasons: Record<Reason | OwnReason, Row> = { ...settled, ...actions, ...waits, ...trouble, ...own };

const known: Record<string, Row | undefined> = reasons;

/** True of a code by which a part says that it does not go on before a person acts; false of waits, and of a code of a newer bbf. */
export const needsPerson = (code: string): boolean => Object.hasOwn(trouble, code) || code === 'StackFailed';

/** A code of a newer bbf is explained by its message alone. */
export const reasonOf = (code: string): Row =>
  known[code] ?? { meaning: `a reason that this bbf does not know`, remedy: null };
