/** The order that resources impose on each other. */
import { invalid } from './errors.ts';

/** Node → what must exist before it. */
export type Graph = Record<string, string[]>;

/** Throws CloudFormation's error when some nodes wait for each other. */
export function refuseCycles(graph: Graph): void {
  const cycle = nodesInCycles(graph);
  if (cycle.length > 0) throw invalid(`Circular dependency between resources: [${cycle.join(', ')}]`);
}

/** Takes away, again and again, what waits for nothing that is left; then what nothing left waits for. */
function nodesInCycles(graph: Graph): string[] {
  let left = Object.keys(graph);
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    const present = new Set(left);
    left = left.filter((node) => (graph[node] ?? []).some((needed) => present.has(needed)));
    const needed = new Set(left.flatMap((node) => graph[node] ?? []));
    left = left.filter((node) => needed.has(node));
  }
  return left;
}

/** The same nodes with every edge turned round: what must be gone before each node goes. */
export function reversed(graph: Graph): Graph {
  const turned: Graph = Object.fromEntries(Object.keys(graph).map((node) => [node, []]));
  for (const [node, needs] of Object.entries(graph)) for (const needed of needs) turned[needed]?.push(node);
  return turned;
}
