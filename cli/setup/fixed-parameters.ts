/** What the stacks of clusters stand on: CloudFormation changes no export that another stack imports, and rolls all else back with it. */
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { StackWish } from '../aws/change-sets.ts';
import type { Stacks } from '../aws/stacks.ts';
import { Failure } from '../failure.ts';
import { clusterStacks } from './cluster-stacks.ts';

/** Parameters of the foundation that decide values which clusters' stacks import. */
const FIXED = ['Bucket', 'VpcId', 'SubnetIds', 'AssignPublicIp', 'LogGroup'];

/** @throws Failure (conflict) where one would change under a cluster */
export async function refuseChangeUnderClusters(
  { contextName, context: { installation } }: { contextName: string; context: { installation: string } },
  before: Stack | undefined,
  wish: StackWish,
  stacks: Stacks,
): Promise<void> {
  const changes = (before?.Parameters ?? []).flatMap(({ ParameterKey: name = '', ParameterValue: is = '' }) => {
    const wished = wish.parameters[name] ?? is;
    return FIXED.includes(name) && wished !== is ? [`${name} is ${is || 'empty'}, not ${wished || 'empty'}`] : [];
  });
  if (changes.length === 0) return;
  const owned = await clusterStacks(stacks, installation);
  if (owned.length === 0) return;
  const clusters = [...new Set(owned.map(({ cluster }) => cluster))];
  const message = `clusters stand on what would change: ${changes.join(', ')}`;
  throw new Failure('conflict', message, {
    details: [
      `stacks: ${owned.map(({ name }) => name).join(', ')}`,
      'where the old bucket is lost, nothing can drain them: bbf teardown removes them',
    ],
    next: `${clusters.map((cluster) => `bbf delete ${cluster} --context=${contextName}`).join(' && ')}, then the same command again`,
  });
}
