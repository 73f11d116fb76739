/** `bbf teardown`: everything that `bbf setup` and the reconciler made, in the order in which it can go. */
import { foundationStackName } from '../../templates/names.ts';
import { awaitForgotten, bury } from '../cluster/delete.ts';
import type { Call, Program } from '../command.ts';
import { confirm } from '../confirm.ts';
import { listClusters } from '../context/cluster.ts';
import { readConfig, writeConfig } from '../context/config.ts';
import { type Installation, openInstallation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { durationFlag } from '../quantities.ts';
import { removeBucket } from './empty-bucket.ts';

export async function teardown(call: Call, program: Program): Promise<number> {
  const timeoutMs = durationFlag(call, 'timeout', '30m');
  const installation = await openInstallation(program.settings, call.text('context'));
  const { contextName, context, access } = installation;
  const withData = call.has('delete-data');
  const clusters = await listClusters(installation);
  const what = `this removes installation ${context.installation} of context ${contextName}, its clusters (${clusters.join(', ') || 'none'})${withData ? ` and all data in ${context.bucket}` : ''}`;
  await confirm(program, call.has('yes'), what, 'bbf teardown');
  await deleteClusters(installation, clusters, timeoutMs, program);
  const { openStacks } = await import('../aws/stacks.ts');
  const { removeStack } = await import('../aws/stack-operations.ts');
  const stacks = openStacks(access);
  await removeStack(stacks, foundationStackName(context.installation), program);
  if (withData) await removeBucket(access, context.bucket);
  await forgetContext(contextName, program);
  const left = await stacks.names(`${context.installation}--`);
  inventory(context.bucket, withData, clusters, left, program);
  return 0;
}

/** All tombstones first, so that the clusters go side by side. */
async function deleteClusters(
  installation: Installation,
  clusters: readonly string[],
  timeoutMs: number,
  program: Program,
): Promise<void> {
  for (const cluster of clusters) await bury(installation, cluster, program);
  for (const cluster of clusters) await awaitForgotten(installation, cluster, timeoutMs, program);
}

async function forgetContext(contextName: string, { settings }: Program): Promise<void> {
  const { current, contexts } = await readConfig(settings);
  const { [contextName]: _, ...others } = contexts;
  await writeConfig(settings, { current: current === contextName ? undefined : current, contexts: others });
}

/** What is gone and what is still there; a stack that is still there costs money, so it is a failure. */
function inventory(
  bucket: string,
  withData: boolean,
  clusters: readonly string[],
  left: readonly string[],
  { terminal }: Program,
): void {
  const lines = [
    `clusters deleted: ${clusters.join(', ') || 'none'}`,
    'foundation deleted',
    withData ? `bucket ${bucket} deleted` : `bucket ${bucket} kept, with its documents (--delete-data removes it)`,
  ];
  for (const line of lines) terminal.result.write(`${line}\n`);
  if (left.length > 0)
    throw new Failure('configuration', `stacks of this installation are still there: ${left.join(', ')}`, {
      next: `aws cloudformation delete-stack --stack-name ${left[0]}`,
    });
}
