/** Draws the faults of a story: single ones at chosen calls, and weather that lasts a while. */
import type { Draw } from './draw.ts';
import type { CallFault, CallFaultKind, StackFault } from './story.ts';

const READS = ['documents.list', 'documents.read*', 'services.describe', 'stacks.read', 'stacks.list'];
const WRITES = [
  ...['documents.write:status', 'documents.write:lock', 'documents.remove:lock', 'documents.remove*'],
  ...['stacks.create', 'stacks.update', 'stacks.remove', 'services.setDesiredCount', 'schedule.setFast'],
];
const CONSISTENT_IN_THE_END = ['stacks.read', 'services.describe'];

const ERRORS: CallFaultKind[] = ['throttled', 'unavailable', 'denied', 'timeout'];

export function faultsOf(draw: Draw, calmAt: number): CallFault[] {
  if (draw.chance(0.15)) return [];
  return [...single(draw, calmAt), ...weather(draw, calmAt)];
}

/** Faults that hit one call, or a few in a row. */
function single(draw: Draw, calmAt: number): CallFault[] {
  return Array.from({ length: draw.int(0, 8) }, () => {
    const from = draw.int(0, calmAt);
    const hit = draw.weighted<Pick<CallFault, 'point' | 'kind' | 'ms'>>([
      [3, { point: draw.pick([...WRITES, '*']), kind: draw.pick(['crash', 'crash-after']) }],
      [2, { point: draw.pick(WRITES), kind: draw.pick(['lost', 'lost-5xx', 'timeout', 'unavailable']) }],
      [1, { point: draw.pick(WRITES), kind: 'conflict' }],
      [1, { point: draw.pick(WRITES), kind: 'late', ms: draw.int(100, 8_000) }],
      [2, { point: draw.pick([...WRITES, ...READS]), kind: 'pause', ms: draw.int(1, 150) * 1_000 }],
      [2, { point: draw.pick(READS), kind: draw.pick([...ERRORS, 'truncated']) }],
      [2, { point: draw.pick(CONSISTENT_IN_THE_END), kind: 'stale', ms: draw.int(1, 20) * 1_000 }],
      [1, { point: 'stacks.read', kind: draw.pick(['phantom-absence', 'phantom-presence']) }],
    ]);
    return {
      ...hit,
      from,
      skip: draw.int(0, 5),
      times: draw.weighted([
        [6, 1],
        [2, 3],
        [1, 10],
      ]),
    };
  });
}

/** In a tenth of all stories listings of stacks answer with the past: they decide on what is left and what is forgotten. */
export function oldInventories(draw: Draw, calmAt: number): CallFault[] {
  if (!draw.chance(0.1)) return [];
  return [{ point: 'stacks.list', kind: 'stale', ms: draw.int(2, 60) * 1_000, until: calmAt, times: null }];
}

/** A share of all calls fails for some minutes. */
function weather(draw: Draw, calmAt: number): CallFault[] {
  return Array.from(
    {
      length: draw.weighted([
        [5, 0],
        [3, 1],
        [1, 3],
      ]),
    },
    () => {
      const from = draw.int(0, calmAt);
      return {
        point: draw.pick(['*', ...READS, ...WRITES, 'documents.*', 'stacks.*']),
        kind: draw.pick([...ERRORS, 'crash', 'lost', 'pause']),
        from,
        until: from + draw.int(10, 600) * 1_000,
        times: null,
        rate: draw.pick([0.02, 0.1, 0.3, 1]),
        ms: draw.int(1, 30) * 1_000,
      };
    },
  );
}

export function stackFaultsOf(draw: Draw, pools: string[], calmAt: number): StackFault[] {
  if (draw.chance(0.6)) return [];
  return Array.from({ length: draw.int(1, 3) }, () => ({
    part: draw.pick(['server', ...pools]),
    operation: draw.pick(['create', 'update', 'delete', 'restore'] as const),
    ...(draw.chance(0.5) && { resource: draw.pick(['TaskDefinition', 'Service'] as const) }),
    from: draw.int(0, calmAt),
    times: draw.weighted([
      [5, 1],
      [2, 2],
      [1, 4],
    ]),
  }));
}
