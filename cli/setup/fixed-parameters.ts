/** What the stacks of clusters stand on: CloudFormation changes no export that another stack imports, and rolls all else back with it. */
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { StackWish } from '../aws/change-sets.ts';
import type { Stacks } from '../aws/stacks.ts';
import { Failure } from '../failure.ts';
import { changedParameters } from './changed-parameters.ts';
import { clusterStacks } from './cluster-stacks.ts';

const NETWORK = ['--vpc-id', '--subnet-ids'];

/** Parameters of the foundation that decide values which clusters' stacks import, and the flags that would change them. */
const FIXED: Record<string, string[]> = {
  Bucket: ['--bucket'],
  VpcId: NETWORK,
  SubnetIds: NETWORK,
  AssignPublicIp: NETWORK,
  LogGroup: ['--log-group'],
};

/** @throws Failure (conflict) where one would change under a cluster */
export async function refuseChangeUnderClusters(
  { contextName, context: { installation } }: { contextName: string; context: { installation: string } },
  before: Stack | undefined,
  wish: StackWish,
  stacks: Stacks,
): Promise<void> {
  const changes = changedParameters(before, wish).flatMap(({ name, is, wished }) => {
    const flags = FIXED[name];
    return flags ? [{ flags, text: `${name} is ${is || 'empty'}, not ${wished || 'empty'}` }] : [];
  });
  if (changes.length === 0) return;
  const owned = await clusterStacks(stacks, installation);
  if (owned.length === 0) return;
  const clusters = [...new Set(owned.map(({ cluster }) => cluster))];
  const flags = [...new Set(changes.flatMap((change) => change.flags))].join(', ');
  const deletions = clusters.map((cluster) => `bbf delete ${cluster} --context=${contextName}`).join(' && ');
  const message = `clusters stand on what would change: ${changes.map(({ text }) => text).join(', ')}`;
  throw new Failure('conflict', message, {
    details: [
      `stacks: ${owned.map(({ name }) => name).join(', ')}`,
      'where the old bucket is lost, nothing can drain them: bbf teardown removes them',
    ],
    next: `the same command without ${flags}, and it stays as it is; to change it, ${deletions} first`,
  });
}
