/** One HTTP request signed with Signature Version 4, for what the AWS SDK does not cover or costs too much to load. */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import http from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  /** Milliseconds since the epoch; only of credentials that end and that nobody renews. */
  endsAt?: number;
}

/** Credentials, or where to ask for current ones before each request. */
export type CredentialSource = Credentials | (() => Promise<Credentials>);

export interface SignedRequest {
  method: string;
  /** Absolute, `http:` or `https:`. */
  url: string | URL;
  /** Signing name of the service, e.g. `lambda`, `s3`, `ec2`. */
  service: string;
  region: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  credentials: CredentialSource;
  /** For the whole exchange, answer included. Default 30 s. */
  timeoutMs?: number;
}

export interface SignedResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** The request brought no answer: nobody listened, the connection broke, or time ran out. */
export class NoAnswer extends Error {
  /** Of the system, e.g. ECONNREFUSED; ETIMEDOUT when `timeoutMs` ran out. */
  readonly code: string;
  constructor(message: string, code: string, cause: unknown) {
    super(message, { cause });
    this.name = 'NoAnswer';
    this.code = code;
  }
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Loading TLS takes longer than a request on loopback: only who needs it pays for it. */
const https = () => process.getBuiltinModule('node:https');

/** Node stops these idle sockets from holding the process open, so nobody has to close them. */
const agents: { plain?: http.Agent; secure?: http.Agent } = {};

function sender(secure: boolean): (options: http.RequestOptions) => http.ClientRequest {
  if (secure) {
    agents.secure ??= new (https().Agent)({ keepAlive: true });
    return (options) => https().request({ ...options, agent: agents.secure });
  }
  agents.plain ??= new http.Agent({ keepAlive: true });
  return (options) => http.request({ ...options, agent: agents.plain });
}

/**
 * Signs and sends one request and reads the whole answer; any HTTP status is an answer.
 * @throws NoAnswer
 */
export async function signedRequest(request: SignedRequest): Promise<SignedResponse> {
  const url = new URL(request.url);
  const { headers, path } = await sign(request, url);
  const wire: Wire = {
    url,
    path,
    headers,
    method: request.method,
    body: request.body,
    timeoutMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };
  return exchange(wire, true);
}

interface Wire {
  url: URL;
  path: string;
  headers: Record<string, string>;
  method: string;
  body: string | Uint8Array | undefined;
  timeoutMs: number;
}

async function sign(request: SignedRequest, url: URL): Promise<{ headers: Record<string, string>; path: string }> {
  const query: Record<string, string[]> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name);
  const signer = new SignatureV4({
    credentials: request.credentials,
    region: request.region,
    service: request.service,
    sha256: Sha256,
    // S3 signs the path as it is sent; every other service signs it escaped once more.
    uriEscapePath: request.service !== 's3',
  });
  const signed = await signer.sign({
    method: request.method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query,
    headers: { ...request.headers, host: url.host },
    body: request.body,
  });
  return { headers: signed.headers, path: url.pathname + queryText(query) };
}

function queryText(query: Record<string, string[]>): string {
  const pairs = Object.entries(query).flatMap(([name, values]) => values.map((value) => [name, value] as const));
  if (pairs.length === 0) return '';
  return `?${pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
}

function exchange(wire: Wire, mayRetry: boolean): Promise<SignedResponse> {
  const { url, method, headers, path } = wire;
  return new Promise((resolve, reject) => {
    const options = { method, headers, path, hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port };
    const outgoing = sender(url.protocol === 'https:')(options);
    const timer = setTimeout(() => outgoing.destroy(new OutOfTime()), wire.timeoutMs);
    let isRepeatable = mayRetry;
    // Of a broken connection both the request and its answer tell.
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      // The far side may close a kept connection at the very moment it is used again; only then is it safe to repeat.
      if (!isRepeatable || !outgoing.reusedSocket || error.code !== 'ECONNRESET') return reject(noAnswer(wire, error));
      isRepeatable = false;
      resolve(exchange(wire, false));
    };
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      isRepeatable = false;
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', fail);
      incoming.on('end', () => {
        clearTimeout(timer);
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
      });
    });
    outgoing.end(wire.body);
  });
}

class OutOfTime extends Error {}

function noAnswer(wire: Wire, error: NodeJS.ErrnoException): NoAnswer {
  const what = `${wire.method} ${wire.url.origin}${wire.url.pathname}`;
  if (error instanceof OutOfTime)
    return new NoAnswer(`${what} gave no answer within ${wire.timeoutMs} ms`, 'ETIMEDOUT', error);
  return new NoAnswer(`${what} failed: ${error.message || error.code}`, error.code ?? 'UNKNOWN', error);
}

/** The hash that the signer asks for, on node:crypto. */
class Sha256 {
  readonly #secret: Uint8Array | undefined;
  #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined ? undefined : bytesOf(secret);
    this.#hash = this.#fresh();
  }
  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
  reset(): void {
    this.#hash = this.#fresh();
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
