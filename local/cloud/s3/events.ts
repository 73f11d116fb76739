/** Object events as S3 sends them to EventBridge, when the bucket has that turned on. */
import type { S3Core } from './core.ts';
import type { Bucket, ObjectVersion } from './state.ts';

export type CreationReason = 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';

/** EventBridge reference, "Amazon S3 events": `Object Created`. */
export function emitCreated(
  core: S3Core,
  bucket: Bucket,
  key: string,
  version: ObjectVersion,
  reason: CreationReason,
): void {
  emit(core, bucket, 'Object Created', {
    object: { key, size: version.size, etag: bare(version.etag), ...versionOf(version), sequencer: sequencer(core) },
    reason,
  });
}

type DeletionType = 'Permanently Deleted' | 'Delete Marker Created';

/** `Object Deleted`; the reason tells a request from a lifecycle rule. */
export function emitDeleted(
  core: S3Core,
  bucket: Bucket,
  key: string,
  version: ObjectVersion,
  type: DeletionType,
  reason: 'DeleteObject' | 'Lifecycle Expiration' = 'DeleteObject',
): void {
  emit(core, bucket, 'Object Deleted', {
    object: { key, etag: bare(version.etag), ...versionOf(version), sequencer: sequencer(core) },
    reason,
    'deletion-type': type,
  });
}

function emit(core: S3Core, bucket: Bucket, detailType: string, detail: Record<string, unknown>): void {
  if (!bucket.settings.eventBridge) return;
  core.emit({
    source: 'aws.s3',
    detailType,
    resources: [`arn:aws:s3:::${bucket.name}`],
    detail: {
      version: '0',
      bucket: { name: bucket.name },
      'request-id': core.world.uuid().replaceAll('-', '').slice(0, 16).toUpperCase(),
      requester: core.world.account,
      'source-ip-address': '127.0.0.1',
      ...detail,
    },
  });
}

const bare = (etag: string) => etag.replaceAll('"', '');
const versionOf = (version: ObjectVersion) => (version.versionId === 'null' ? {} : { 'version-id': version.versionId });

/** Hexadecimal, longer for later events of a key, compared as text (user guide, "Event message structure"). */
function sequencer(core: S3Core): string {
  core.state.sequence += 1;
  return core.state.sequence.toString(16).toUpperCase().padStart(18, '0');
}
