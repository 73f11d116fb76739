/** The two zones that the foundation's own network is made in: Fargate is not in all of a region's. */
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { AwsAccess } from '../aws/access.ts';
import { askEc2, itemsOf } from '../aws/ec2.ts';
import { isUnmade } from '../aws/stack-proposal.ts';

export interface Zone {
  zoneName: string;
  /** The same place in every account, which names are not. */
  zoneId: string;
  zoneState: string;
  zoneType: string;
}

/** ECS developer guide, "Supported Regions for Amazon ECS on AWS Fargate", Linux, November 2026: those that an "only" leaves out. */
export const WITHOUT_FARGATE: ReadonlySet<string> = new Set(['usw1-az2', 'apne1-az3']);
/** The same guide, "Working with 64-bit ARM workloads on Amazon ECS" (2022): taken only where nothing else is left, as it may be out of date. */
const WITHOUT_ARM = new Set(['use1-az3', 'apne3-az2', 'apne3-az3']);

/** Names; undefined: a stack that stands keeps its own, as subnets in other zones are other subnets. */
export async function zonesOfNew(access: AwsAccess, before: Stack | undefined): Promise<[string, string] | undefined> {
  if (before !== undefined && !isUnmade(before)) return undefined;
  const answer = { ...(await askEc2(access, 'DescribeAvailabilityZones', {})) };
  return chosenZones(itemsOf<Zone>(answer, 'availabilityZoneInfo'));
}

/** The first two by name, one of them twice where there is no other; undefined where there is none at all. */
export function chosenZones(zones: readonly Zone[]): [string, string] | undefined {
  const usable = zones
    .filter(({ zoneState, zoneType }) => zoneState === 'available' && zoneType === 'availability-zone')
    .filter(({ zoneId }) => !WITHOUT_FARGATE.has(zoneId))
    .sort((a, b) => (a.zoneName < b.zoneName ? -1 : 1));
  const best = usable.filter(({ zoneId }) => !WITHOUT_ARM.has(zoneId));
  const [first, second = first] = [...new Set([...best, ...usable])].map(({ zoneName }) => zoneName);
  return first === undefined || second === undefined ? undefined : [first, second];
}
