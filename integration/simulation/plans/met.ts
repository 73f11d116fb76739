/** Whether what goes wrong in a plan met anything at all: a plan that nothing meets proves nothing by its silence. */
import type { History } from '../history.ts';
import type { Step, Story } from '../story.ts';

/** Faults of calls and stacks count where there are any, else the hands that are not the workload's. A story that goes well has met all that it has. */
export function isMet({ hits }: Pick<History, 'hits'>, story: Story, hands: readonly Step[] = []): boolean {
  const faults = [...story.faults, ...(story.stackFaults ?? [])];
  const wrong = faults.length > 0 ? faults : hands;
  return wrong.length === 0 || wrong.some((one) => hits.has(one));
}
