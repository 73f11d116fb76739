/** Which capacity provider each new task gets: bases first, then whoever is furthest below its weight. */
import type { EcsContext } from './context.ts';
import type { DeploymentRecord, ServiceRecord, StrategyItem } from './state.ts';

/** One entry for each task; undefined for the launch type. */
export function chooseProviders(
  context: EcsContext,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  count: number,
): (string | undefined)[] {
  const { strategy } = deployment.revision;
  const counts = new Map(strategy.map((item) => [item.capacityProvider, 0]));
  for (const task of context.live.of(service)) {
    const isCounted = task.deploymentId === deployment.id && task.desiredStatus === 'RUNNING';
    if (isCounted && task.capacityProvider !== undefined) add(counts, task.capacityProvider);
  }
  return Array.from({ length: count }, () => {
    const chosen = nextProvider(strategy, counts);
    if (chosen !== undefined) add(counts, chosen);
    return chosen;
  });
}

/** @param counts tasks that each provider has already */
export function nextProvider(strategy: StrategyItem[], counts: Map<string, number>): string | undefined {
  const have = (item: StrategyItem) => counts.get(item.capacityProvider) ?? 0;
  const short = strategy.find((item) => have(item) < item.base);
  if (short) return short.capacityProvider;
  const weighted = strategy.filter((item) => item.weight > 0);
  const load = (item: StrategyItem) => (have(item) - item.base) / item.weight;
  return weighted.sort((a, b) => load(a) - load(b))[0]?.capacityProvider;
}

const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
