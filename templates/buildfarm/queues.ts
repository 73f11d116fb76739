/** Buildfarm's queues: one for each pool, the first that fits an action takes it. */
import type { Pool } from '../../config-schema/documents.ts';

interface Property {
  name: string;
  value: string;
}

export interface Queue {
  name: string;
  /** Properties of an action that the queue does not name do not matter. */
  allowUnmatched: true;
  /** What an action must ask for. */
  properties: Property[];
  pool: string;
}

/** A pool's name has no double dash. */
const SEPARATOR = '--';

/**
 * An action goes to the pool that it names (`Pool`), else to the first whose architecture it asks for (`Arch`), else to the pool
 * `default`, or the first by name where there is none of that name. Names decide the order, so that the order in the document doesn't.
 */
export function queuesOf(pools: Record<string, Pool>): Queue[] {
  const names = Object.keys(pools).sort();
  const last = names.includes('default') ? 'default' : names[0];
  if (last === undefined) return [];
  const queue = (pool: string, name: string, properties: Property[]): Queue => ({
    name,
    allowUnmatched: true,
    properties,
    pool,
  });
  const others = names.filter((name) => name !== last);
  const asking = (name: string, property: string): Property[] =>
    queueProperties(name, pools[name] as Pool).filter((offered) => offered.name === property);
  const strange = others.find((name) => pools[name]?.architecture !== pools[last]?.architecture);
  return [
    ...others.map((name) => queue(name, name, asking(name, 'Pool'))),
    ...(strange === undefined ? [] : [queue(strange, `${strange}${SEPARATOR}arch`, asking(strange, 'Arch'))]),
    queue(last, last, []),
  ];
}

/** The pool that a queue of that name belongs to. */
export const poolOfQueue = (queue: string): string => queue.split(SEPARATOR)[0] ?? queue;

/**
 * What a worker says to take from these queues: each property that they ask for, and `*` beside it. Buildfarm's worker puts back for
 * ever what asks for another value of a property that it names (DequeueMatchEvaluator, 2.11 to 2.17); what is in its queues is for it.
 */
export const takenFrom = (queues: Queue[]): Property[] =>
  queues.flatMap(({ properties }) => properties.flatMap((asked) => [{ ...asked }, { ...asked, value: '*' }]));

/** What the workers of a pool offer: what its platform says, and of what it doesn't the same as bbf's own engine. */
function queueProperties(name: string, pool: Pool): Property[] {
  const offered = { OSFamily: 'linux', Arch: pool.architecture, Pool: name, ...pool.platform };
  return Object.entries(offered).map(([property, value]) => ({ name: property, value }));
}
