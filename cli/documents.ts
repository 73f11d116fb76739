/** The documents in the bucket, read and written with conditions, over signed HTTP requests instead of the SDK. */
import { bucketUrl } from '../config-schema/keys.ts';
import { NoAnswer, type SignedResponse, signedRequest } from '../reconciler/aws/signed-request.ts';
import type { AwsAccess } from './aws/access.ts';
import { type AwsRequest, askAws, listingOf, otherRegion, refusal, signedFor, TRY_MS } from './aws/answers.ts';
import { element } from './aws/xml.ts';
import { Failure } from './failure.ts';
import { isNameable, objectPath } from './object-path.ts';
import { newerIds, nextVersions, type Version, versionsIn } from './versions.ts';

export interface Stored {
  text: string;
  /** With its quotes, as If-Match wants it. */
  etag: string;
  /** S3 version; null in a bucket without versioning. */
  revision: string | null;
  /** Milliseconds since the epoch, S3's clock; 0 where S3 did not say. */
  modifiedAt: number;
}

interface Listed {
  key: string;
  etag: string;
  modifiedAt: number;
}

/** Write only over this ETag, only where nothing is, or whatever is there. */
type WriteCondition = { ifMatch: string } | 'absent' | 'always';

export type WriteOutcome =
  | { outcome: 'written'; etag: string; revision: string | null }
  /** Something else is there now. */
  | { outcome: 'conflict' }
  /** No answer, or one that leaves open whether it was written. */
  | { outcome: 'uncertain'; why: string };

export interface Documents {
  /** undefined where there is none. */
  read(key: string): Promise<Stored | undefined>;
  /** What still has this ETag is not sent again. */
  reread(key: string, etag: string): Promise<Stored | 'unchanged' | undefined>;
  write(key: string, text: string, condition: WriteCondition): Promise<WriteOutcome>;
  /** Absent already counts as removed. With `ifMatch`, what has another ETag stays. */
  remove(key: string, ifMatch?: string): Promise<void>;
  /** Without keys that no URL can name. */
  list(prefix: string): Promise<Listed[]>;
  /** Versions of a key and markers of its deletions, newest first: a thousand (`VERSIONS_OF_A_PAGE`), and all since then, milliseconds. */
  versions(key: string, since?: number): Promise<Version[]>;
  readVersion(key: string, revision: string): Promise<Stored | undefined>;
  /** The versions of a key written after `revision`, newest first; null: those since its last deletion. At most a thousand. */
  newerThan(key: string, revision: string | null): Promise<Stored[]>;
}

export function openDocuments(access: AwsAccess, bucket: string): Documents {
  const base = bucketUrl(access, bucket);
  const tryMs = Math.min(TRY_MS, access.patience?.timeoutMs ?? TRY_MS);
  const request = (method: string, key: string, more: Partial<AwsRequest> = {}, query = ''): AwsRequest => ({
    method,
    url: `${base}/${objectPath(key)}${query}`,
    service: 's3',
    ...more,
  });
  const asking =
    (...of: Parameters<typeof request>): Asking =>
    async (doing) =>
      inItsRegion(access, bucket, doing, await askAws(access, doing, request(...of)));
  const readVersion = async (key: string, revision: string) =>
    read(key, asking('GET', key, {}, `?${new URLSearchParams({ versionId: revision })}`));
  const documents: Documents = {
    read: async (key) => read(key, asking('GET', key)),
    reread: async (key, etag) => reread(key, asking('GET', key, { headers: { 'if-none-match': etag } })),
    write: async (key, text, condition) => {
      const put = request('PUT', key, { body: text, headers: headersOf(condition), timeoutMs: tryMs });
      return write(key, async (doing) =>
        inItsRegion(access, bucket, doing, await signedRequest(signedFor(access, put))),
      );
    },
    remove: async (key, ifMatch) =>
      remove(key, asking('DELETE', key, ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } })),
    list: (prefix) => list(prefix, (query) => asking('GET', '', {}, `?${query}`)),
    versions: (key, since) =>
      versionsOf(key, since, (more) =>
        asking('GET', '', {}, `?versions&${new URLSearchParams({ prefix: key, ...more })}`),
      ),
    readVersion,
    newerThan: async (key, revision) => {
      const ids = newerIds(await documents.versions(key), revision);
      const found = await Promise.all(ids.map((id) => readVersion(key, id)));
      return found.filter((stored) => stored !== undefined);
    },
  };
  return documents;
}

/** Completes "could not …", and asks. */
type Asking = (doing: string) => Promise<SignedResponse>;

