/** Lifecycle rules: once a day S3 ends what has outlived them. Transitions to other storage classes are not among them. */
import { atEachMidnight, DAY_MS } from '../midnight.ts';
import { newVersionId, pushVersion, removeVersion, type S3Core, wholeSecond } from './core.ts';
import { emitDeleted } from './events.ts';
import { deleteMarker } from './markers.ts';
import type { Bucket, ObjectVersion } from './state.ts';

export interface LifecycleRule {
  id: string;
  enabled: boolean;
  prefix: string;
  expirationDays?: number;
  noncurrentDays?: number;
  /** This many noncurrent versions stay, whatever their age. */
  newerNoncurrentVersions?: number;
  abortUploadDays?: number;
  expiredDeleteMarkers?: boolean;
}

/** Rules run at midnight UTC (user guide, "Expiring objects": rounded up to the next day at midnight UTC). */
export const armLifecycle = (core: S3Core): void =>
  atEachMidnight(core.world, 's3:lifecycle', (midnight) => {
    for (const bucket of Object.values(core.state.buckets)) applyLifecycle(core, bucket, midnight);
  });

/** @param at milliseconds since the epoch */
function applyLifecycle(core: S3Core, bucket: Bucket, at: number): void {
  for (const rule of bucket.settings.lifecycle ?? []) {
    if (!rule.enabled) continue;
    for (const key of Object.keys(bucket.objects)) {
      if (key.startsWith(rule.prefix)) applyToKey(core, bucket, key, rule, at);
    }
    abortUploads(core, bucket, rule, at);
  }
}

function applyToKey(core: S3Core, bucket: Bucket, key: string, rule: LifecycleRule, at: number): void {
  const olderThan = (ms: number, days: number | undefined) => days !== undefined && at - ms >= days * DAY_MS;
  const [current, ...noncurrent] = bucket.objects[key] ?? [];
  if (!current) return;
  // A version became noncurrent when its successor was written.
  const superseded = (index: number) => (index === 0 ? current : noncurrent[index - 1])?.modifiedAt ?? at;
  const ended = noncurrent.filter(
    (_, index) => index >= (rule.newerNoncurrentVersions ?? 0) && olderThan(superseded(index), rule.noncurrentDays),
  );
  for (const version of ended) expire(core, bucket, key, version);
  if (!current.deleteMarker && olderThan(current.modifiedAt, rule.expirationDays))
    endCurrent(core, bucket, key, current);
  const left = bucket.objects[key] ?? [];
  if (rule.expiredDeleteMarkers && left.length === 1 && left[0]?.deleteMarker) expire(core, bucket, key, left[0]);
}

function endCurrent(core: S3Core, bucket: Bucket, key: string, current: ObjectVersion): void {
  if (bucket.versioning === undefined) {
    expire(core, bucket, key, current);
    return;
  }
  const id = bucket.versioning === 'Enabled' ? newVersionId(core.world) : 'null';
  const marker = deleteMarker(id, wholeSecond(core.world.now()));
  pushVersion(core, bucket, key, marker);
  emitDeleted(core, bucket, key, marker, 'Delete Marker Created', 'Lifecycle Expiration');
}

function expire(core: S3Core, bucket: Bucket, key: string, version: ObjectVersion): void {
  removeVersion(core, bucket, key, version.versionId);
  emitDeleted(core, bucket, key, version, 'Permanently Deleted', 'Lifecycle Expiration');
}

function abortUploads(core: S3Core, bucket: Bucket, rule: LifecycleRule, at: number): void {
  if (rule.abortUploadDays === undefined) return;
  for (const upload of Object.values(bucket.uploads)) {
    const old = at - upload.startedAt >= rule.abortUploadDays * DAY_MS;
    if (!old || !upload.key.startsWith(rule.prefix)) continue;
    for (const part of Object.values(upload.parts)) core.blobs.delete(part.blob);
    delete bucket.uploads[upload.id];
    core.world.changed('s3');
  }
}
