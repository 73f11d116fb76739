/** Lists over the wire. */
import { restXmlAnswer } from '../wire/rest-xml.ts';
import type { XmlValue } from '../wire/xml.ts';
import type { Listed, Page } from './listing.ts';
import { integerParameter, present, type S3Request } from './request.ts';
import type { S3 } from './s3.ts';
import type { S3Routes } from './wire.ts';
import { OWNER } from './wire-buckets.ts';

export function listingRoutes(s3: S3): S3Routes {
  return {
    'GET bucket ?list-type': (request) => {
      const { query, bucket } = request;
      const encoded = encoder(request);
      const startAfter = query.get('start-after') ?? undefined;
      const continuationToken = query.get('continuation-token') ?? undefined;
      const page = s3.listObjects({ bucket, ...common(query), ...present({ startAfter, continuationToken }) });
      const owner = query.get('fetch-owner') === 'true' ? OWNER : undefined;
      return restXmlAnswer('ListBucketResult', {
        ...header(request, page),
        KeyCount: page.entries.length + page.commonPrefixes.length,
        StartAfter: startAfter === undefined ? undefined : encoded(startAfter),
        ContinuationToken: continuationToken,
        NextContinuationToken: page.nextToken,
        Contents: page.entries.map((entry) => ({ ...described(entry, encoded), Owner: owner })),
        CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encoded(prefix) })),
      });
    },
    'GET bucket ?versions': (request) => {
      const { query, bucket } = request;
      const encoded = encoder(request);
      const keyMarker = query.get('key-marker') ?? undefined;
      const versionIdMarker = query.get('version-id-marker') ?? undefined;
      const page = s3.listObjectVersions({ bucket, ...common(query), ...present({ keyMarker, versionIdMarker }) });
      const next = page.truncated ? page.last : undefined;
      const withVersion = (entry: Listed) => ({
        ...described(entry, encoded),
        VersionId: entry.version.versionId,
        IsLatest: entry.latest,
        Owner: OWNER,
      });
      const [markers, versions] = [page.entries.filter(isMarker), page.entries.filter((entry) => !isMarker(entry))];
      return restXmlAnswer('ListVersionsResult', {
        ...header(request, page),
        KeyMarker: encoded(keyMarker ?? ''),
        VersionIdMarker: versionIdMarker ?? '',
        NextKeyMarker: next && encoded(next.name),
        NextVersionIdMarker: next?.versionId,
        Version: versions.map(withVersion),
        DeleteMarker: markers.map(withVersion),
        CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encoded(prefix) })),
      });
    },
  };
}

const isMarker = ({ version }: Listed) => version.deleteMarker === true;

function common(query: URLSearchParams) {
  return present({
    prefix: query.get('prefix'),
    delimiter: query.get('delimiter') || undefined,
    maxKeys: integerParameter(query, 'max-keys'),
  });
}

function header(request: S3Request, page: Page): Record<string, XmlValue> {
  const { query, bucket } = request;
  const encoded = encoder(request);
  const delimiter = query.get('delimiter');
  return {
    Name: bucket,
    Prefix: encoded(query.get('prefix') ?? ''),
    Delimiter: delimiter === null ? undefined : encoded(delimiter),
    MaxKeys: integerParameter(query, 'max-keys') ?? 1000,
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: page.truncated,
  };
}

function described({ key, version }: Listed, encoded: (text: string) => string): Record<string, XmlValue> {
  const base = { Key: encoded(key), LastModified: new Date(version.modifiedAt).toISOString() };
  if (version.deleteMarker) return base;
  const algorithms = Object.keys(version.checksums).map((name) => name.toUpperCase());
  return { ...base, ETag: version.etag, ChecksumAlgorithm: algorithms, Size: version.size, StorageClass: 'STANDARD' };
}

/** With `encoding-type=url`, names may hold what XML 1.0 can't. */
function encoder({ query }: S3Request): (text: string) => string {
  if (query.get('encoding-type') !== 'url') return (text) => text;
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
}
