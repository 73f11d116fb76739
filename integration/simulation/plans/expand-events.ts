/** Class C: events that are lost, late or doubled, and looks that come only when the world has moved on. */
import { EXACT } from '../oracles/summary.ts';
import type { Step } from '../story.ts';
import { instants, spread } from './occurrences.ts';
import type { FaultPlan } from './plan.ts';
import type { Reference } from './reference.ts';

const STORMS: { name: string; storm: Omit<Extract<Step, { do: 'events' }>, 'at' | 'do'> }[] = [
  { name: 'every event is lost, the schedule alone looks', storm: { lost: 1 } },
  { name: 'half of all events are lost', storm: { lost: 0.5 } },
  { name: 'every event comes twice', storm: { twice: 1 } },
  { name: 'events come up to 90 s late, after their successors', storm: { lateMs: 90_000 } },
  {
    name: 'a third of all events is lost, some come twice, all late',
    storm: { lost: 0.3, twice: 0.3, lateMs: 30_000 },
  },
];
const BLIND_MS = [30_000, 120_000, 240_000];
const WINDOWS_MAX = 8;

export function eventPlans(workload: string, reference: Reference): FaultPlan[] {
  const { calmAt, steps } = reference.story;
  // Who looks rarely never sees what was wanted in between.
  const tolerance = { more: ['grown', 'shrunk'], fewer: EXACT, taskSeconds: 3_600 };
  const last = steps.at(-1)?.at ?? 0;
  // What nobody has seen before it was lost again is no cluster yet: the slow schedule looks four times an hour.
  const isUnseen = (storm: { lost?: number }, at: number) =>
    storm.lost === 1 && at === 0 && steps.some((step) => step.do === 'lose');
  const storms = STORMS.flatMap(({ name, storm }) =>
    [...new Set([0, spread(steps, 2)[1]?.at ?? last])]
      .filter((at) => !isUnseen(storm, at))
      .map(
        (at): FaultPlan => ({
          class: 'C',
          title: `${name}, from ${Math.round(at / 1_000)} s on`,
          workload,
          // Lost for good: no calm gives back what was dropped.
          steps: [{ at, do: 'events', ...storm }],
          calmAt: calmAt + 60_000,
          tolerance,
        }),
      ),
  );
  const blind = spread(instants(reference), WINDOWS_MAX).flatMap((from) =>
    BLIND_MS.map(
      (ms): FaultPlan => ({
        class: 'C',
        title: `nobody looks for ${ms / 1_000} s after the change at ${Math.round(from / 1_000)} s`,
        workload,
        faults: [{ point: 'documents.list', kind: 'unavailable', from, until: from + ms, times: null }],
        calmAt: Math.max(calmAt, from + ms + 60_000),
        tolerance,
      }),
    ),
  );
  return [...storms, ...blind];
}
