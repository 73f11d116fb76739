/** What the operations of S3 share: state, seams, and how to find a bucket or an object. */
import { type Emit, ServiceError, type World } from '../kernel.ts';
import type { Blobs, Bucket, ObjectVersion, S3State } from './state.ts';

export interface S3Core {
  state: S3State;
  world: World;
  emit: Emit;
  blobs: Blobs;
  /** Whether the conditional write at hand shall meet a concurrent one (409): S3 says so now and then, the simulator on purpose. */
  conflicts: () => boolean;
}

export function bucketOf(core: S3Core, name: string): Bucket {
  const bucket = core.state.buckets[name];
  if (bucket) return bucket;
  throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
}

export function currentVersion(bucket: Bucket, key: string): ObjectVersion | undefined {
  const newest = bucket.objects[key]?.[0];
  return newest?.deleteMarker ? undefined : newest;
}

export function noSuchKey(key: string): ServiceError {
  return new ServiceError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
}

export function notImplemented(what: string): ServiceError {
  return new ServiceError('NotImplemented', `The local cloud does not implement ${what} of S3.`, 501);
}

/** S3 keeps the time of a change in whole seconds. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** 32 characters, as S3's own; never `null`. */
export function newVersionId(world: World): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._';
  return Array.from({ length: 32 }, () => alphabet[Math.floor(world.random() * alphabet.length)]).join('');
}

/** Puts a version on top and drops what it replaces: without versioning, and while it is suspended, the version `null`. */
export function pushVersion(core: S3Core, bucket: Bucket, key: string, version: ObjectVersion): void {
  const older = bucket.objects[key] ?? [];
  const replaced = older.filter((old) => old.versionId === version.versionId);
  for (const old of replaced) dropBody(core, old);
  bucket.objects[key] = [version, ...older.filter((old) => !replaced.includes(old))];
  core.world.changed('s3');
}

export function removeVersion(core: S3Core, bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
  const versions = bucket.objects[key] ?? [];
  const removed = versions.find((version) => version.versionId === versionId);
  if (!removed) return undefined;
  dropBody(core, removed);
  const left = versions.filter((version) => version !== removed);
  if (left.length > 0) bucket.objects[key] = left;
  else delete bucket.objects[key];
  core.world.changed('s3');
  return removed;
}

function dropBody(core: S3Core, version: ObjectVersion): void {
  if (version.blob) core.blobs.delete(version.blob);
}
