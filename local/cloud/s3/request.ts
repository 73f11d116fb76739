/** Reads what requests to S3 share: address, conditions, and the headers that describe an object. */
import { type Caller, ServiceError, type WireRequest } from '../kernel.ts';
import type { ReadConditions, WriteConditions } from './conditions.ts';
import { notImplemented } from './core.ts';

export interface S3Request {
  wire: WireRequest;
  headers: Record<string, string>;
  query: URLSearchParams;
  /** Empty at the service's own level. */
  bucket: string;
  /** Empty at the bucket's level. */
  key: string;
  caller: Caller;
}

/** Path style only: `/BUCKET/KEY`. */
export function addressOf(wire: WireRequest): Omit<S3Request, 'caller'> {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(wire.path) ?? [];
  try {
    const decoded = { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) };
    return { wire, headers: wire.headers, query: wire.query, ...decoded };
  } catch {
    throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.", 400, { URI: wire.path });
  }
}

export function writeConditions(headers: Record<string, string>): WriteConditions {
  return present({ ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] });
}

/** @param prefix `x-amz-copy-source-` for the source of a copy */
export function readConditions(headers: Record<string, string>, prefix = ''): ReadConditions {
  return present({
    ifMatch: headers[`${prefix}if-match`],
    ifNoneMatch: headers[`${prefix}if-none-match`],
    ifModifiedSince: instant(headers[`${prefix}if-modified-since`]),
    ifUnmodifiedSince: instant(headers[`${prefix}if-unmodified-since`]),
  });
}

const KEPT = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];

export function describedObject(headers: Record<string, string>) {
  const kept = KEPT.filter((name) => headers[name]).map((name) => [name, headers[name] ?? '']);
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return {
    headers: { 'content-type': 'binary/octet-stream', ...Object.fromEntries(kept) } as Record<string, string>,
    metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice('x-amz-meta-'.length), value])),
  };
}

/** Values that change nothing here; any other value asks for what the local cloud has not. */
const HARMLESS: Record<string, string[]> = {
  'x-amz-acl': ['private', 'bucket-owner-full-control'],
  'x-amz-storage-class': ['STANDARD'],
  'x-amz-server-side-encryption': ['AES256'],
  'x-amz-metadata-directive': ['COPY', 'REPLACE'],
  'x-amz-tagging-directive': ['COPY'],
};
const REFUSED =
  /^x-amz-(acl|grant-|storage-class|server-side-encryption|object-lock|tagging|website-redirect|metadata-directive|write-offset|copy-source-server-side)/;

/** A header that would be ignored in silence is refused instead. */
export function refuseUnknownHeaders({ headers }: S3Request): void {
  for (const [name, value] of Object.entries(headers)) {
    if (REFUSED.test(name) && !HARMLESS[name]?.includes(value)) throw notImplemented(`the header ${name}: ${value}`);
  }
}

/** "If the account ID that you provide does not match the actual owner of the bucket, the request fails with 403". */
export function checkOwner({ headers }: S3Request, account: string): void {
  const expected = headers['x-amz-expected-bucket-owner'];
  if (expected === undefined || expected === account) return;
  throw new ServiceError('AccessDenied', `The bucket belongs to ${account}, not to ${expected}.`, 403);
}

export function integerParameter(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const members = { ArgumentName: name, ArgumentValue: text };
  throw new ServiceError('InvalidArgument', `Provided ${name} not an integer or within integer range`, 400, members);
}

/** Members without a value would be refused by exactOptional types and tell nothing. */
export function present<T extends Record<string, unknown>>(
  members: T,
): { [Name in keyof T]?: Exclude<T[Name], undefined | null> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined | null> };
}

function instant(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
