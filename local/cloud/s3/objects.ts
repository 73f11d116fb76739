/** Objects: put, get, delete, copy. */
import { type Caller, ServiceError } from '../kernel.ts';
import { etagOf, verifiedChecksums } from './checksums.ts';
import { checkDelete, checkRead, checkWrite, type ReadConditions } from './conditions.ts';
import {
  bucketOf,
  currentVersion,
  newVersionId,
  noSuchKey,
  pushVersion,
  removeVersion,
  type S3Core,
  wholeSecond,
} from './core.ts';
import { type CreationReason, emitCreated, emitDeleted } from './events.ts';
import { deleteMarker } from './markers.ts';
import { refuseReader, refuseWrite, type Write } from './policy.ts';
import type { Bucket, ObjectVersion } from './state.ts';

interface PutObjectInput extends Write {
  bucket: string;
  key: string;
  body: Uint8Array | string;
  /** Headers to give back with the object, e.g. content-type. */
  headers?: Record<string, string>;
  metadata?: Record<string, string>;
  /** Stated checksums as request headers; they are verified. */
  checksums?: Record<string, string>;
}

interface ObjectAddress {
  bucket: string;
  key: string;
  versionId?: string;
}

/** The body is read only when asked for: HEAD needs none. */
export interface FoundObject {
  version: ObjectVersion;
  versioned: boolean;
  body(): Uint8Array;
}

/** `reader`: by whom, where the bucket's policy is to be asked. */
type ObjectSource = ObjectAddress & ReadConditions & { reader?: Caller };

interface Deletion {
  versionId?: string;
  deleteMarker: boolean;
}

export function objectOperations(core: S3Core) {
  function putObject(input: PutObjectInput): ObjectVersion {
    const bucket = bucketOf(core, input.bucket);
    checkKey(input.key);
    refuseWrite(bucket, input.key, input);
    checkWrite(input.key, currentVersion(bucket, input.key), input, core.conflicts);
    const body = typeof input.body === 'string' ? Buffer.from(input.body) : input.body;
    const checksums = verifiedChecksums(input.checksums ?? {}, body);
    return storeObject(core, bucket, input.key, body, 'PutObject', {
      headers: input.headers ?? {},
      metadata: input.metadata ?? {},
      etag: etagOf(body),
      checksums,
    });
  }

  function findObject(input: ObjectSource): FoundObject {
    const bucket = bucketOf(core, input.bucket);
    if (input.reader) refuseReader(bucket, input.key, input.versionId !== undefined, input.reader);
    const version = versionAt(bucket, input);
    checkRead(version, input);
    return { version, versioned: bucket.versioning !== undefined, body: () => bodyOf(core, input.key, version) };
  }

  /** Deleting what isn't there succeeds; without a version id a versioned bucket gets a marker. */
  function deleteObject(input: ObjectAddress & { ifMatch?: string }): Deletion {
    const bucket = bucketOf(core, input.bucket);
    checkDelete(input.key, currentVersion(bucket, input.key), input.ifMatch, core.conflicts);
    if (input.versionId !== undefined) return deleteVersion(core, bucket, input.key, input.versionId);
    if (bucket.versioning === undefined) {
      deleteVersion(core, bucket, input.key, 'null');
      return { deleteMarker: false };
    }
    const id = bucket.versioning === 'Enabled' ? newVersionId(core.world) : 'null';
    const marker = deleteMarker(id, wholeSecond(core.world.now()));
    pushVersion(core, bucket, input.key, marker);
    emitDeleted(core, bucket, input.key, marker, 'Delete Marker Created');
    return { versionId: marker.versionId, deleteMarker: true };
  }

  /** @param replace new headers and metadata instead of the source's */
  function copyObject(
    input: {
      from: ObjectSource;
      replace?: Pick<ObjectVersion, 'headers' | 'metadata'>;
    } & Write & { bucket: string; key: string },
  ): ObjectVersion {
    const source = findObject(input.from);
    const bucket = bucketOf(core, input.bucket);
    checkKey(input.key);
    const toItself = input.from.bucket === input.bucket && input.from.key === input.key && !input.from.versionId;
    if (toItself && !input.replace) throw copyToItself();
    refuseWrite(bucket, input.key, input);
    checkWrite(input.key, currentVersion(bucket, input.key), input, core.conflicts);
    const body = source.body();
    const { headers, metadata } = input.replace ?? source.version;
    const checksums = source.version.checksumType === 'COMPOSITE' ? {} : source.version.checksums;
    return storeObject(core, bucket, input.key, body, 'CopyObject', {
      headers,
      metadata,
      etag: etagOf(body),
      checksums,
    });
  }

  return { putObject, findObject, deleteObject, copyObject };
}

type Description = Pick<ObjectVersion, 'headers' | 'metadata' | 'etag' | 'checksums' | 'checksumType' | 'parts'>;

export function storeObject(
  core: S3Core,
  bucket: Bucket,
  key: string,
  body: Uint8Array,
  reason: CreationReason,
  description: Description,
): ObjectVersion {
  const blob = core.world.uuid();
  core.blobs.put(blob, body);
  const version: ObjectVersion = {
    versionId: bucket.versioning === 'Enabled' ? newVersionId(core.world) : 'null',
    size: body.length,
    modifiedAt: wholeSecond(core.world.now()),
    blob,
    ...description,
  };
  pushVersion(core, bucket, key, version);
  emitCreated(core, bucket, key, version, reason);
  return version;
}

function deleteVersion(core: S3Core, bucket: Bucket, key: string, versionId: string): Deletion {
  const removed = removeVersion(core, bucket, key, versionId);
  if (removed) emitDeleted(core, bucket, key, removed, 'Permanently Deleted');
  return { versionId, deleteMarker: removed?.deleteMarker ?? false };
}

function versionAt(bucket: Bucket, { key, versionId }: ObjectAddress): ObjectVersion {
  if (versionId === undefined) {
    const current = currentVersion(bucket, key);
    if (!current) throw noSuchKey(key);
    return current;
  }
  const version = bucket.objects[key]?.find((one) => one.versionId === versionId);
  if (!version) {
    const members = { Key: key, VersionId: versionId };
    throw new ServiceError('NoSuchVersion', 'The specified version does not exist.', 404, members);
  }
  if (version.deleteMarker) {
    const message = 'The specified method is not allowed against this resource.';
    throw new ServiceError('MethodNotAllowed', message, 405, { Method: 'GET', ResourceType: 'DeleteMarker' });
  }
  return version;
}

function bodyOf(core: S3Core, key: string, version: ObjectVersion): Uint8Array {
  const body = version.blob === undefined ? undefined : core.blobs.get(version.blob);
  if (body) return body;
  throw new ServiceError('InternalError', `The body of "${key}" (version ${version.versionId}) is lost.`, 500);
}

/** User guide, "Naming Amazon S3 objects": at most 1,024 bytes of UTF-8. */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) <= 1024) return;
  throw new ServiceError('KeyTooLongError', 'Your key is too long', 400, { MaxSizeAllowed: '1024' });
}

function copyToItself(): ServiceError {
  const message =
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";
  return new ServiceError('InvalidRequest', message);
}
