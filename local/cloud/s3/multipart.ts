/** Multipart uploads: begun, filled part by part in any order, then completed or aborted. */
import { createHash } from 'node:crypto';
import { ServiceError } from '../kernel.ts';
import { checksumOf, compositeChecksum, etagOf, verifiedChecksums } from './checksums.ts';
import { checkWrite } from './conditions.ts';
import { bucketOf, currentVersion, type S3Core, wholeSecond } from './core.ts';
import { checkKey, storeObject } from './objects.ts';
import { refuseWrite, type Write } from './policy.ts';
import type { Bucket, ObjectVersion, Part, Upload } from './state.ts';

interface UploadAddress {
  bucket: string;
  key: string;
  uploadId: string;
}

interface PartReference {
  partNumber: number;
  etag: string;
}

/** User guide, "Amazon S3 multipart upload limits": every part but the last. */
const SMALLEST_PART_BYTES = 5 * 1024 * 1024;

export function multipartOperations(core: S3Core) {
  return {
    createMultipartUpload(
      input: Pick<Upload, 'key' | 'headers' | 'metadata' | 'checksumAlgorithm' | 'checksumType'> & { bucket: string },
    ): Upload {
      const { bucket: name, ...described } = input;
      const bucket = bucketOf(core, name);
      checkKey(input.key);
      const upload: Upload = { id: core.world.uuid(), startedAt: core.world.now(), parts: {}, ...described };
      bucket.uploads[upload.id] = upload;
      core.world.changed('s3');
      return upload;
    },
    uploadPart(
      input: UploadAddress & { partNumber: number; body: Uint8Array; checksums: Record<string, string> },
    ): Part {
      const upload = uploadOf(bucketOf(core, input.bucket), input);
      if (!(input.partNumber >= 1 && input.partNumber <= 10_000)) {
        throw new ServiceError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
      }
      const checksums = verifiedChecksums(input.checksums, input.body);
      const blob = core.world.uuid();
      core.blobs.put(blob, input.body);
      const replaced = upload.parts[input.partNumber];
      if (replaced) core.blobs.delete(replaced.blob);
      const modifiedAt = wholeSecond(core.world.now());
      const part: Part = { etag: etagOf(input.body), size: input.body.length, modifiedAt, blob, checksums };
      upload.parts[input.partNumber] = part;
      core.world.changed('s3');
      return part;
    },
    completeMultipartUpload(input: UploadAddress & Write & { parts: PartReference[] }): ObjectVersion {
      const bucket = bucketOf(core, input.bucket);
      const upload = uploadOf(bucket, input);
      const parts = chosenParts(upload, input.parts);
      refuseWrite(bucket, input.key, input);
      checkWrite(input.key, currentVersion(bucket, input.key), input, core.conflicts);
      const body = Buffer.concat(parts.map((part) => core.blobs.get(part.blob) ?? lostPart(upload)));
      const version = storeObject(core, bucket, input.key, body, 'CompleteMultipartUpload', {
        headers: upload.headers,
        metadata: upload.metadata,
        etag: etagOfParts(parts),
        parts: parts.length,
        ...checksumOfUpload(upload, parts, body),
      });
      forget(core, bucket, upload);
      return version;
    },
    abortMultipartUpload(input: UploadAddress): void {
      const bucket = bucketOf(core, input.bucket);
      forget(core, bucket, uploadOf(bucket, input));
    },
    listMultipartUploads: ({ bucket }: { bucket: string }): Upload[] => Object.values(bucketOf(core, bucket).uploads),
  };
}

function uploadOf(bucket: Bucket, { key, uploadId }: UploadAddress): Upload {
  const upload = bucket.uploads[uploadId];
  if (upload?.key === key) return upload;
  const message =
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
  throw new ServiceError('NoSuchUpload', message, 404, { UploadId: uploadId });
}

function chosenParts(upload: Upload, references: PartReference[]): Part[] {
  const numbers = references.map(({ partNumber }) => partNumber);
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    throw new ServiceError('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  const parts = references.map(({ partNumber, etag }) => {
    const part = upload.parts[partNumber];
    if (part && part.etag.replaceAll('"', '') === etag.replaceAll('"', '')) return part;
    throw new ServiceError('InvalidPart', 'One or more of the specified parts could not be found.', 400, {
      PartNumber: String(partNumber),
    });
  });
  if (parts.length === 0) throw new ServiceError('MalformedXML', 'You must specify at least one part');
  if (parts.slice(0, -1).some((part) => part.size < SMALLEST_PART_BYTES)) {
    throw new ServiceError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return parts;
}

/** The MD5 of the parts' MD5s, and how many they were; not the MD5 of the object. */
function etagOfParts(parts: Part[]): string {
  const digests = parts.map((part) => Buffer.from(part.etag.replaceAll('"', ''), 'hex'));
  return `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${parts.length}"`;
}

function checksumOfUpload(
  upload: Upload,
  parts: Part[],
  body: Uint8Array,
): Pick<ObjectVersion, 'checksums' | 'checksumType'> {
  const algorithm = upload.checksumAlgorithm?.toLowerCase();
  if (algorithm === undefined) return { checksums: {} };
  const type = upload.checksumType ?? 'COMPOSITE';
  const ofParts = parts.map((part) => part.checksums[algorithm] ?? '');
  const checksum = type === 'COMPOSITE' ? compositeChecksum(algorithm, ofParts) : checksumOf(algorithm, body);
  return checksum === undefined ? { checksums: {} } : { checksums: { [algorithm]: checksum }, checksumType: type };
}

function forget(core: S3Core, bucket: Bucket, upload: Upload): void {
  for (const part of Object.values(upload.parts)) core.blobs.delete(part.blob);
  delete bucket.uploads[upload.id];
  core.world.changed('s3');
}

function lostPart(upload: Upload): never {
  throw new ServiceError('InternalError', `A part of upload ${upload.id} is lost.`, 500);
}
