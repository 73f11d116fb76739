/** A status in plain words: one line for the server and one for each pool that wants or has workers. */
import type { Condition, ConditionType, PoolStatus, Status } from '../../config-schema/documents.ts';
import type { ProgressLine } from '../output/progress.ts';

export function conditionOf(status: Status, type: ConditionType): Condition | undefined {
  return status.conditions.find((condition) => condition.type === type);
}

export function holds(status: Status, type: ConditionType): boolean {
  return conditionOf(status, type)?.status === 'True';
}

/** Nothing is in force, as no valid revision is known any more: it stands still for the reason for which the newest is refused. */
export const isHeld = (status: Status): boolean =>
  holds(status, 'Stalled') && conditionOf(status, 'Stalled')?.reason === conditionOf(status, 'Accepted')?.reason;

export function progressLines(status: Status): ProgressLine[] {
  const pools = Object.entries(status.pools).filter(
    ([, pool]) => pool.wanted > 0 || pool.running > 0 || pool.desired > 0,
  );
  const reconciling = conditionOf(status, 'Reconciling');
  const doing = reconciling?.status === 'True' && !holds(status, 'Ready') ? reconciling.message : undefined;
  const more: ProgressLine[] =
    doing === undefined ? [] : [{ key: 'reconciler', state: 'busy', text: `reconciler: ${doing}` }];
  return [serverLine(status), ...pools.map(([name, pool]) => poolLine(name, pool, doing)), ...more];
}

function serverLine(status: Status): ProgressLine {
  const { server, endpoint } = status;
  if (endpoint !== null) return { key: 'server', state: 'done', text: `server: serves at ${endpoint}` };
  const trouble = conditionOf(status, 'ServerAvailable')?.message ?? 'unknown';
  if (server.running > 0) return { key: 'server', state: 'busy', text: `server: runs, and does not report yet` };
  const state = server.desired > 0 || server.pending > 0 ? 'busy' : 'waiting';
  return { key: 'server', state, text: `server: ${trouble}` };
}

/** What keeps a pool below what somebody asked for. */
const LIMITS: Record<NonNullable<PoolStatus['limit']>['by'], string> = {
  budget: 'spec.budget',
  workersMax: 'its workersMax',
};

/** @param said in another line already */
function poolLine(name: string, pool: PoolStatus, said: string | undefined): ProgressLine {
  const ready = readyWorkers(pool);
  const wanted = pool.wanted;
  const starting = startingWorkers(pool);
  const surplus = Math.max(0, ready - wanted);
  const extras = [
    ...(pool.limit === undefined ? [] : [`no more by ${LIMITS[pool.limit.by]}`]),
    ...(surplus > 0 ? [`${surplus} more than wanted`] : []),
    ...(starting > 0 ? [`${starting} starting`] : []),
    ...(pool.draining.length > 0 ? [`${pool.draining.length} draining`] : []),
  ];
  const text = `pool ${name}: ${ready - surplus} of ${wanted} workers ready${extras.length > 0 ? ` (${extras.join(', ')})` : ''}`;
  if (ready >= wanted) return { key: `pool ${name}`, state: 'done', text };
  const why = [pool.trouble, pool.waiting?.message].find((one) => one !== undefined && !said?.includes(one));
  return { key: `pool ${name}`, state: 'busy', text: why === undefined ? text : `${text}: ${why}` };
}

/** The farm lists a worker for a while after its end, so what runs no more is no worker. */
const present = ({ registered, running }: PoolStatus): number => Math.min(registered, running);

/** Workers that take work. */
export function readyWorkers(pool: PoolStatus): number {
  return Math.max(0, present(pool) - pool.draining.length);
}

export function startingWorkers(pool: PoolStatus): number {
  return Math.max(0, pool.desired - present(pool));
}
