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
  mustNotSettle,
  NOT_FOUND,
  type Outcome,
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

function specText(intent: Intent): object {
  const workers = intent === 'grow' ? 4 : 2;
  const pool = { workers, ...(intent === 'change' && { slots: 8 }) };
  return {
    pools: intent === 'remove' ? { other: { workers: 0 } } : { default: pool },
    scaling: { idleAfter: intent === 'sleep' ? '1m' : '1d' },
    ...(intent === 'delete' && { delete: { uid: 'u1' } }),
    ...(intent === 'suspend' && { suspend: true }),
  };
}

function observationOf(row: StateCase, now: number, status: Observation['status']): Observation {
  const service = SERVICE_ROWS[row.service] as ServiceRow;
  const spec = specText(row.intent);
  // The shape that the pool had: `change` wants another one.
  const before = specOf(specText(row.intent === 'change' || row.intent === 'remove' ? 'keep' : row.intent));
  const known = goodStacks(specOf(spec));
  const good = goodStacks(before)[POOL];
  const hash = good?.known && good.value.state === 'present' ? (good.value.hash ?? '') : '';
  const base = observation({
    spec,
    now,
    modifiedAt: NOW - minutes(600),
    leases: row.leased ? [2] : [],
    activity: {
      idleSince: new Date(NOW - minutes(300)).toISOString(),
      workers: Array.from({ length: service.counts[1] }, (_, i) => worker(`w${i}`)),
    },
    stacks: { ...known, [POOL]: row.stack === NOT_FOUND ? noStack : stack(row.stack, { hash }) },
    server: [1, 1],
    status: status ?? earlier(now),
  });
  const other = { ...serverService, desired: 0, running: 0 };
  const value = { [SERVER]: serverService, [POOL]: poolService(service), [OTHER]: other };
  const services = { known: true as const, value };
  return { ...base, services };
}

/** What an earlier pass over the same cluster in good order would have left. */
function earlier(now: number): Observation['status'] {
  const o = observation({
    spec: specText('keep'),
    now: now - minutes(10),
    server: [1, 1],
    pool: [2, 2],
    activity: { workers: [worker('w0'), worker('w1')] },
  });
  return { ...report(o, decide(o), []), idleSince: new Date(NOW - minutes(290)).toISOString() };
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

function poolService({ state, counts, rollout }: ServiceRow): ServiceObservation {
  if (state === 'absent') return { state };
  const rolloutReason = rollout === 'FAILED' ? 'tasks failed to start' : null;
  return { ...serverService, state, desired: counts[0], running: counts[1], rollout, rolloutReason };
}

function lookProblems(row: StateCase, { o, plan, again }: Look, isFirst: boolean): string[] {
  const pure = JSON.stringify(again) === JSON.stringify(plan);
  const outcome = outcomeOf(plan);
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

function outcomeOf(plan: Plan): Outcome {
  const own = plan.actions.find((action) => 'stack' in action && action.stack === POOL);
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
  const raised = counts.find((action) => action.service === POOL && action.to > action.from);
  return [
    ...(row.intent === 'suspend' && actions.length > 0 ? ['acts although it is suspended'] : []),
    ...(unexplained.length > 0 ? ['an action has no reason or no evidence'] : []),
    ...(disruptive.length > 1 ? [`${disruptive.length} disruptive actions in one pass`] : []),
    ...(row.leased && counts.some(lowers) ? ['lowers a count under a live lease'] : []),
    ...(service.state !== 'ACTIVE' && counts.some((action) => action.service === POOL)
      ? [`sets a count of a service that is ${service.state}`]
      : []),
    ...(row.intent === 'grow' && row.stack === 'CREATE_COMPLETE' && service.state === 'ACTIVE' && !raised
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
  const wanted = !(row.intent === 'remove' || row.intent === 'delete');
  const falselyReady = ready?.status === 'True' && wanted && row.intent !== 'suspend' && broken && !rolledBack;
  const cleanup = row.stack.includes('CLEANUP');
  return [
    ...(parsed.ok ? [] : [`its status is not valid: ${parsed.problems[0]?.message}`]),
    ...(silent ? ['not Ready, without a reason'] : []),
    ...(falselyReady && !cleanup ? [`Ready although the stack is ${row.stack}`] : []),
  ];
}

export const stateName = ({ stack, service, intent, leased }: StateCase) =>
  `${stack} × ${service} × ${intent}${leased ? ' × leased' : ''}`;
