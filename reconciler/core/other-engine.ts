/** What an edit from bbf's own farm to Buildfarm, or back, may do to pools before it reaches the server. */
import { engineOf } from '../../templates/engine.ts';
import type { Observation } from './observation.ts';
import type { Situation } from './situation.ts';
import type { StackStep } from './stack-step.ts';

/**
 * A pool goes over to another engine with the server, and not before: that waits for builds, which use the one that it has, and the next
 * workers of a pool that is at zero, and so would be updated at once, could not register with it.
 */
export function afterServer(o: Observation, s: Situation, server: StackStep, step: StackStep): StackStep {
  const changes = step.state === 'act' && step.action.type === 'UpdateStack' && step.action.reason === 'ShapeChanged';
  const serverWaits = server.state === 'waiting' && server.reason === 'UpdateWaits';
  if (!changes || !serverWaits || !isOfOtherEngine(o, s)) return step;
  const message = `stack ${step.action.stack} is updated with the server, which has another engine yet`;
  return { state: 'waiting', reason: 'UpdateWaits', message };
}

/** A server runs that speaks with other workers than the document asks for: Buildfarm’s has queues (`server.pools` in status), bbf’s own none. */
function isOfOtherEngine(o: Observation, { previous, server, spec }: Situation): boolean {
  const wantsQueues = engineOf(spec.engine, o.defaultEngine).companions !== undefined;
  const runs = server.desired > 0 || server.running > 0;
  return runs && previous !== null && (previous.server.pools !== undefined) !== wantsQueues;
}
