/** Buckets themselves: create, find, list, delete. */
import { ServiceError } from '../kernel.ts';
import { bucketOf, type S3Core } from './core.ts';
import type { Bucket } from './state.ts';

export function bucketOperations(core: S3Core) {
  return {
    /** In us-east-1 an owner's second creation succeeds and changes nothing; elsewhere it fails. */
    createBucket({ bucket: name, locationConstraint }: { bucket: string; locationConstraint?: string }): Bucket {
      checkName(name);
      checkLocation(core, locationConstraint);
      const existing = core.state.buckets[name];
      if (existing && core.world.region === 'us-east-1') return existing;
      if (existing) throw alreadyOwned(name);
      const settings = { eventBridge: false, ownership: 'BucketOwnerEnforced', publicAccessBlock: allBlocked() };
      const bucket: Bucket = { name, createdAt: core.world.now(), settings, objects: Object.create(null), uploads: {} };
      core.state.buckets[name] = bucket;
      core.world.changed('s3');
      return bucket;
    },
    headBucket({ bucket }: { bucket: string }): Bucket {
      return bucketOf(core, bucket);
    },
    listBuckets({ prefix = '' }: { prefix?: string } = {}): Bucket[] {
      const names = Object.keys(core.state.buckets).filter((name) => name.startsWith(prefix));
      return names.sort().map((name) => bucketOf(core, name));
    },
    /** Versions and delete markers count as content, and so do unfinished uploads. */
    deleteBucket({ bucket: name }: { bucket: string }): void {
      const bucket = bucketOf(core, name);
      if (Object.keys(bucket.objects).length + Object.keys(bucket.uploads).length > 0) throw notEmpty(bucket);
      delete core.state.buckets[name];
      core.world.changed('s3');
    },
  };
}

/** New buckets block public access since April 2023 (user guide, "Blocking public access"). */
function allBlocked(): Record<string, boolean> {
  return { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
}

/** User guide, "General purpose bucket naming rules". */
function checkName(name: string): void {
  const fits = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && !/^\d+(\.\d+){3}$/.test(name);
  if (!fits)
    throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: name });
}

/** us-east-1 is named by leaving the constraint out. */
function checkLocation({ world }: S3Core, constraint: string | undefined): void {
  const fits = world.region === 'us-east-1' ? constraint === undefined : constraint === world.region;
  if (fits) return;
  const code = constraint === 'us-east-1' ? 'InvalidLocationConstraint' : 'IllegalLocationConstraintException';
  const message = `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`;
  throw new ServiceError(code, message, 400, constraint ? { LocationConstraint: constraint } : {});
}

function alreadyOwned(name: string): ServiceError {
  const message = 'Your previous request to create the named bucket succeeded and you already own it.';
  return new ServiceError('BucketAlreadyOwnedByYou', message, 409, { BucketName: name });
}

function notEmpty(bucket: Bucket): ServiceError {
  const message =
    bucket.versioning === undefined
      ? 'The bucket you tried to delete is not empty'
      : 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.';
  return new ServiceError('BucketNotEmpty', message, 409, { BucketName: bucket.name });
}
