/** Lists of keys and of versions, page by page. */
import { ServiceError } from '../kernel.ts';
import { bucketOf, type S3Core } from './core.ts';
import type { Bucket, ObjectVersion } from './state.ts';

interface ListInput {
  bucket: string;
  prefix?: string;
  delimiter?: string;
  maxKeys?: number;
  startAfter?: string;
  continuationToken?: string;
}

export interface Listed {
  key: string;
  version: ObjectVersion;
  latest: boolean;
}

export interface Page {
  entries: Listed[];
  commonPrefixes: string[];
  truncated: boolean;
  /** The last entry or common prefix of a truncated page. */
  last?: { name: string; versionId?: string };
}

/** "Returns some or all (up to 1,000) of the objects" (ListObjectsV2). */
const LONGEST_PAGE = 1000;

export function listOperations(core: S3Core) {
  return {
    listObjects(input: ListInput): Page & { nextToken?: string } {
      const bucket = bucketOf(core, input.bucket);
      const after = input.continuationToken === undefined ? input.startAfter : decodeToken(input.continuationToken);
      const entries = keysOf(bucket, input.prefix).flatMap((key) => currentOf(bucket, key));
      const page = pageOf(entries, input, (entry) => after === undefined || isAfter(entry.key, after, input));
      return page.last ? { ...page, nextToken: encodeToken(page.last.name) } : page;
    },
    listObjectVersions(
      input: Omit<ListInput, 'startAfter' | 'continuationToken'> & { keyMarker?: string; versionIdMarker?: string },
    ): Page {
      const bucket = bucketOf(core, input.bucket);
      const entries = keysOf(bucket, input.prefix).flatMap((key) => versionsOf(bucket, key));
      const { keyMarker, versionIdMarker } = input;
      const started = versionIdMarker === undefined ? undefined : markerIndex(entries, keyMarker, versionIdMarker);
      return pageOf(entries, input, (entry, index) => {
        if (started !== undefined) return index > started;
        return keyMarker === undefined || isAfter(entry.key, keyMarker, input);
      });
    },
  };
}

function keysOf(bucket: Bucket, prefix = ''): string[] {
  return Object.keys(bucket.objects)
    .filter((key) => key.startsWith(prefix))
    .sort(byUtf8);
}

/** S3 orders keys by their UTF-8 bytes; JavaScript's own order differs beyond the basic plane, which few keys come to. */
function byUtf8(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
const SURROGATE = /[\ud800-\udfff]/;

function currentOf(bucket: Bucket, key: string): Listed[] {
  const version = bucket.objects[key]?.[0];
  return version && !version.deleteMarker ? [{ key, version, latest: true }] : [];
}

function versionsOf(bucket: Bucket, key: string): Listed[] {
  return (bucket.objects[key] ?? []).map((version, index) => ({ key, version, latest: index === 0 }));
}

/** A marker that is a common prefix itself stands for all keys below it. */
function isAfter(key: string, marker: string, { delimiter }: Pick<ListInput, 'delimiter'>): boolean {
  if (delimiter && marker.endsWith(delimiter) && key.startsWith(marker)) return false;
  return byUtf8(key, marker) > 0;
}

function markerIndex(entries: Listed[], key: string | undefined, versionId: string): number {
  const index = entries.findIndex((entry) => entry.key === key && entry.version.versionId === versionId);
  if (index >= 0) return index;
  throw new ServiceError('InvalidArgument', 'Invalid version id specified', 400, { ArgumentValue: versionId });
}

function pageOf(
  entries: Listed[],
  { prefix = '', delimiter, maxKeys = LONGEST_PAGE }: Omit<ListInput, 'bucket'>,
  isWanted: (entry: Listed, index: number) => boolean,
): Page {
  const limit = Math.min(maxKeys, LONGEST_PAGE);
  const page: Page = { entries: [], commonPrefixes: [], truncated: false };
  if (limit === 0) return page;
  let last: Page['last'];
  for (const entry of entries.filter(isWanted)) {
    const folder = delimiter ? folderOf(entry.key, prefix, delimiter) : undefined;
    if (folder !== undefined && folder === page.commonPrefixes.at(-1)) continue;
    if (page.entries.length + page.commonPrefixes.length === limit)
      return { ...page, truncated: true, ...(last && { last }) };
    if (folder === undefined) page.entries.push(entry);
    else page.commonPrefixes.push(folder);
    last = folder === undefined ? { name: entry.key, versionId: entry.version.versionId } : { name: folder };
  }
  return page;
}

function folderOf(key: string, prefix: string, delimiter: string): string | undefined {
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

const encodeToken = (name: string) => Buffer.from(name).toString('base64url');

function decodeToken(token: string): string {
  if (/^[\w-]+$/.test(token)) return Buffer.from(token, 'base64url').toString();
  throw new ServiceError('InvalidArgument', 'The continuation token provided is incorrect', 400, {
    ArgumentName: 'continuation-token',
  });
}
