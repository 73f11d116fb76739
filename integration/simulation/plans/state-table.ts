/** Class E: one row of the state table put to `decide` as an observation, and what is wrong with the answer. */
import { parseStatus } from '../../../config-schema/parse.ts';
import { decide } from '../../../reconciler/core/decide.ts';
import {
  goodStacks,
  minutes,
  NOW,
  noStack,
  observation,
  POOL,
  SERVER,
  specOf,
  stack,
  worker,
} from '../../../reconciler/core/observation.fixture.ts';
import type { Observation, ServiceObservation } from '../../../reconciler/core/observation.ts';
import type { Action, Plan } from '../../../reconciler/core/plan.ts';
import { report } from '../../../reconciler/core/report.ts';
import { poolStackName } from '../../../templates/names.ts';
import {
  allowedOutcomes,
  type Intent,
  isUnwanted,
  mustNotSettle,
  NOT_FOUND,
  type Outcome,
  type Part,
  REASONS,
  SERVICE_ROWS,
  type ServiceRow,
  type StateCase,
} from '../oracles/state-table.ts';

/** Long enough for what a first sight only makes suspect, short of any pause between two tries. */
const SECOND_LOOK_MS = 60_000;

type Decide = (o: Observation) => Plan;

/** Everything that is wrong with what `decide`, or another in its place, makes of this row; empty when it is right. */
export function stateProblems(row: StateCase, by: Decide = decide): string[] {
  const first = look(row, NOW, null, by);
  const second = look(row, NOW + SECOND_LOOK_MS, untouched(first), by);
  return [...lookProblems(row, first, true), ...lookProblems(row, second, false)];
}

/** What is left when the pool is removed. */
const OTHER = poolStackName('bbf', 'main', 'other');

interface Look {
  o: Observation;
  plan: Plan;
  /** Of an equal observation. */
  again: Plan;
}

function look(row: StateCase, now: number, status: Observation['status'], by: Decide): Look {
  const o = observationOf(row, now, status);
  return { o, plan: by(o), again: by(structuredClone(o)) };
}

/** The status that stands when none of the first look's actions happened: the world is as it was. */
function untouched({ o, plan }: Look) {
  return report(
    o,
    plan,
    plan.actions.map((action) => ({ action, outcome: 'skipped', why: 'the lock is held' })),
  );
}

const stackOf = ({ part }: StateCase): string => (part === 'server' ? SERVER : POOL);

function specText(part: Part, intent: Intent): object {
  // A server beside which nothing runs is one that nothing but its own tasks holds back.
  const workers = intent === 'grow' ? 4 : part === 'server' ? 0 : 2;
  const pool = { workers, ...(intent === 'change' && part === 'pool' && { slots: 8 }) };
  return {
    pools: intent === 'remove' ? { other: { workers: 0 } } : { default: pool },
    ...(intent === 'change' && part === 'server' && { server: { cpu: 2048, memoryMiB: 8192 } }),
    scaling: { idleAfter: intent === 'sleep' ? '1m' : '1d' },
    ...(intent === 'delete' && { delete: { uid: 'u1' } }),
    ...(intent === 'suspend' && { suspend: true }),
  };
}

function observationOf(row: StateCase, now: number, status: Observation['status']): Observation {
  const { part, intent } = row;
  const service = SERVICE_ROWS[row.service] as ServiceRow;
  const spec = specText(part, intent);
  // The shape that the part had: `change` wants another one.
  const before = stacksAs(part, intent === 'change' || intent === 'remove' ? 'keep' : intent);
  const known = { ...stacksAs(part, intent), [POOL]: before[POOL] as Observation['stacks'][string] };
  const own = stackOf(row);
  const good = before[own];
  const hash = good?.known && good.value.state === 'present' ? (good.value.hash ?? '') : '';
  const workers = part === 'pool' ? service.counts[1] : 0;
  const base = observation({
    spec,
    now,
    modifiedAt: NOW - minutes(600),
    leases: row.leased ? [2] : [],
    activity: {
      idleSince: new Date(NOW - minutes(300)).toISOString(),
      workers: Array.from({ length: workers }, (_, i) => worker(`w${i}`)),
    },
    stacks: { ...known, [own]: row.stack === NOT_FOUND ? noStack : stack(row.stack, { hash }) },
    server: [1, 1],
    status: status ?? earlier(part),
  });
  const idle = { ...serverService, desired: 0, running: 0 };
  const value = { [SERVER]: serverService, [POOL]: idle, [OTHER]: idle, [own]: serviceOf(part, service) };
  const services = { known: true as const, value };
  return { ...base, services };
}

/** Stacks of the shape that this intent wants. */
const stacksAs = kept((part, intent: Intent) => goodStacks(specOf(specText(part, intent))));

/** What an earlier pass over the same cluster in good order would have left. */
const earlier = kept((part): Observation['status'] => {
  const workers = part === 'pool' ? [worker('w0'), worker('w1')] : [];
  const o = observation({
    spec: specText(part, 'keep'),
    now: NOW - minutes(10),
    server: [1, 1],
    pool: [workers.length, workers.length],
    activity: { workers },
  });
  return { ...report(o, decide(o), []), idleSince: new Date(NOW - minutes(290)).toISOString() };
});

