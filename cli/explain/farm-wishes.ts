/** Wishes about the farm: that its server serves, each pool has the workers that are wanted, no fewer and no more, and one fits what waits. */
import type { PoolStatus, Status } from '../../config-schema/documents.ts';
import { STACK_PASSIVE } from '../../reconciler/core/plan.ts';
import type { Reason } from '../../reconciler/core/reasons.ts';
import { poolStackName, serverStackName } from '../../templates/names.ts';
import { readyWorkers } from '../cluster/progress-lines.ts';
import { unmatchedText } from '../cluster/unmatched-text.ts';
import { counted } from '../output/counted.ts';
import { elapsed } from '../output/elapsed.ts';
import { subjectOf } from './control-wishes.ts';
import { condition, type Evidence, type Finding, finding, type View } from './finding.ts';

type StatusAction = Status['actions'][number];

interface Cause {
  reason: string;
  message: string;
}

export function serverWish(view: View): Finding | null {
  const { status, cluster, installation } = view;
  const available = condition(status, 'ServerAvailable');
  const cause = causeOf(view, 'server', serverStackName(installation, cluster), status.server.waiting);
  const met = available === undefined || available.status === 'True' || UNWANTED.has(available.reason);
  if (met && cause === null) return null;
  const { desired, running, pending } = status.server;
  const because = cause ?? { reason: available?.reason ?? 'Starting', message: available?.message ?? 'it is starting' };
  const text = `${met ? 'the server' : 'no server serves'} (told to run ${desired}, runs ${running}, starts ${pending}): ${because.message}`;
  const evidence = { desired, running, pending, toldAt: status.server.since };
  return finding(view, { wish: 'server', reason: because.reason, text, evidence });
}

const UNWANTED: ReadonlySet<string> = new Set<Reason>(['Asleep', 'NotWanted']);

export function poolWish(view: View, name: string): Finding | null {
  const pool = view.status.pools[name];
  if (pool === undefined) return null;
  return (
    short(view, name, pool) ?? surplus(view, name, pool) ?? capped(view, name, pool) ?? shapeless(view, name, pool)
  );
}

/** What nobody will run, of the cluster's whole queue. */
export function queueWish(view: View): Finding | null {
  const { activity, status } = view;
  const queued = activity?.pools['']?.queued ?? 0;
  // What a farm that has gone said last is in its file all the same.
  if (activity === null || status.endpoint === null || queued === 0) return null;
  const text = `no pool fits ${counted(queued, 'queued action')}${unmatchedText(activity)}`;
  return finding(view, { wish: 'queue', reason: 'NoPoolFits', text, evidence: { queued }, since: activity.reportedAt });
}

const numbers = (pool: PoolStatus): Evidence => ({
  wanted: pool.wanted,
  because: pool.because,
  desired: pool.desired,
  running: pool.running,
  pending: pool.pending,
  registered: pool.registered,
  draining: pool.draining.length,
});

/** Fewer workers take work than are wanted. */
function short(view: View, name: string, pool: PoolStatus): Finding | null {
  const ready = readyWorkers(pool);
  if (ready >= pool.wanted) return null;
  const { reason, message } = shortage(view, name, pool);
  const counts = `ECS was told ${pool.desired}, runs ${pool.running} and starts ${pool.pending}`;
  const wanted = `${ready} of ${pool.wanted} wanted workers (${pool.because})`;
  const text = `pool ${name} has ${wanted}; ${counts}; ${message}`;
  return finding(view, { wish: `pool ${name}`, reason, text, evidence: numbers(pool) });
}

function shortage(view: View, name: string, pool: PoolStatus): Cause {
  const { status, installation, cluster } = view;
  const stack = poolStackName(installation, cluster, name);
  const trouble = pool.trouble === undefined ? null : { reason: 'TaskTrouble', message: `ECS says: ${pool.trouble}` };
  const cause = causeOf(view, `pool ${name}`, stack, pool.waiting);
  if (cause !== null) return trouble !== null && HARMLESS.has(cause.reason) ? trouble : cause;
  const reconciling = condition(status, 'Reconciling');
  if (pool.desired < pool.wanted && reconciling?.reason === 'Suspended')
    return { reason: 'Suspended', message: reconciling.message };
  if (pool.desired < pool.wanted) {
    const state = status.stacks[stack]?.status ?? 'ABSENT';
    if (!/^(CREATE|UPDATE)(_ROLLBACK)?_COMPLETE$/.test(state))
      return { reason: 'StackFirst', message: `its stack is ${state}, and workers come after it` };
  }
  if (trouble !== null) return trouble;
  const server = condition(status, 'ServerAvailable');
  if (server?.status !== 'True') return { reason: 'ServerFirst', message: 'they register once the server serves' };
  return { reason: 'Starting', message: 'the others are starting' };
}

/** Updates that wait, or are under way, keep no worker from starting. */
const HARMLESS: ReadonlySet<string> = new Set<Reason>(['UpdateWaits', 'StackBusy']);

/** More workers run than are wanted. */
function surplus(view: View, name: string, pool: PoolStatus): Finding | null {
  const many = Math.max(pool.desired, pool.running);
  if (many <= pool.wanted && pool.draining.length === 0) return null;
  const { reason, message } = departure(view, pool);
  const text = `pool ${name} has ${counted(many, 'worker')} and wants ${pool.wanted} (${pool.because}); ${message}`;
  const more = pool.lessSince === null ? {} : { since: pool.lessSince };
  return finding(view, { wish: `pool ${name}`, reason, text, evidence: numbers(pool), ...more });
}

