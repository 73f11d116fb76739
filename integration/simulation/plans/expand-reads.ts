/** Classes B and D: reads that answer with the past, and calls that AWS refuses, drops or cuts short. */
import { EXACT } from '../oracles/summary.ts';
import type { CallFault, CallFaultKind } from '../story.ts';
import { instants, occurrences } from './occurrences.ts';
import type { FaultPlan } from './plan.ts';
import type { Reference } from './reference.ts';

/** CloudFormation and ECS settle within seconds; a minute is the worst that the model admits. */
const LAGS_MS = [2_000, 10_000, 45_000];

/** For each change of the reference: whoever reads after it sees what was before. Stacks are listed now and then only. */
export function stalePlans(workload: string, reference: Reference): FaultPlan[] {
  const windows = instants(reference).flatMap((at) => LAGS_MS.map((ms) => ({ from: at, until: at + ms, ms })));
  return windows.flatMap(({ from, until, ms }) =>
    (['stacks.read', 'services.describe', 'stacks.list', '*'] as const)
      .filter((point) => point !== 'stacks.list' || isCalled(reference, point, from, until))
      .map(
        (point): FaultPlan => ({
          class: 'B',
          title: `after the change at ${Math.round(from / 1_000)} s, ${point === '*' ? 'every read' : point} answers with ${ms / 1_000} s ago`,
          workload,
          faults: [{ point, kind: 'stale', ms, from, until, times: null }],
          tolerance: { more: ['grown', 'shrunk'], taskSeconds: 600 },
        }),
      ),
  );
}

const isCalled = ({ calls }: Reference, point: string, from: number, until: number) =>
  calls.some((call) => call.point === point && call.at >= from && call.at < until);

/** What has just come is not seen yet, what has just gone is still seen. */
export function phantomPlans(workload: string, reference: Reference): FaultPlan[] {
  const fault = (point: string, kind: CallFaultKind, more: Partial<CallFault>): FaultPlan => ({
    class: 'D',
    title: `${point}: ${kind}${more.times === null ? ' wherever it can be' : ` at call ${(more.skip ?? 0) + 1}`}`,
    workload,
    faults: [{ point, kind, ...more }],
    tolerance: { more: ['grown', 'shrunk'], taskSeconds: 600 },
  });
  return (['stacks.read', 'services.describe'] as const).flatMap((point) => {
    const skips = occurrences(reference, new RegExp(`^${point.replace('.', '\\.')}$`), 6).map(({ skip }) => skip);
    return (['phantom-absence', 'phantom-presence'] as const).flatMap((kind) => [
      fault(point, kind, { times: null }),
      ...skips.map((skip) => fault(point, kind, { skip, times: 3 })),
    ]);
  });
}

const POINTS = [
  'documents.list',
  'documents.read:cluster',
  'documents.read:status',
  'documents.read:activity',
  'documents.read:lease',
  'documents.read:lock',
  'documents.readRevision',
  'documents.revisions',
  'documents.write:status',
  'documents.write:lock',
  'documents.remove:lock',
  'services.describe',
  'services.setDesiredCount',
  'stacks.read',
  'stacks.list',
  'stacks.create',
  'stacks.update',
  'stacks.remove',
  'stacks.cancelUpdate',
  'stacks.continueRollback',
  'stacks.rollback',
  'schedule.isFast',
  'schedule.setFast',
];
const isWrite = (point: string) => /write|remove|set|create|update|cancel|continue|rollback/.test(point);

/** Errors that may last are tried once, three times, and until the calm; those of a bad minute once and three times; the others once. */
const LASTING: readonly CallFaultKind[] = ['throttled', 'denied'];
const A_WHILE: readonly CallFaultKind[] = ['unavailable', 'timeout'];
const timesOf = (kind: CallFaultKind) =>
  LASTING.includes(kind) ? [1, 3, null] : A_WHILE.includes(kind) ? [1, 3] : [1];

/** Each point × each error × how often × in which phase of the workload. */
export function errorPlans(workload: string, reference: Reference): FaultPlan[] {
  const phases = phasesOf(reference);
  return POINTS.flatMap((point) => {
    const when = phases.filter(({ from, until }) => isCalled(reference, point, from, until));
    // The first and the last phase in which it is called: what begins, and what must end well.
    const [first, last] = [when[0], when.at(-1)];
    const chosen = first && last && first !== last ? [first, last] : when;
    return kindsOf(point).flatMap((kind) =>
      timesOf(kind).flatMap((times) => chosen.map((phase) => errorPlan(workload, phase, point, kind, times))),
    );
  });
}

function errorPlan(
  workload: string,
  { name, from }: Phase,
  point: string,
  kind: CallFaultKind,
  times: number | null,
): FaultPlan {
  const more = ['grown', 'shrunk', ...(isWrite(point) ? ['stack.create', 'stack.delete', 'stack.cancel'] : [])];
  return {
    class: 'D',
    title: `${name}: ${point} ${kind} ${times === null ? 'until the calm' : `${times} times`}`,
    workload,
    faults: [{ point, kind, from, times, ...(kind === 'late' && { ms: 20_000 }) }],
    // What is denied is not tried until the calm: a build that was told so has started no server.
    tolerance: {
      more,
      // What fails until the calm hides what was wanted in between; so does what an invocation ends by, and Lambda tries again for minutes.
      ...((times === null || (times > 1 && endsInvocations(point, kind))) && { fewer: EXACT }),
      taskSeconds: taskSecondsOf(point, times),
      ...(kind === 'denied' && { serverKept: true }),
    },
  };
}

const endsInvocations = (point: string, kind: CallFaultKind) => kind === 'denied' && point.startsWith('documents.');

/** While nobody knows what the farm does it counts as busy, and nothing is taken away. */
const taskSecondsOf = (point: string, times: number | null) =>
  point === 'documents.read:activity' && times === null ? 7_200 : 2_400;

/** Passes of other clusters switch it at the same time. */
const isShared = (point: string) => point === 'schedule.setFast';

const kindsOf = (point: string): CallFaultKind[] =>
  isWrite(point)
    ? [
        'throttled',
        'unavailable',
        'denied',
        'timeout',
        'lost',
        'late',
        ...(isShared(point) ? (['conflict'] as const) : []),
      ]
    : ['throttled', 'unavailable', 'denied', 'timeout', 'truncated'];

interface Phase {
  name: string;
  from: number;
  until: number;
}

/** From one step of the workload to the next. */
function phasesOf({ story }: Reference): Phase[] {
  return story.steps.map((step, index) => ({
    name: `after step ${index + 1} (${step.do})`,
    from: step.at,
    until: story.steps[index + 1]?.at ?? Number.POSITIVE_INFINITY,
  }));
}
