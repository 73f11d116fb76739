/** Makes steps of stacks' resources fail as a story's stack faults say. */
import type { BeforeResource } from '../../local/cloud/cloudformation/engine.ts';
import { poolStackName, serverStackName } from '../../templates/names.ts';
import { INSTALLATION } from './foundation.ts';
import { DEFAULT_CLUSTER, type StackFault, type Story } from './story.ts';

export function stackFaultsOf(
  story: Story,
  elapsed: () => number,
  isCalm: () => boolean,
  hits: Set<object>,
): BeforeResource {
  const faults = (story.stackFaults ?? []).map((fault) => ({ fault, hits: 0, stack: stackOf(fault) }));
  return (stackName, logicalId, operation) => {
    const now = elapsed();
    const hit = faults.find(
      ({ fault, hits, stack }) =>
        stack === stackName &&
        fault.operation === operation &&
        (fault.resource ?? logicalId) === logicalId &&
        now >= (fault.from ?? 0) &&
        now <= (fault.until ?? Number.POSITIVE_INFINITY) &&
        (fault.lasting === true || !isCalm()) &&
        hits < (fault.times === null ? Number.POSITIVE_INFINITY : (fault.times ?? 1)),
    );
    if (!hit) return undefined;
    hit.hits += 1;
    hits.add(hit.fault);
    return hit.fault.reason ?? `the story lets the ${operation} of ${logicalId} fail`;
  };
}

function stackOf({ part, cluster = DEFAULT_CLUSTER }: StackFault): string {
  return part === 'server' ? serverStackName(INSTALLATION, cluster) : poolStackName(INSTALLATION, cluster, part);
}
