/** Wishes about the farm: that its server serves, and that each pool has the workers that are wanted, no fewer and no more. */
import type { PoolStatus, Status } from '../../config-schema/documents.ts';
import { STACK_PASSIVE } from '../../reconciler/core/plan.ts';
import { poolStackName, serverStackName } from '../../templates/names.ts';
import { readyWorkers } from '../cluster/progress-lines.ts';
import { counted } from '../output/counted.ts';
import { elapsed } from '../output/elapsed.ts';
import { subjectOf } from './control-wishes.ts';
import { condition, type Evidence, type Finding, finding, type View } from './finding.ts';

interface Cause {
  reason: string;
  message: string;
}

export function serverWish(view: View): Finding | null {
  const { status, cluster, installation } = view;
  const available = condition(status, 'ServerAvailable');
  const cause = causeOf(view, 'server', serverStackName(installation, cluster));
  const met = available === undefined || available.status === 'True' || UNWANTED.has(available.reason);
  if (met && cause === null) return null;
  const { desired, running, pending } = status.server;
  const because = cause ?? { reason: available?.reason ?? 'Starting', message: available?.message ?? 'it is starting' };
  const text = `${met ? 'the server' : 'no server serves'} (told to run ${desired}, runs ${running}, starts ${pending}): ${because.message}`;
  const evidence = { desired, running, pending, toldAt: status.server.since };
  return finding(view, { wish: 'server', reason: because.reason, text, evidence });
}

const UNWANTED = new Set(['Asleep', 'NotWanted']);

export function poolWish(view: View, name: string): Finding | null {
  const pool = view.status.pools[name];
  if (pool === undefined) return null;
  return (
    short(view, name, pool) ?? surplus(view, name, pool) ?? capped(view, name, pool) ?? shapeless(view, name, pool)
  );
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
  const cause = causeOf(view, `pool ${name}`, stack);
  if (cause !== null) return cause;
  const reconciling = condition(status, 'Reconciling');
  if (pool.desired < pool.wanted && reconciling?.reason === 'Suspended')
    return { reason: 'Suspended', message: reconciling.message };
  if (pool.desired < pool.wanted) {
    const state = status.stacks[stack]?.status ?? 'ABSENT';
    if (!/^(CREATE|UPDATE)(_ROLLBACK)?_COMPLETE$/.test(state))
      return { reason: 'StackFirst', message: `its stack is ${state}, and workers come after it` };
  }
  const workers = condition(status, 'WorkersAvailable');
  if (workers?.reason === 'TaskTrouble' && mayConcern(view, workers.message, `pool ${name}`))
    return { reason: 'TaskTrouble', message: workers.message.replace(/^[^;]*; /, 'ECS says: ') };
  const server = condition(status, 'ServerAvailable');
  if (server?.status !== 'True') return { reason: 'ServerFirst', message: 'they register once the server serves' };
  return { reason: 'Starting', message: 'the others are starting' };
}

/** ECS names the service in what it says; what names none may be about any. */
function mayConcern(view: View, message: string, wish: string): boolean {
  const subject = subjectOf(view, message, 'TaskTrouble');
  return subject === null || subject === wish;
}

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
  const limit = /^(budget|workersMax) \((.*)\)$/.exec(pool.because);
  if (limit === null) return null;
  const reason = limit[1] === 'budget' ? 'BudgetReached' : 'WorkersMaxReached';
  const over = condition(view.status, 'WithinBudget')?.message ?? '';
  const allowed = `pool ${name} has the ${counted(pool.wanted, 'worker')} that ${limit[1]} allows; ${limit[2]}`;
  const text = reason === 'BudgetReached' && over.startsWith(`pool ${name} `) ? over : allowed;
  return finding(view, { wish: `pool ${name}`, reason, text, evidence: numbers(pool) });
}

/** The counts are right, but its stack is not. */
function shapeless(view: View, name: string, pool: PoolStatus): Finding | null {
  const cause = causeOf(view, `pool ${name}`, poolStackName(view.installation, view.cluster, name));
  if (cause === null) return null;
  const text = `pool ${name} has ${readyWorkers(pool)} of ${counted(pool.wanted, 'worker')}; ${cause.message}`;
  return finding(view, { wish: `pool ${name}`, reason: cause.reason, text, evidence: numbers(pool) });
}

/** What the status says of one stack: a stall before a failed action, that before a wait. */
function causeOf(view: View, wish: string, stack: string): Cause | null {
  const { status } = view;
  const about = (['Stalled', 'Ready', 'Reconciling'] as const)
    .flatMap((type) => condition(status, type) ?? [])
    .filter((one) => (one.type === 'Ready' ? one.status === 'False' : one.status === 'True'))
    // ECS's passing troubles are told of where workers are missing.
    .filter(({ reason }) => reason !== 'TaskTrouble' && reason !== 'Starting')
    .find((one) => subjectOf(view, one.message, one.reason) === wish);
  if (about !== undefined) return about;
  return causeOfAction(status, stack);
}

/** What became of the action that the last pass had for a stack or its service. */
function causeOfAction(status: Status, target: string): Cause | null {
  const action = status.actions.find((one) => one.target === target);
  if (action === undefined) return null;
  const { type, outcome, reason, error = 'no reason given' } = action;
  if (outcome === 'failed') return { reason: 'ActionFailed', message: `${type} ${target}: ${error}` };
  if (outcome === 'skipped') return { reason: 'PutOff', message: `${type} ${target} was put off: ${error}` };
  const passive = Object.entries(STACK_PASSIVE).find(([name]) => name === type)?.[1];
  return passive === undefined ? null : { reason, message: `stack ${target} ${passive}` };
}
