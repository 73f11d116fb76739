/** Class J: people change by hand what bbf made, in peace and in the middle of its work. */
import type { Step } from '../story.ts';
import { instants, spread } from './occurrences.ts';
import type { FaultPlan } from './plan.ts';
import type { Reference } from './reference.ts';

/** `laterMs`: after a change, so that AWS is done with it and does not refuse. `noticedMs`: how long nothing may show it, as services are read in each pass and stacks that look right each ten minutes. */
type Hand = { name: string; steps(at: number): Step[]; laterMs?: number; noticedMs?: number };

const ANY = [
  'stack.create',
  'stack.delete',
  'stack.update',
  'stack.cancel',
  'stack.rollback',
  'stack.continue',
  'grown',
  'shrunk',
];
/** What somebody deletes, or brings to where it shall be, bbf need not. */
const DONE_BY_HAND = ['stack.delete', 'stack.update'];
const parts = ['server', 'default'];
const HANDS: Hand[] = parts.flatMap((part): Hand[] => [
  { name: `somebody sets ${part} to 0`, steps: (at) => [{ at, do: 'scale', part, count: 0 }] },
  { name: `somebody sets ${part} to 5`, steps: (at) => [{ at, do: 'scale', part, count: 5 }] },
  { name: `somebody deletes the service of ${part}`, steps: (at) => [{ at, do: 'deleteService', part }] },
  { name: `somebody deletes the stack of ${part}`, steps: (at) => [{ at, do: 'deleteStack', part }] },
  { name: `somebody deregisters the task definition of ${part}`, steps: (at) => [{ at, do: 'deregister', part }] },
  {
    name: `somebody updates the stack of ${part} with other parameters`,
    laterMs: 25_000,
    steps: (at) => [{ at, do: 'updateStack', part, parameters: { Cpu: '2048', MemoryMiB: '16384' } }],
  },
  {
    name: `somebody updates the stack of ${part} with another template`,
    laterMs: 25_000,
    steps: (at) => [
      { at, do: 'updateStack', part, properties: { TaskDefinition: { EphemeralStorage: { SizeInGiB: 77 } } } },
    ],
  },
  {
    name: `somebody edits the tags of the stack of ${part}`,
    laterMs: 25_000,
    steps: (at) => [{ at, do: 'editTags', part, tags: { 'bbf:cluster': null, owner: 'somebody' } }],
    noticedMs: 660_000,
  },
  { name: `all tasks of ${part} die`, steps: (at) => [{ at, do: 'kill', part, count: 9 }] },
  { name: `AWS takes a Spot task of ${part}`, steps: (at) => [{ at, do: 'interrupt', part, count: 1 }] },
  {
    name: `${part} finds no capacity for two minutes`,
    steps: (at) => [
      { at, do: 'placement', part, reason: 'Capacity is unavailable at this time' },
      { at: at + 120_000, do: 'placement', part, reason: null },
    ],
  },
]);
const MOMENTS_MAX = 3;

/** Each hand at moments of change and, last, in peace. */
export function driftPlans(workload: string, reference: Reference): FaultPlan[] {
  const { calmAt } = reference.story;
  const moments = [...spread(instants(reference), MOMENTS_MAX), calmAt];
  return HANDS.flatMap(({ name, steps, laterMs = 500, noticedMs = 0 }) =>
    moments.map(
      (at): FaultPlan => ({
        class: 'J',
        title: `${name} at ${Math.round(at / 1_000)} s`,
        workload,
        steps: steps(at + laterMs),
        calmAt: Math.max(calmAt, at) + 180_000 + noticedMs,
        tolerance: { more: ANY, fewer: DONE_BY_HAND, taskSeconds: 5_400, serverKept: true },
      }),
    ),
  );
}

const OPERATIONS = ['create', 'update', 'delete', 'restore'] as const;

/** A step of a stack's resource fails: once, twice, or as long as the storm lasts. */
export function stackFaultPlans(workload: string, reference: Reference): FaultPlan[] {
  const used = new Set(reference.mutations.map((mutation) => mutation.kind));
  const wanted = OPERATIONS.filter((operation) =>
    operation === 'restore' ? used.has('stack.update') : used.has(`stack.${operation}`),
  );
  return wanted.flatMap((operation) =>
    parts.flatMap((part) =>
      ([1, 2] as const).map(
        (times): FaultPlan => ({
          class: 'J',
          title: `the ${operation} of the service of ${part} fails ${times} times`,
          workload,
          stackFaults: [
            { part, resource: 'Service', operation, times },
            // Only a failed update is restored.
            ...(operation === 'restore'
              ? [{ part, resource: 'Service' as const, operation: 'update' as const, times: 1 }]
              : []),
          ],
          calmAt: reference.story.calmAt + 120_000,
          tolerance: { more: ANY, taskSeconds: 3_600 },
        }),
      ),
    ),
  );
}
