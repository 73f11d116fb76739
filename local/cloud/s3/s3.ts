/** S3 as a state machine: buckets, objects and their versions. */
import type { Emit, ResourceProvider, World } from '../kernel.ts';
import { bucketOperations } from './buckets.ts';
import type { S3Core } from './core.ts';
import { armLifecycle } from './lifecycle.ts';
import { listOperations } from './listing.ts';
import { multipartOperations } from './multipart.ts';
import { objectOperations } from './objects.ts';
import { settingOperations } from './settings.ts';
import { type Blobs, restoreState, type S3State } from './state.ts';

interface S3Options {
  world: World;
  emit: Emit;
  blobs: Blobs;
  saved?: S3State;
  /** Whether the conditional write at hand shall answer 409. Default: never. */
  conflicts?: () => boolean;
}

export type S3 = ReturnType<typeof createS3>;

export function createS3({ world, emit, blobs, saved, conflicts = () => false }: S3Options) {
  const core: S3Core = { state: restoreState(saved), world, emit, blobs, conflicts };
  const providers: ResourceProvider[] = [];
  return {
    state: core.state,
    region: world.region,
    providers,
    resume: () => armLifecycle(core),
    ...bucketOperations(core),
    ...settingOperations(core),
    ...objectOperations(core),
    ...multipartOperations(core),
    ...listOperations(core),
  };
}
