/** Multipart uploads over the wire. */
import { bodyText } from '../wire/answer.ts';
import { restXmlAnswer } from '../wire/rest-xml.ts';
import { listOf, parseXml } from '../wire/xml.ts';
import { describedObject, present, type S3Request, writeConditions } from './request.ts';
import type { S3 } from './s3.ts';
import type { Upload } from './state.ts';
import type { S3Routes } from './wire.ts';
import { NO_CONTENT, OWNER } from './wire-buckets.ts';
import { versionHeader } from './wire-objects.ts';

export function multipartRoutes(s3: S3): S3Routes {
  return {
    'POST object ?uploads': ({ bucket, key, headers }) => {
      const checksumType = headers['x-amz-checksum-type'] as Upload['checksumType'];
      const checksumAlgorithm = headers['x-amz-checksum-algorithm'];
      const described = { ...describedObject(headers), ...present({ checksumAlgorithm, checksumType }) };
      const upload = s3.createMultipartUpload({ bucket, key, ...described });
      const answer = restXmlAnswer('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: upload.id });
      const chosen = present({ 'x-amz-checksum-algorithm': checksumAlgorithm, 'x-amz-checksum-type': checksumType });
      return { ...answer, headers: { ...answer.headers, ...(chosen as Record<string, string>) } };
    },
    'PUT object ?partNumber&uploadId': (request) => {
      const partNumber = Number(request.query.get('partNumber'));
      const part = s3.uploadPart({
        ...addressed(request),
        partNumber,
        body: request.wire.body,
        checksums: request.headers,
      });
      const checksums = Object.entries(part.checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value]);
      return { status: 200, headers: { etag: part.etag, ...Object.fromEntries(checksums) }, body: '' };
    },
    'POST object ?uploadId': (request) => {
      const { bucket, key, headers, wire, caller } = request;
      const listed = listOf<{ PartNumber: string; ETag: string }>(parseXml(bodyText(wire)).Part);
      const parts = listed.map(({ PartNumber, ETag }) => ({ partNumber: Number(PartNumber), etag: ETag ?? '' }));
      const conditions = { ...writeConditions(headers), writer: caller };
      const version = s3.completeMultipartUpload({ ...addressed(request), parts, ...conditions });
      const checksums = Object.entries(version.checksums).map(([name, value]) => [
        `Checksum${name.toUpperCase()}`,
        value,
      ]);
      const content = {
        Location: `http://${headers.host}/${bucket}/${encodeURI(key)}`,
        Bucket: bucket,
        Key: key,
        ETag: version.etag,
      };
      const answer = restXmlAnswer('CompleteMultipartUploadResult', {
        ...content,
        ...Object.fromEntries(checksums),
        ChecksumType: version.checksumType,
      });
      const versioned = s3.getBucketVersioning({ bucket }) !== undefined;
      return { ...answer, headers: { ...answer.headers, ...versionHeader(version, versioned) } };
    },
    'DELETE object ?uploadId': (request) => {
      s3.abortMultipartUpload(addressed(request));
      return NO_CONTENT;
    },
    'GET bucket ?uploads': ({ bucket }) => {
      const uploads = s3.listMultipartUploads({ bucket }).map((upload) => ({
        Key: upload.key,
        UploadId: upload.id,
        Initiated: new Date(upload.startedAt).toISOString(),
        StorageClass: 'STANDARD',
        Owner: OWNER,
      }));
      return restXmlAnswer('ListMultipartUploadsResult', {
        Bucket: bucket,
        IsTruncated: false,
        MaxUploads: 1000,
        Upload: uploads,
      });
    },
  };
}

function addressed({ bucket, key, query }: S3Request) {
  return { bucket, key, uploadId: query.get('uploadId') ?? '' };
}
