/** Classes A and K: the invocation ends at every call that changes something, and at every kind of call that only reads; clocks jump; versions change. */
import { EXACT } from '../oracles/summary.ts';
import { occurrences, READS, spread, WRITES } from './occurrences.ts';
import type { FaultPlan } from './plan.ts';
import type { Reference } from './reference.ts';

/** Of the status writes and lock calls, which come at every pass. */
const EACH_MAX = 8;
const TRY = ['stack.create', 'stack.delete', 'stack.update', 'stack.cancel', 'grown', 'shrunk'];

export function crashPlans(workload: string, reference: Reference): FaultPlan[] {
  return occurrences(reference, WRITES, EACH_MAX).flatMap(({ point, skip }) => {
    const nth = `${point} number ${skip + 1}`;
    const plan = (title: string, fault: FaultPlan['faults']): FaultPlan => ({
      class: 'A',
      title,
      workload,
      ...(fault && { faults: fault }),
    });
    return [
      { ...plan(`a crash before ${nth}`, [{ point, kind: 'crash', skip }]), ...laterBy(point, skip) },
      plan(`a crash after ${nth} took effect, before its answer`, [{ point, kind: 'crash-after', skip }]),
      ...(point.startsWith('documents.')
        ? []
        : [
            plan(`a crash after the answer to ${nth}, before status`, [
              { point, kind: 'pause', skip, ms: 1 },
              { point: 'documents.write:status', kind: 'crash', skip: statusWritesBefore(reference, point, skip) },
            ]),
          ]),
    ];
  });
}

/** Lambda tries again a minute later: what would have been two updates of a stack by then may be one. */
const laterBy = (point: string, skip: number): Pick<FaultPlan, 'tolerance'> =>
  point === 'stacks.create' && skip === 0 ? { tolerance: { fewer: ['stack.update'] } } : {};

function statusWritesBefore(reference: Reference, point: string, skip: number): number {
  let left = skip;
  const index = reference.calls.findIndex((call) => call.point === point && left-- === 0);
  return reference.calls.slice(0, index).filter((call) => call.point === 'documents.write:status').length;
}

export function runtimePlans(workload: string, reference: Reference): FaultPlan[] {
  const { steps, calmAt } = reference.story;
  const reads = spread(occurrences(reference, READS), 12);
  const begun = steps[0]?.at ?? 0;
  const deploys = [begun + 5_000, Math.round(calmAt / 2)];
  return [
    ...reads.map(
      ({ point, skip }): FaultPlan => ({
        class: 'K',
        title: `the invocation ends at ${point} number ${skip + 1}`,
        workload,
        faults: [{ point, kind: 'crash', skip }],
      }),
    ),
    ...[-4_000, 4_000].map(
      (skewMs): FaultPlan => ({
        class: 'K',
        title: `the reconciler's clock jumps by ${skewMs / 1_000} s`,
        workload,
        steps: [
          { at: begun + 20_000, do: 'clock', skewMs },
          { at: calmAt - 1_000, do: 'clock', skewMs: 0 },
        ],
      }),
    ),
    ...deploys.map(
      (at): FaultPlan => ({
        class: 'K',
        title: 'another version of the reconciler takes over',
        workload,
        steps: [{ at, do: 'deploy', version: '1.1.0' }],
      }),
    ),
    {
      class: 'K',
      title: 'every call takes seconds, and invocations run out of time',
      workload,
      latencyMs: [500, 8_000],
      // Until the calm a pass may never get to its end: what was wanted in between is never seen.
      tolerance: { more: TRY, fewer: EXACT, taskSeconds: 1_800 },
    },
  ];
}
