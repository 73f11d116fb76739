/** Where in a reference run faults can strike: calls by point, and the instants at which something was changed. */
import type { Reference } from './reference.ts';

interface Occurrence {
  point: string;
  /** How many calls of that point came before it. */
  skip: number;
  at: number;
}

/** Every call of a point that matches, up to `most` for each point. */
export function occurrences(reference: Reference, points: RegExp, most = Number.POSITIVE_INFINITY): Occurrence[] {
  const counts = new Map<string, number>();
  return reference.calls.flatMap(({ point, at }) => {
    if (!points.test(point)) return [];
    const skip = counts.get(point) ?? 0;
    counts.set(point, skip + 1);
    return skip < most ? [{ point, skip, at }] : [];
  });
}

/** Calls that change something: stacks, counts, the schedule, status, lock. */
export const WRITES =
  /^(stacks\.(create|update|remove|cancelUpdate|continueRollback|rollback)|services\.setDesiredCount|schedule\.setFast|documents\.(write|remove):(status|lock|lease|activity))$/;
/** Calls that change stacks or counts. */
export const MUTATIONS =
  /^(stacks\.(create|update|remove|cancelUpdate|continueRollback|rollback)|services\.setDesiredCount)$/;
export const READS = /^(documents\.(list|read:.+|readRevision|revisions)|services\.describe|stacks\.(read|list))$/;

/** Evenly spread over all, so that a bounded part of a long list still reaches its end. */
export function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)] as T);
}

/** Instants at which the reconciler changed a stack or a count, a second apart at least. */
export function instants(reference: Reference): number[] {
  const times: number[] = [];
  for (const { at } of reference.mutations) if (at - (times.at(-1) ?? Number.NEGATIVE_INFINITY) > 1_000) times.push(at);
  return times;
}
