/** Step three of a pass: carries out a plan's actions in order, and says what became of each. */
import { clusterKey, clusterPrefix, leasesPrefix, statusKey } from '../config-schema/keys.ts';
import { errorKind, errorText } from './aws/errors.ts';
import { disturbs } from './core/decide.ts';
import type { Action, ActionResult } from './core/plan.ts';
import type { Lock } from './lock.ts';
import type { Entry, Ports } from './ports.ts';

/** `observed`: the listing that the plan rests on, read under the lock. */
export async function act(
  ports: Ports,
  cluster: string,
  actions: Action[],
  lock: Lock,
  observed: Entry[],
): Promise<ActionResult[]> {
  const results: ActionResult[] = [];
  let obstacle: string | null = null;
  for (const action of actions) {
    obstacle ??= await obstacleTo(ports, cluster, action, lock, observed);
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
  observed: Entry[],
): Promise<string | null> {
  if (!lock.isHeld()) return 'this pass does not hold the lock';
  if (!needsSecondLook(action)) return null;
  const now = claims(await ports.documents.list(clusterPrefix(cluster)), cluster);
  const before = claims(observed, cluster);
  if (now.document !== before.document) return 'cluster.json changed since it was read';
  if (now.status !== before.status) return 'another pass wrote status since it was read';
  return now.leases.every((lease) => before.leases.includes(lease))
    ? null
    : 'a lease was taken or renewed since it was read';
}

/** What can't be taken back: to disturb, and to make a stack that a deletion has just removed. */
const needsSecondLook = (action: Action) => action.type === 'CreateStack' || disturbs(action);

function claims(entries: Entry[], cluster: string) {
  return {
    document: entries.find((entry) => entry.key === clusterKey(cluster))?.etag,
    // Builds rely on what it says.
    status: entries.find((entry) => entry.key === statusKey(cluster))?.etag,
    // A renewal writes the same text: only its time tells it from what was read, perhaps as expired.
    leases: entries
      .filter(({ key }) => key.startsWith(leasesPrefix(cluster)))
      .map(({ key, modifiedAt }) => `${key} ${modifiedAt}`),
  };
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
      return (await stacks.update(action.stackId, action.shape, action.token)) ? 'nothing to update' : undefined;
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
