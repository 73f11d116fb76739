/** Classes F and I: conditional writes that are lost, doubled or beaten, and invocations that overlap, stand still and go on. */
import type { CallFaultKind, Step } from '../story.ts';
import { MUTATIONS, occurrences } from './occurrences.ts';
import type { FaultPlan } from './plan.ts';
import type { Reference } from './reference.ts';

const CONDITIONAL = /^documents\.(write|remove):(status|lock)$/;
const OUTCOMES: CallFaultKind[] = ['conflict', 'lost', 'lost-5xx', 'timeout', 'late'];
const EACH_MAX = 6;

/** Each conditional write of the reconciler × each thing that can become of it. */
export function writePlans(workload: string, reference: Reference): FaultPlan[] {
  return occurrences(reference, CONDITIONAL, EACH_MAX).flatMap(({ point, skip }) =>
    OUTCOMES.map(
      (kind): FaultPlan => ({
        class: 'F',
        title: `${point} number ${skip + 1}: ${kind}`,
        workload,
        faults: [{ point, kind, skip, ...(kind === 'late' && { ms: 5_000 }) }],
        tolerance: { more: ['grown'], taskSeconds: 600 },
      }),
    ),
  );
}

const PAUSES_MS = [3_000, 30_000, 150_000];

/** The call of a change stands still while others look and act; the last pause outlives the invocation and its lock. */
export function overlapPlans(workload: string, reference: Reference): FaultPlan[] {
  return occurrences(reference, MUTATIONS).flatMap(({ point, skip, at }) =>
    PAUSES_MS.map((ms): FaultPlan => {
      const looks: Step[] = [500, 2_000, ms / 2, ms - 500].map((after) => ({
        at: Math.round(at + after),
        do: 'invoke',
        by: 'document',
      }));
      return {
        class: 'I',
        title: `${point} number ${skip + 1} stands still for ${ms / 1_000} s while others look`,
        workload,
        faults: [{ point, kind: 'pause', skip, ms }],
        steps: looks,
        calmAt: Math.max(reference.story.calmAt, at + ms + 60_000),
        tolerance: { more: ['grown', 'shrunk'], taskSeconds: 1_800 },
      };
    }),
  );
}
