/** A bucket over HTTP for tests: ETags, versions, conditions, and faults on demand. It keeps state and checks no signatures. */
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

interface StoredObject {
  text: string;
  version: string;
}

export interface BucketDouble {
  endpoint: string;
  objects: Map<string, StoredObject>;
  /** Every version of every key, oldest first. */
  versions: [key: string, stored: StoredObject][];
  /** What the next PUT meets: its answer is lost after or before it was stored, or a rival writes first. */
  faults: ('lose answer' | 'lose request' | 'busy' | (() => void))[];
  /** Methods whose requests are obeyed, and never get an answer. */
  silent: Set<string>;
  /** Called before a key is read. */
  onRead: ((key: string) => void) | undefined;
  /** Method and key of each request. */
  requests: string[];
  put(key: string, text: string): string;
  close(): Promise<void>;
}

const etagOf = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;

interface State {
  objects: Map<string, StoredObject>;
  versions: BucketDouble['versions'];
  faults: BucketDouble['faults'];
  put(key: string, text: string): string;
}

interface Exchange {
  request: http.IncomingMessage;
  response: http.ServerResponse;
  key: string;
  query: URLSearchParams;
  body: string;
}

export async function openBucketDouble(bucket = 'documents'): Promise<BucketDouble> {
  const requests: string[] = [];
  const silent = new Set<string>();
  const objects = new Map<string, StoredObject>();
  const versions: BucketDouble['versions'] = [];
  const put = (key: string, text: string) => {
    const stored = { text, version: `v${versions.length + 1}` };
    versions.push([key, stored]);
    objects.set(key, stored);
    return stored.version;
  };
  const state: State = { objects, versions, faults: [], put };
  const server = http.createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    const url = new URL(request.url ?? '', 'http://bucket');
    const key = decodeURIComponent(url.pathname.slice(bucket.length + 2));
    const { method = '' } = request;
    requests.push(`${method} ${key || url.searchParams.get('prefix')}`);
    if (method === 'GET') double.onRead?.(key);
    const heard = silent.has(method) ? new http.ServerResponse(request) : response;
    answer(state, { request, response: heard, key, query: url.searchParams, body });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const double: BucketDouble = { ...state, endpoint, silent, onRead: undefined, requests, close };
  return double;
}

function answer(state: State, exchange: Exchange): unknown {
  const { request, response, key, query } = exchange;
  const send = (status: number, headers: Record<string, string> = {}, text = '') =>
    response.writeHead(status, headers).end(text);
  if (request.method === 'PUT') return answerPut(state, exchange);
  if (request.method === 'DELETE') return answerDelete(state, exchange);
  if (query.has('list-type')) return send(200, {}, listing(state, query.get('prefix') ?? ''));
  if (query.has('versions'))
    return send(200, {}, versionListing(state, query.get('prefix') ?? '', query.get('version-id-marker')));
  const id = query.get('versionId');
  const stored = id === null ? state.objects.get(key) : state.versions.find(([, { version }]) => version === id)?.[1];
  if (stored === undefined) return send(404, {}, '<Error><Code>NoSuchKey</Code><Message>none</Message></Error>');
  const headers = {
    etag: etagOf(stored.text),
    'x-amz-version-id': stored.version,
    'last-modified': WRITTEN_AT.toUTCString(),
  };
  if (request.headers['if-none-match'] === headers.etag) return send(304, headers);
  return send(200, headers, stored.text);
}

function answerDelete({ objects }: State, { request, response, key }: Exchange): unknown {
  const stored = objects.get(key);
  const { 'if-match': match } = request.headers;
  if (match !== undefined && stored !== undefined && etagOf(stored.text) !== match)
    return response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
  objects.delete(key);
  return response.writeHead(204).end();
}

function answerPut(state: State, { request, response, key, body }: Exchange): unknown {
  const fault = state.faults.shift();
  if (fault === 'lose request') return request.socket.destroy();
  if (fault === 'busy') return response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
  if (typeof fault === 'function') fault();
  const stored = state.objects.get(key);
  const { 'if-match': match, 'if-none-match': noneMatch } = request.headers;
  const differs = match !== undefined && (stored === undefined || etagOf(stored.text) !== match);
  if (differs || (noneMatch === '*' && stored !== undefined))
    return response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
  const version = state.put(key, body);
  if (fault === 'lose answer') return request.socket.destroy();
  return response.writeHead(200, { etag: etagOf(body), 'x-amz-version-id': version }).end();
}

/** All in one second, after which the order of the listing counts. */
/** When the clock of a program double begins. */
const WRITTEN_AT = new Date(Date.UTC(2026, 0, 1));
const WRITTEN = `<LastModified>${WRITTEN_AT.toISOString()}</LastModified>`;

/** A thousand behind the version that is named. */
function versionListing({ versions }: State, prefix: string, behind: string | null): string {
  const own = versions.filter(([key]) => key.startsWith(prefix)).reverse();
  const from = own.findIndex(([, { version }]) => version === behind) + 1;
  const page = own.slice(from, from + 1000);
  const entries = page.map(
    ([key, { version }]) => `<Version><Key>${key}</Key><VersionId>${version}</VersionId>${WRITTEN}</Version>`,
  );
  const [key, last] = from + page.length < own.length ? (page.at(-1) ?? []) : [];
  const marker = `<NextKeyMarker>${key}</NextKeyMarker><NextVersionIdMarker>${last?.version}</NextVersionIdMarker>`;
  return `<ListVersionsResult>${last === undefined ? '' : marker}${entries.join('')}</ListVersionsResult>`;
}

function listing({ objects }: State, prefix: string): string {
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  const contents = keys.map((key) => `<Contents><Key>${key}</Key><ETag>&quot;x&quot;</ETag>${WRITTEN}</Contents>`);
  return `<ListBucketResult>${contents.join('')}</ListBucketResult>`;
}