/** @throws Failure (configuration) where the answer says that the bucket is in another */
function inItsRegion(access: AwsAccess, bucket: string, doing: string, answer: SignedResponse): SignedResponse {
  const region = otherRegion(access, answer);
  if (region === undefined) return answer;
  const where = `bucket ${bucket} is in region ${region}, and was asked for in ${access.region}`;
  throw new Failure('configuration', `could not ${doing}: ${where}`, {
    next: 'correct the region of the context: bbf config shows it, and who named that context',
  });
}

async function versionsOf(
  key: string,
  since: number = Number.POSITIVE_INFINITY,
  page: (marker: Record<string, string>) => Asking,
): Promise<Version[]> {
  const doing = `list the versions of ${key}`;
  const found: Version[] = [];
  let marker: Record<string, string> | undefined = {};
  while (marker !== undefined) {
    const answer = await page(marker)(doing);
    if (answer.status !== 200) throw refusal(doing, answer);
    const xml = listingOf(doing, answer, 'ListVersionsResult');
    found.push(...versionsIn(xml, key));
    marker = (found.at(-1)?.modifiedAt ?? 0) < since ? undefined : nextVersions(xml, key);
  }
  return found;
}

async function read(key: string, ask: Asking): Promise<Stored | undefined> {
  const doing = `read ${key}`;
  return storedIn(await ask(doing), doing);
}

async function reread(key: string, ask: Asking): Promise<Stored | 'unchanged' | undefined> {
  const doing = `read ${key}`;
  const answer = await ask(doing);
  return answer.status === 304 ? 'unchanged' : storedIn(answer, doing);
}

function storedIn(answer: SignedResponse, doing: string): Stored | undefined {
  if (answer.status === 404 && !answer.body.includes('NoSuchBucket')) return undefined;
  if (answer.status !== 200) throw refusal(doing, answer);
  return {
    // Drops a byte order mark, as the reconciler does.
    text: new TextDecoder().decode(answer.body),
    etag: header(answer, 'etag'),
    revision: header(answer, 'x-amz-version-id') || null,
    modifiedAt: Date.parse(header(answer, 'last-modified')) || 0,
  };
}

function headersOf(condition: WriteCondition): Record<string, string> {
  const type = { 'content-type': 'application/json' };
  if (condition === 'always') return type;
  return condition === 'absent' ? { ...type, 'if-none-match': '*' } : { ...type, 'if-match': condition.ifMatch };
}

async function write(key: string, ask: Asking): Promise<WriteOutcome> {
  const doing = `write ${key}`;
  let answer: SignedResponse;
  try {
    answer = await ask(doing);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { outcome: 'uncertain', why: error.message };
  }
  if (answer.status === 200)
    return { outcome: 'written', etag: header(answer, 'etag'), revision: header(answer, 'x-amz-version-id') || null };
  // 409: another conditional write of the key was under way; 404: If-Match on what has been deleted meanwhile.
  const gone = answer.status === 404 && !answer.body.includes('NoSuchBucket');
  if (answer.status === 412 || answer.status === 409 || gone) return { outcome: 'conflict' };
  if (answer.status >= 500) return { outcome: 'uncertain', why: `HTTP ${answer.status}` };
  throw refusal(doing, answer);
}

async function remove(key: string, ask: Asking): Promise<void> {
  const answer = await ask(`delete ${key}`);
  // 412: another ETag; 409: a write of the key is under way. Both are answers to a condition alone.
  if (![200, 204, 404, 409, 412].includes(answer.status)) throw refusal(`delete ${key}`, answer);
}

async function list(prefix: string, asking: (query: string) => Asking): Promise<Listed[]> {
  const doing = `list ${prefix}`;
  const found: Listed[] = [];
  let continuation: string | undefined;
  do {
    const query = new URLSearchParams({ 'list-type': '2', prefix });
    if (continuation !== undefined) query.set('continuation-token', continuation);
    const answer = await asking(query.toString())(doing);
    if (answer.status !== 200) throw refusal(doing, answer);
    const xml = listingOf(doing, answer, 'ListBucketResult');
    found.push(...listedOf(xml).filter(({ key }) => isNameable(key)));
    continuation = element(xml, 'NextContinuationToken');
  } while (continuation !== undefined);
  return found;
}

function listedOf(xml: string): Listed[] {
  const contents = xml.match(/<Contents>[\s\S]*?<\/Contents>/g) ?? [];
  return contents.map((entry) => ({
    key: element(entry, 'Key') ?? '',
    etag: element(entry, 'ETag') ?? '',
    modifiedAt: Date.parse(element(entry, 'LastModified') ?? '') || 0,
  }));
}

function header(answer: SignedResponse, name: string): string {
  const value = answer.headers[name];
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
}
