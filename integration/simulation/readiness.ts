/** Whether a build may start by the status as it is now, in the words of `bbf build` itself. */
import { judgeReadiness } from '../../cli/bazel/readiness.ts';
import type { SimulatedWorld } from './world.ts';

type Readiness = { verdict: 'ready' | 'waiting' | 'hopeless'; why: string };

/** `why` is the server's endpoint when ready, else what is missing. */
export function readinessOf(
  world: SimulatedWorld,
  cluster: string,
  pool: string,
  workers: number,
  leaseId: string,
): Readiness {
  const verdict = judgeReadiness({ cluster, pool, workers, leaseId }, world.status(cluster));
  if (verdict.state === 'done') return { verdict: 'ready', why: verdict.value };
  if (verdict.state === 'stuck') return { verdict: 'hopeless', why: verdict.failure.message };
  return { verdict: 'waiting', why: verdict.lines.map((line) => line.text).join('; ') };
}