function departure(view: View, pool: PoolStatus): Cause {
  if (pool.draining.length > 0) {
    return { reason: 'Draining', message: `${drainingText(view, pool.draining)}; each stops once it is empty` };
  }
  const known = condition(view.status, 'ActivityKnown');
  if (known?.status === 'False') return { reason: 'UnknownIsBusy', message: `it does not shrink: ${known.message}` };
  if (pool.lessSince === null || pool.desired <= pool.wanted)
    return { reason: 'Draining', message: `${counted(Math.max(0, pool.running - pool.wanted), 'task')} still to stop` };
  const waited = elapsed(view.now - Date.parse(pool.lessSince));
  return {
    reason: 'ScaleInWaits',
    message: `it has had more than it wants for ${waited}, and shrinks after spec.scaling.scaleInAfter`,
  };
}

/** Who is told by name. */
const NAMED_MAX = 3;

function drainingText({ activity }: View, names: string[]): string {
  const drain = `${counted(names.length, 'worker')} ${names.length === 1 ? 'drains' : 'drain'}`;
  const seen = (activity?.workers ?? []).filter(({ name, running }) => names.includes(name) && running > 0);
  if (activity === null) return drain;
  if (seen.length === 0) return `${drain}, with nothing left to run`;
  const busy = seen
    .slice(0, NAMED_MAX)
    .map(({ name, running }) => `${shortened(name)} still runs ${counted(running, 'action')}`);
  const more = seen.length > NAMED_MAX ? [`${seen.length - NAMED_MAX} more still run some`] : [];
  return `${drain}: ${[...busy, ...more].join(', ')}`;
}

/** Names are ids of ECS tasks, of which the beginning tells them apart. */
const shortened = (name: string) => name.replace(/^([0-9a-f]{8})[0-9a-f]{24}$/, '$1…');

/** Somebody wants more, and a limit of the spec holds it back. */
function capped(view: View, name: string, pool: PoolStatus): Finding | null {
  const { limit, wanted, because } = pool;
  if (limit === undefined) return null;
  const reason = limit.by === 'budget' ? 'BudgetReached' : 'WorkersMaxReached';
  const told = condition(view.status, 'WithinBudget')?.message.match(/(?<=: ).+(?=;)/)?.[0];
  const why = reason === 'BudgetReached' && told !== undefined ? `${because}; ${told}` : because;
  const text = `pool ${name} gets ${wanted} of the ${counted(limit.asked, 'worker')} that are asked for: ${why}`;
  const { usdPerHour, usdToday } = view.status.cost;
  const evidence = { ...numbers(pool), asked: limit.asked, askedBySpec: limit.askedBySpec, usdPerHour, usdToday };
  return finding(view, { wish: `pool ${name}`, reason, text, evidence });
}

/** The counts are right, but its stack is not. */
function shapeless(view: View, name: string, pool: PoolStatus): Finding | null {
  const stack = poolStackName(view.installation, view.cluster, name);
  const cause = causeOf(view, `pool ${name}`, stack, pool.waiting);
  if (cause === null) return null;
  const text = `pool ${name} has ${readyWorkers(pool)} of ${counted(pool.wanted, 'worker')}; ${cause.message}`;
  return finding(view, { wish: `pool ${name}`, reason: cause.reason, text, evidence: numbers(pool) });
}

/** What the status says of the server or a pool: a stall before a failed action, that before what `waiting` names. */
function causeOf(view: View, wish: string, stack: string, waiting: Cause | undefined): Cause | null {
  const { status } = view;
  const action = status.actions.find(({ target }) => target === stack);
  return (
    told(view, wish, 'Stalled') ??
    (action?.outcome === 'failed' ? causeOfAction(action) : null) ??
    waiting ??
    told(view, wish, 'Ready') ??
    told(view, wish, 'Reconciling') ??
    (action === undefined ? null : causeOfAction(action))
  );
}

/** The conditions tell of one thing each. */
function told(view: View, wish: string, type: 'Stalled' | 'Ready' | 'Reconciling'): Cause | null {
  const found = condition(view.status, type);
  if (found === undefined || found.status !== (type === 'Ready' ? 'False' : 'True')) return null;
  if (COUNTED.has(found.reason)) return null;
  return subjectOf(view, found) === wish ? found : null;
}

/** What ECS is told, and its passing troubles, are told of with the counts. */
const COUNTED = new Set([
  'TaskTrouble',
  'Starting',
  'ServerWanted',
  'ServerUnwanted',
  'WorkersWanted',
  'WorkersDrained',
]);

/** What became of the action that the last pass had for a stack or its service. */
function causeOfAction({ type, target, outcome, reason, error = 'no reason given' }: StatusAction): Cause | null {
  if (outcome === 'failed') return { reason: 'ActionFailed', message: `${type} ${target}: ${error}` };
  if (outcome === 'skipped') return { reason: 'PutOff', message: `${type} ${target} was put off: ${error}` };
  const passive = Object.entries(STACK_PASSIVE).find(([name]) => name === type)?.[1];
  return passive === undefined ? null : { reason, message: `stack ${target} ${passive}` };
}
