/** `bbf teardown`: everything that `bbf setup` and the reconciler made, in the order in which it can go. */
import { foundationStackName } from '../../templates/names.ts';
import type { Stacks } from '../aws/stacks.ts';
import type { Call, Program } from '../command.ts';
import { confirmName } from '../confirm.ts';
import { removeContext } from '../context/config.ts';
import { type Installation, openInstallation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { durationFlag } from '../quantities.ts';
import { clustersLeft, removeClusters, removeWhatIsLeft } from './cluster-removal.ts';
import { removeBucket } from './empty-bucket.ts';
import { refuseOtherBucket } from './installed-bucket.ts';
import { proveNothingLeft } from './inventory.ts';
import { removeLogGroups, removeTaskDefinitions } from './leftovers.ts';
import { installationAt, placeOf, withDataLater } from './place.ts';
import { refuseWhileBusy, runningBuilds } from './running-builds.ts';
import { deletedOnce } from './tag-index.ts';

export async function teardown(call: Call, program: Program): Promise<number> {
  const timeoutMs = durationFlag(call, 'timeout', '30m');
  const { installation, isKnown } = await installationOf(call, program);
  const { context, contextName } = installation;
  const [withData, force] = [call.has('delete-data'), call.has('force')];
  const stacks = (await import('../aws/stacks.ts')).openStacks(installation.access);
  const foundation = await stacks.describe(foundationStackName(context.installation));
  refuseOtherBucket(installation, foundation);
  const found = await clustersLeft(installation);
  const builds = await runningBuilds(installation, found.clusters, program.now());
  if (!force) refuseWhileBusy(builds, call.line, program.now());
  const interrupted = builds.map(
    ({ cluster, holder, purpose }) => `${purpose || 'a build'} of ${holder} on ${cluster}`,
  );
  const what = [
    `this removes installation ${context.installation} of context ${contextName}, its clusters (${found.clusters.join(', ') || 'none'})`,
    ...(withData ? [`all that bbf keeps in ${context.bucket}, and all logs`] : []),
    ...(interrupted.length > 0 ? [`and interrupts ${interrupted.join('; ')}`] : []),
  ].join(', ');
  await confirmName(program, call.has('yes'), what, context.installation, call.line);
  await removeClusters(installation, found, { timeoutMs, force }, program);
  await removeWhatIsLeft(installation, stacks, found, program);
  await removeFoundation(installation, stacks, program);
  const logs = withData ? await removeLogGroups(installation) : [];
  const bucket = withData ? await removeBucket(installation.access, context.bucket, program) : 'kept';
  // Records that cost nothing, and the slowest to go: the last.
  const definitions = await removeTaskDefinitions(installation, program);
  // What a teardown that was broken off has left is a context, or a bucket, or logs.
  const wasThere = isKnown || foundation !== undefined || found.bucket || found.reconciled || logs.length > 0;
  if (!wasThere && definitions.length === 0) throw noInstallation(installation);
  program.terminal.result.write(
    summary(installation, found.clusters, {
      withData,
      foundation: foundation !== undefined,
      definitions: definitions.length,
      logs,
      bucket: found.bucket ? bucket : 'absent',
    }),
  );
  const beside = { definitions, logs, bucket: bucket === 'removed' ? context.bucket : undefined };
  const deleted = deletedOnce(stacks, context.installation, beside);
  const kept = { bucket: bucket === 'kept', logs: !withData };
  await proveNothingLeft(installation, stacks, { kept, deleted }, program);
  // The last step, so that a teardown which failed can be begun again.
  await removeContext(program.settings, contextName);
  return 0;
}

interface Named {
  installation: Installation;
  /** To a context of this machine. */
  isKnown: boolean;
}

/** By its context, or by region and name where no context knows it. */
async function installationOf(call: Call, program: Program): Promise<Named> {
  const named = ['region', 'name', 'bucket'].some((flag) => call.text(flag) !== undefined);
  if (!named) return { installation: await openInstallation(program, call.text('context')), isKnown: true };
  const place = await placeOf(call, program, 'bbf teardown');
  return { installation: await installationAt(place, program), isKnown: place.isKnown };
}

function noInstallation({ context: { installation, region, bucket } }: Installation): Failure {
  const absent = `neither foundation nor reconciler, and no bucket ${bucket}`;
  return new Failure('notFound', `there is no installation ${installation} in ${region}: ${absent}`, {
    next: 'bbf contexts, which names those of this machine; or --region, --name and --bucket of the one that is meant',
  });
}

/** Its protection is against everybody else. */
async function removeFoundation({ context }: Installation, stacks: Stacks, program: Program): Promise<void> {
  const { removeStack } = await import('../aws/stack-operations.ts');
  const name = foundationStackName(context.installation);
  const stack = await stacks.describe(name);
  if (stack?.EnableTerminationProtection) await stacks.protect(name, false);
  if (stack !== undefined) await removeStack(stacks, name, program);
}

interface Removed {
  withData: boolean;
  /** Whether there was one. */
  foundation: boolean;
  /** Number of task definitions. */
  definitions: number;
  /** Names of log groups. */
  logs: string[];
  bucket: 'removed' | 'kept' | 'absent';
}

function summary({ context }: Installation, clusters: readonly string[], removed: Removed): string {
  const { withData, foundation, definitions, logs, bucket } = removed;
  const left = withData ? 'documents deleted, the rest is not bbf’s' : 'with its documents';
  const lines = [
    `clusters deleted: ${clusters.join(', ') || 'none'}`,
    `${foundation ? 'foundation deleted' : 'no foundation was there'}${definitions > 0 ? `, and ${definitions} task definitions` : ''}`,
    {
      removed: `bucket ${context.bucket} deleted`,
      kept: `bucket ${context.bucket} kept, ${left}`,
      absent: `no bucket ${context.bucket} was there`,
    }[bucket],
    withData ? `logs deleted: ${logs.join(', ') || 'none'}` : 'logs kept',
    ...(withData ? [] : [`to remove bucket and logs as well: ${withDataLater(context)}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
