/** A bucket over HTTP for tests: ETags, versions, conditions, and faults on demand. It keeps state and checks no signatures. */
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredObject {
  text: string;
  version: string;
}

export interface BucketDouble {
  endpoint: string;
  objects: Map<string, StoredObject>;
  /** What the next PUT meets: its answer is lost after or before it was stored, or a rival writes first. */
  faults: ('lose answer' | 'lose request' | 'busy' | (() => void))[];
  /** Method and key of each request. */
  requests: string[];
  put(key: string, text: string): string;
  close(): Promise<void>;
}

export const etagOf = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;

export async function openBucketDouble(bucket = 'documents'): Promise<BucketDouble> {
  const objects = new Map<string, StoredObject>();
  const faults: BucketDouble['faults'] = [];
  const requests: string[] = [];
  let versions = 0;
  const put = (key: string, text: string) => {
    versions += 1;
    objects.set(key, { text, version: `v${versions}` });
    return `v${versions}`;
  };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://bucket');
      const key = url.pathname.slice(bucket.length + 2);
      requests.push(`${request.method} ${key || url.searchParams.get('prefix')}`);
      const body = Buffer.concat(chunks).toString('utf8');
      answer({ request, response, key, query: url.searchParams, body });
    });
  });

  interface Exchange {
    request: http.IncomingMessage;
    response: http.ServerResponse;
    key: string;
    query: URLSearchParams;
    body: string;
  }

  function answer({ request, response, key, query, body }: Exchange): void {
    const send = (status: number, headers: Record<string, string> = {}, text = '') =>
      response.writeHead(status, headers).end(text);
    const stored = objects.get(key);
    if (request.method === 'PUT') return void putAnswer({ request, response, key, query, body });
    if (request.method === 'DELETE') {
      objects.delete(key);
      return void send(204);
    }
    if (query.has('list-type')) return void send(200, {}, listing(query.get('prefix') ?? ''));
    if (stored === undefined) return void send(404, {}, '<Error><Code>NoSuchKey</Code><Message>none</Message></Error>');
    const headers = {
      etag: etagOf(stored.text),
      'x-amz-version-id': stored.version,
      'last-modified': new Date(0).toUTCString(),
    };
    if (request.headers['if-none-match'] === headers.etag) return void send(304, headers);
    send(200, headers, stored.text);
  }

  function putAnswer({ request, response, key, body }: Exchange): void {
    const fault = faults.shift();
    if (fault === 'lose request') return void request.socket.destroy();
    if (fault === 'busy') return void response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
    if (typeof fault === 'function') fault();
    const stored = objects.get(key);
    const match = request.headers['if-match'];
    const refused =
      (match !== undefined && (!stored || etagOf(stored.text) !== match)) ||
      (request.headers['if-none-match'] === '*' && stored);
    if (refused) return void response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
    const version = put(key, body);
    if (fault === 'lose answer') return void request.socket.destroy();
    response.writeHead(200, { etag: etagOf(body), 'x-amz-version-id': version }).end();
  }

  function listing(prefix: string): string {
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const contents = keys.map((key) => `<Contents><Key>${key}</Key><ETag>&quot;x&quot;</ETag></Contents>`);
    return `<ListBucketResult>${contents.join('')}</ListBucketResult>`;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    faults,
    requests,
    put,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
