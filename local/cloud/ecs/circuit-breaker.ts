/** How many failed tasks in a row fail a deployment (developer guide, "deployment circuit breaker"). */
import type { DeploymentConfiguration } from './state.ts';

const LEAST = 3;
const MOST = 200;
const DEFAULT_PERCENT = 50;

type Breaker = DeploymentConfiguration['deploymentCircuitBreaker'];

export function breakerThreshold(breaker: Breaker, desiredCount: number): number {
  const { type = 'BOUNDED_PERCENT', value = DEFAULT_PERCENT } = breaker.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((desiredCount * value) / 100);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(MOST, Math.max(LEAST, share));
}
