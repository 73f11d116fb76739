/** A document that is missing, empty, invalid or unreadable takes nothing away, and not its workers either. */
import { parseOwnedName } from '../../../templates/names.ts';
import { INSTALLATION } from '../foundation.ts';
import type { History, Mutation } from '../history.ts';
import { freshOf, isShrink, passOf } from './passes.ts';
import { clusterOf, latestStatus, oracle, specInForce, workersOf } from './sight.ts';

export const absenceShrinksNothing = oracle(
  'S5-scale',
  'A pass that could not read cluster.json lowers no count; one that found no valid document takes no pool below what the last valid one asks.',
  'mutations',
  (_, history) =>
    freshOf(history, isShrink).flatMap((mutation) => {
      const { target, before, after } = mutation;
      const { calls, listedAt } = passOf(history, mutation);
      const read = calls.findLast(({ point }) => point === 'documents.read:cluster');
      if (read?.outcome === 'failed')
        return [`${target} went from ${before} to ${after} although cluster.json could not be read: ${read.error}`];
      const asked = askedOf(history, mutation, listedAt);
      return Number(after) < asked
        ? [`${target} went from ${before} to ${after} without a valid cluster.json; the last one asks for ${asked}`]
        : [];
    }),
);

/** What the last valid document asks of a pool, where the newest is none; zero where anything else may take it. */
function askedOf(history: History, mutation: Mutation, listedAt: number): number {
  const { cluster, target, revisionSeen, at } = mutation;
  const newest = history.documents.findLast((version) => version.cluster === cluster && version.at <= listedAt);
  const pool = parseOwnedName(INSTALLATION, target)?.pool;
  if (!newest || clusterOf(newest) || pool === undefined) return 0;
  const spec = specInForce(history, cluster, revisionSeen);
  const wanted = spec?.pools[pool];
  const status = latestStatus(history, cluster)?.status;
  const isLimited = spec && Object.keys(spec.budget).length > 0;
  // A new shape that waited for a build takes its workers' turn; those that never came are nobody's loss.
  const isRolled = status?.pools[pool]?.rolledFrom !== undefined || workersOf(history, cluster, pool, at).length === 0;
  if (!wanted || spec.delete || status?.asleep || isLimited || isRolled) return 0;
  return Math.min(wanted.workers, wanted.workersMax);
}
