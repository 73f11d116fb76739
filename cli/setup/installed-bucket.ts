/** The bucket that an installation stands on: its foundation knows it, whatever a flag or the context of a machine says. */
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { placeFlags } from './place-flags.ts';

/** undefined where nothing stands: a change set that nobody carried out has made no stack. */
export function installedBucket(foundation: Stack | undefined): string | undefined {
  if (foundation?.StackStatus === 'REVIEW_IN_PROGRESS') return undefined;
  return foundation?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'Bucket')?.ParameterValue;
}

/** Documents of another bucket tell nothing of the clusters that are there. @throws Failure (conflict) */
export function refuseOtherBucket({ context }: Installation, foundation: Stack | undefined): void {
  const bucket = installedBucket(foundation) ?? context.bucket;
  if (bucket === context.bucket) return;
  const message = `installation ${context.installation} keeps its documents in bucket ${bucket}, not in ${context.bucket}`;
  throw new Failure('conflict', message, {
    details: ['by another bucket it seems to have no clusters, whose builds would then lose their workers'],
    next: `bbf teardown ${placeFlags({ ...context, bucket })}`,
  });
}
