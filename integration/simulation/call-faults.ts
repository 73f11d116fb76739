/** Chooses the fault, if any, that a call meets: the first of the story's whose point, window and count fit. */
import type { CallFault } from './story.ts';
import type { SimulatedWorld } from './world.ts';

export interface CallFaults {
  hit(point: string): CallFault | undefined;
}

export function callFaultsOf(
  world: Pick<SimulatedWorld, 'story' | 'now' | 'begunAt' | 'chance' | 'isCalm'>,
): CallFaults {
  const all = world.story.faults.map((fault) => ({ fault, passed: 0, hits: 0, fits: matcher(fault.point) }));
  return {
    hit(point) {
      if (all.length === 0) return undefined;
      const elapsed = world.now() - world.begunAt;
      for (const one of all) {
        const { fault } = one;
        if (!one.fits(point) || elapsed < (fault.from ?? 0)) continue;
        if (elapsed > (fault.until ?? Number.POSITIVE_INFINITY) || (world.isCalm() && !fault.lasting)) continue;
        if (one.hits >= (fault.times === null ? Number.POSITIVE_INFINITY : (fault.times ?? 1))) continue;
        if (one.passed < (fault.skip ?? 0)) one.passed += 1;
        else if (fault.rate === undefined || world.chance() < fault.rate) {
          one.hits += 1;
          return fault;
        }
      }
      return undefined;
    },
  };
}

/** `stacks.*` fits every point that begins with `stacks.`; anything else only itself. */
function matcher(pattern: string): (point: string) => boolean {
  if (!pattern.endsWith('*')) return (point) => point === pattern;
  const prefix = pattern.slice(0, -1);
  return (point) => point.startsWith(prefix);
}
