/** Step three of a pass: carries out a plan's actions in order, and says what became of each. */
import { clusterKey, clusterPrefix, isLeaseKey, leaseKey, statusKey } from '../config-schema/keys.ts';
import { errorKind, errorText } from './aws/errors.ts';
import { disturbs } from './core/decide.ts';
import { type Action, type ActionResult, NOTHING_TO_UPDATE } from './core/plan.ts';
import { etagOf } from './entries.ts';
import type { Lock } from './lock.ts';
import type { Entry, Ports } from './ports.ts';

/** What a plan rests on. */
interface Ground {
  /** The listing, read under the lock. */
  entries: Entry[];
  /** Ids of the leases that it counted. */
  leases: string[];
}

/** One result for each action, in order; after the first that something is in the way of, all others are skipped. @throws the store's errors, where it can't be listed once more */
export async function act(
  ports: Ports,
  cluster: string,
  actions: Action[],
  lock: Lock,
  ground: Ground,
): Promise<ActionResult[]> {
  const results: ActionResult[] = [];
  let obstacle: string | null = null;
  for (const action of actions) {
    obstacle ??= await obstacleTo(ports, cluster, action, lock, ground);
    results.push(obstacle ? { action, outcome: 'skipped', why: obstacle } : await perform(ports, action));
  }
  return results;
}

/** Why nothing more may be done on the ground of this plan: what it rests on has changed since it was read. */
async function obstacleTo(
  ports: Ports,
  cluster: string,
  action: Action,
  lock: Lock,
  ground: Ground,
): Promise<string | null> {
  if (!lock.isHeld()) return 'this pass does not hold the lock';
  if (!needsSecondLook(action)) return null;
  const entries = await ports.documents.list(clusterPrefix(cluster));
  const isChanged = (key: string) => etagOf(entries, key) !== etagOf(ground.entries, key);
  if (isChanged(clusterKey(cluster))) return 'cluster.json changed since it was read';
  // Builds rely on what it says.
  if (isChanged(statusKey(cluster))) return 'another pass wrote status since it was read';
  const isHit = disturbs(action) && entries.some((entry) => isNewClaim(cluster, entry, ground));
  return isHit ? 'a lease was taken or renewed since it was read' : null;
}

/** What can't be taken back: to disturb, and to make a stack that a deletion has just removed. */
const needsSecondLook = (action: Action) => action.type === 'CreateStack' || disturbs(action);

/**
 * A lease that the plan did not count, or not as it is now. A renewal writes the same text: only its time tells it from what was read,
 * perhaps as expired. What counted already counts on, and is no news: many builds that wait would renew theirs without end before the
 * step that they wait for.
 */
function isNewClaim(cluster: string, { key, etag, modifiedAt }: Entry, ground: Ground): boolean {
  if (!isLeaseKey(cluster, key)) return false;
  const before = ground.entries.find((entry) => entry.key === key);
  if (before?.etag !== etag) return true;
  return before.modifiedAt !== modifiedAt && !ground.leases.some((id) => leaseKey(cluster, id) === key);
}

async function perform(ports: Ports, action: Action): Promise<ActionResult> {
  try {
    const note = await call(ports, action);
    return note === undefined ? { action, outcome: 'done' } : { action, outcome: 'done', note };
  } catch (error) {
    const kind = errorKind(error);
    return { action, outcome: 'failed', kind: kind === 'absent' ? 'conflict' : kind, error: errorText(error) };
  }
}

async function call(ports: Ports, action: Action): Promise<string | undefined> {
  const { services, stacks, schedule } = ports;
  switch (action.type) {
    case 'SetDesiredCount':
      await services.setDesiredCount(action.service, action.to);
      return;
    case 'CreateStack':
      await stacks.create(action.stack, action.shape, action.token);
      return;
    case 'UpdateStack':
      return (await stacks.update(action.stackId, action.shape, action.token)) ? NOTHING_TO_UPDATE : undefined;
    case 'DeleteStack':
      await stacks.remove(action.stackId, action.token);
      return;
    case 'CancelUpdate':
      await stacks.cancelUpdate(action.stackId, action.token);
      return;
    case 'ContinueRollback':
      await stacks.continueRollback(action.stackId, action.token);
      return;
    case 'RollbackStack':
      await stacks.rollback(action.stackId, action.token);
      return;
    case 'SetFastSchedule':
      await schedule.setFast(action.enabled);
      return;
  }
}