/** Made once for each part and intent: a thousand rows have the same. */
function kept<More extends Intent[], T>(make: (part: Part, ...more: More) => T): (part: Part, ...more: More) => T {
  const made = new Map<string, T>();
  return (...key) => {
    const found = made.get(key.join()) ?? make(...key);
    made.set(key.join(), found);
    return found;
  };
}

const serverService: Exclude<ServiceObservation, { state: 'absent' }> = {
  state: 'ACTIVE',
  desired: 1,
  running: 1,
  pending: 0,
  rollout: 'COMPLETED',
  rolloutReason: null,
  deployedAt: null,
  troubles: [],
};

function serviceOf(part: Part, { state, counts, rollout }: ServiceRow): ServiceObservation {
  if (state === 'absent') return { state };
  const rolloutReason = rollout === 'FAILED' ? 'tasks failed to start' : null;
  const most = part === 'server' ? 1 : Number.POSITIVE_INFINITY;
  const [desired, running] = [Math.min(counts[0], most), Math.min(counts[1], most)];
  return { ...serverService, state, desired, running, rollout, rolloutReason };
}

function lookProblems(row: StateCase, { o, plan, again }: Look, isFirst: boolean): string[] {
  const pure = JSON.stringify(again) === JSON.stringify(plan);
  const outcome = outcomeOf(plan, stackOf(row));
  const allowed = allowedOutcomes(row);
  // What is seen once may be doubted: another look costs nothing.
  const fits = allowed.includes(outcome) || (isFirst && outcome === 'wait');
  const blind = outcome === 'settled' && mustNotSettle(row);
  return [
    ...(fits ? [] : [`${outcome}, expected ${allowed.join(' or ')}`]),
    ...(pure ? [] : ['the same observation gave another plan']),
    ...(blind ? [`settled although the service is ${row.service}`] : []),
    ...actionProblems(row, plan),
    ...wordProblems(row, o, plan),
  ].map((problem) => `${isFirst ? 'first' : 'second'} look: ${problem}`);
}

function outcomeOf(plan: Plan, stackName: string): Outcome {
  const own = plan.actions.find((action) => 'stack' in action && action.stack === stackName);
  if (own) return own.type as Outcome;
  if (holds(plan, 'Stalled')) return 'stall';
  return holds(plan, 'Reconciling') ? 'wait' : 'settled';
}

const holds = (plan: Plan, type: string) =>
  plan.status.conditions.some((condition) => condition.type === type && condition.status === 'True');

const lowers = (action: Action) => action.type === 'SetDesiredCount' && action.to < action.from;

function actionProblems(row: StateCase, { actions }: Plan): string[] {
  const service = SERVICE_ROWS[row.service] as ServiceRow;
  const counts = actions.filter((action) => action.type === 'SetDesiredCount');
  const disruptive = actions.filter((action) => lowers(action) || ('stack' in action && action.type !== 'CreateStack'));
  const unexplained = actions.filter((action) => !action.reason || !action.evidence);
  const own = stackOf(row);
  const misnamed = actions.find(
    (action) => 'stack' in action && action.stack === own && !REASONS[action.type]?.includes(action.reason),
  );
  const raised = counts.find((action) => action.service === POOL && action.to > action.from);
  return [
    ...(row.intent === 'suspend' && actions.length > 0 ? ['acts although it is suspended'] : []),
    ...(misnamed ? [`${misnamed.type} for ${misnamed.reason}`] : []),
    ...(unexplained.length > 0 ? ['an action has no reason or no evidence'] : []),
    ...(disruptive.length > 1 ? [`${disruptive.length} disruptive actions in one pass`] : []),
    ...(row.leased && counts.some(lowers) ? ['lowers a count under a live lease'] : []),
    ...(service.state !== 'ACTIVE' && counts.some((action) => action.service === own)
      ? [`sets a count of a service that is ${service.state}`]
      : []),
    ...(row.intent === 'grow' &&
    row.part === 'pool' &&
    row.stack === 'CREATE_COMPLETE' &&
    service.state === 'ACTIVE' &&
    !raised
      ? ['does not grow']
      : []),
  ];
}

/** Status says what is the matter: never Ready over a stack that does not serve, never silent, always by its schema. */
function wordProblems(row: StateCase, o: Observation, plan: Plan): string[] {
  const parsed = parseStatus(JSON.stringify(report(o, plan, [])));
  const ready = plan.status.conditions.find((condition) => condition.type === 'Ready');
  const silent = ready?.status !== 'True' && !ready?.reason;
  const broken = /FAILED|IN_PROGRESS|ROLLBACK_COMPLETE$|DELETE_COMPLETE|NOT_FOUND|RECONSIDER/.test(row.stack);
  const rolledBack = /^(UPDATE|IMPORT)_ROLLBACK_COMPLETE$/.test(row.stack) && row.intent !== 'change';
  const falselyReady =
    ready?.status === 'True' && !isUnwanted(row) && row.intent !== 'suspend' && broken && !rolledBack;
  const cleanup = row.stack.includes('CLEANUP');
  return [
    ...(parsed.ok ? [] : [`its status is not valid: ${parsed.problems[0]?.message}`]),
    ...(silent ? ['not Ready, without a reason'] : []),
    ...(falselyReady && !cleanup ? [`Ready although the stack is ${row.stack}`] : []),
  ];
}

export const stateName = ({ part, stack, service, intent, leased }: StateCase) =>
  `${part === 'server' ? 'server: ' : ''}${stack} × ${service} × ${intent}${leased ? ' × leased' : ''}`;
