/** What a plan leaves to later passes though no count tells of it: a step of the document that waits. */
import type { Status } from '../../config-schema/documents.ts';
import type { Observation } from '../../reconciler/core/observation.ts';
import { stackWishes } from '../../reconciler/core/shapes.ts';
import { situationOf } from '../../reconciler/core/situation.ts';
import type { StackWish } from '../../reconciler/core/stack-step.ts';
import { stackClass } from '../../reconciler/core/stack-table.ts';
import { hasShape } from '../../templates/shape.ts';
import type { Finding } from '../explain/finding.ts';

/** @param status right after the pass */
export function stepWaits(o: Observation, status: Status, findings: Finding[]): boolean {
  const s = situationOf(o);
  if (s === null || s.spec.suspend) return false;
  const { server, pools } = stackWishes(o, s, false);
  const parts = Object.entries(pools).map(([name, wish]) => ({ wish, waiting: status.pools[name]?.waiting }));
  const left = [{ wish: server, waiting: status.server.waiting }, ...parts];
  const held = findings.some(({ reason }) => reason === 'LeaseHolds');
  return held || left.some(({ wish, waiting }) => waiting !== undefined && !isTold(o, wish, waiting.reason));
}

/** AWS was told all there is to tell: tasks that fail to start, or an update to the very shape that is wanted. */
function isTold(o: Observation, { stack, shape }: StackWish, reason: string): boolean {
  if (reason === 'RolloutFailed') return true;
  const read = o.stacks[stack];
  if (reason !== 'StackBusy' || shape === null || !read?.known || read.value.state === 'absent') return false;
  return stackClass(read.value.status) === 'updating' && hasShape(read.value.hash, shape.hash);
}
