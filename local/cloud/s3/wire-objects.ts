/** Objects over the wire. */
import { ServiceError, type WireResponse } from '../kernel.ts';
import { bodyText } from '../wire/answer.ts';
import { restXmlAnswer } from '../wire/rest-xml.ts';
import { listOf, parseXml, type XmlValue } from '../wire/xml.ts';
import { verifiedChecksums } from './checksums.ts';
import type { FoundObject } from './objects.ts';
import { rangeOf } from './range.ts';
import { describedObject, present, readConditions, type S3Request, writeConditions } from './request.ts';
import type { S3 } from './s3.ts';
import type { ObjectVersion } from './state.ts';
import type { S3Routes } from './wire.ts';

export function objectRoutes(s3: S3): S3Routes {
  const isVersioned = (bucket: string) => s3.getBucketVersioning({ bucket }) !== undefined;
  const find = (request: S3Request) =>
    s3.findObject({
      bucket: request.bucket,
      key: request.key,
      reader: request.caller,
      ...present({ versionId: request.query.get('versionId') ?? undefined }),
      ...readConditions(request.headers),
    });
  return {
    'PUT object': ({ bucket, key, headers, wire, caller }) => {
      const described = { ...describedObject(headers), ...writeConditions(headers), writer: caller };
      const version = s3.putObject({ bucket, key, body: wire.body, checksums: headers, ...described });
      const written = { ...versionHeader(version, isVersioned(bucket)), ...checksumHeaders(version) };
      return { status: 200, headers: { etag: version.etag, ...ENCRYPTED, ...written }, body: '' };
    },
    'GET object': (request) => objectAnswer(request, find(request), true),
    'HEAD object': (request) => objectAnswer(request, find(request), false),
    'DELETE object': ({ bucket, key, query, headers }) => {
      const versionId = query.get('versionId') ?? undefined;
      const deletion = s3.deleteObject({ bucket, key, ...present({ versionId, ifMatch: headers['if-match'] }) });
      const answer: Record<string, string> = deletion.deleteMarker ? { 'x-amz-delete-marker': 'true' } : {};
      if (deletion.versionId !== undefined) answer['x-amz-version-id'] = deletion.versionId;
      return { status: 204, headers: answer, body: '' };
    },
    'PUT object from a copy source': (request) => copy(s3, request, isVersioned(request.bucket)),
    'POST bucket ?delete': (request) => deleteMany(s3, request),
  };
}

const ENCRYPTED = { 'x-amz-server-side-encryption': 'AES256' };

export function versionHeader(version: ObjectVersion, versioned: boolean): Record<string, string> {
  return versioned ? { 'x-amz-version-id': version.versionId } : {};
}

function checksumHeaders({ checksums, checksumType = 'FULL_OBJECT' }: ObjectVersion): Record<string, string> {
  const entries = Object.entries(checksums).map(([algorithm, value]) => [`x-amz-checksum-${algorithm}`, value]);
  return entries.length > 0 ? { ...Object.fromEntries(entries), 'x-amz-checksum-type': checksumType } : {};
}

function objectAnswer({ headers, query }: S3Request, found: FoundObject, withBody: boolean): WireResponse {
  const { version } = found;
  const range = rangeOf(headers.range, version.size);
  const checksums = headers['x-amz-checksum-mode'] === 'ENABLED' && !range ? checksumHeaders(version) : {};
  const [start, end] = range ?? [0, version.size - 1];
  const answer: Record<string, string> = {
    ...version.headers,
    ...overrides(query),
    ...Object.fromEntries(Object.entries(version.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
    ...ENCRYPTED,
    ...checksums,
    ...versionHeader(version, found.versioned),
    etag: version.etag,
    'last-modified': new Date(version.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
    'content-length': String(end - start + 1),
  };
  if (range) answer['content-range'] = `bytes ${start}-${end}/${version.size}`;
  if (version.parts) answer['x-amz-mp-parts-count'] = String(version.parts);
  const body = withBody ? found.body().subarray(start, end + 1) : '';
  return { status: range ? 206 : 200, headers: answer, body };
}

/** `response-content-type` and its like replace the stored header in this one answer. */
function overrides(query: URLSearchParams): Record<string, string> {
  const entries = [...query].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice('response-'.length), value]));
}

function copy(s3: S3, { bucket, key, headers, caller }: S3Request, versioned: boolean): WireResponse {
  const from = copySource(headers['x-amz-copy-source'] ?? '');
  const replaces = headers['x-amz-metadata-directive'] === 'REPLACE';
  const version = s3.copyObject({
    bucket,
    key,
    from: { ...from, reader: caller, ...readConditions(headers, 'x-amz-copy-source-') },
    ...writeConditions(headers),
    writer: caller,
    ...present({ replace: replaces ? describedObject(headers) : undefined }),
  });
  const content = { LastModified: new Date(version.modifiedAt).toISOString(), ETag: version.etag };
  const answer = restXmlAnswer('CopyObjectResult', content);
  return { ...answer, headers: { ...answer.headers, ...ENCRYPTED, ...versionHeader(version, versioned) } };
}

function copySource(header: string): { bucket: string; key: string; versionId?: string } {
  const [path = '', versionId] = header.split('?versionId=');
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path)) ?? [];
  if (bucket && key) return { bucket, key, ...present({ versionId }) };
  throw new ServiceError(
    'InvalidArgument',
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
  );
}

interface DeleteEntry {
  Key: string;
  VersionId?: string;
  ETag?: string;
}

/** One key's failure is reported beside the others' success. */
function deleteMany(s3: S3, { bucket, wire, headers }: S3Request): WireResponse {
  verifiedChecksums(headers, wire.body);
  const document = parseXml(bodyText(wire));
  const entries = listOf<DeleteEntry>(document.Object);
  if (entries.length > 1000)
    throw new ServiceError('MalformedXML', 'At most 1,000 objects may be deleted in one request');
  s3.headBucket({ bucket });
  const results = entries.map((entry) => deleteOne(s3, bucket, entry));
  const deleted = document.Quiet === 'true' ? [] : results.flatMap(({ Deleted }) => (Deleted ? [Deleted] : []));
  return restXmlAnswer('DeleteResult', {
    Deleted: deleted,
    Error: results.flatMap(({ Failed }) => (Failed ? [Failed] : [])),
  });
}

function deleteOne(
  s3: S3,
  bucket: string,
  { Key, VersionId, ETag }: DeleteEntry,
): { Deleted?: XmlValue; Failed?: XmlValue } {
  try {
    const { versionId, deleteMarker } = s3.deleteObject({
      bucket,
      key: Key,
      ...present({ versionId: VersionId, ifMatch: ETag }),
    });
    const marker = deleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId } : {};
    return { Deleted: { Key, VersionId, ...marker } };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { Failed: { Key, VersionId, Code: error.code, Message: error.message } };
  }
}
