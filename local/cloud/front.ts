/** The port: an HTTP server on the loopback interface, and on a socket where asked for, that turns requests into `WireRequest`s and back. */
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type ListenOptions, type Server as SocketServer } from 'node:net';
import { relative } from 'node:path';
import type { WireRequest, WireResponse } from './kernel.ts';

export interface Front {
  port: number;
  /** Takes no more requests and drops the connections. */
  close(): Promise<void>;
}

export interface FrontOptions {
  /** 0 for any that is free. */
  port: number;
  /** Path of a Unix socket for those who have a loopback of their own; one that an earlier run has left there is replaced. */
  socket?: string | undefined;
  handle(request: WireRequest): Promise<WireResponse>;
  /** Bytes; a larger body is refused with status 413. */
  maxBodyBytes?: number;
}

/** The whole body is held in memory; the largest single upload of S3 itself is 5 GiB. */
const MAX_BODY_BYTES = 1024 ** 3;
/** Longer than the SDKs keep an idle connection, so that it is never the server which closes it under a request. */
const KEEP_ALIVE_MS = 120_000;

/** Rejects with Node's own error when the port is taken, or the socket can't be made. */
export async function openFront({ port, socket, handle, maxBodyBytes = MAX_BODY_BYTES }: FrontOptions): Promise<Front> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, (incoming, outgoing) => {
    serve(incoming, outgoing, handle, maxBodyBytes).catch((error) => fail(outgoing, error));
  });
  await listening(server, { port, host: '127.0.0.1' });
  const atSocket = createSocketServer((connection) => server.emit('connection', connection));
  if (socket !== undefined) {
    rmSync(socket, { force: true });
    // 107 bytes are the most that Linux takes, and the cloud works in the folder where its socket is.
    await listening(atSocket, { path: relative(process.cwd(), socket) });
  }
  return {
    port: portOf(server),
    async close() {
      atSocket.close();
      await close(server);
    },
  };
}

function listening(server: SocketServer, at: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, resolve);
  });
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handle: FrontOptions['handle'],
  maxBodyBytes: number,
): Promise<void> {
  const body = await bodyOf(incoming, maxBodyBytes);
  if (!body) {
    const message = `The body exceeds ${maxBodyBytes} bytes.`;
    outgoing.writeHead(413, { 'content-type': 'text/plain', connection: 'close' }).end(message);
    return;
  }
  const response = await handle(requestOf(incoming, body));
  send(outgoing, response, incoming.method === 'HEAD');
}

/** Undefined when it is longer than allowed. The client may be gone before the end: then this rejects. */
async function bodyOf(incoming: IncomingMessage, maxBodyBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function requestOf(incoming: IncomingMessage, body: Uint8Array): WireRequest {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : (value ?? ''),
  ]);
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query.join('?')),
    headers: Object.fromEntries(headers),
    body,
  };
}

function send(outgoing: ServerResponse, { status, headers, body }: WireResponse, isHead: boolean): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const bodiless = status === 204 || status === 304;
  // A HEAD answer states the length of the body that a GET would have had.
  const length = bodiless || (isHead && headers['content-length']) ? {} : { 'content-length': String(bytes.length) };
  outgoing.writeHead(status, { ...headers, ...length });
  outgoing.end(bodiless || isHead ? undefined : bytes);
}

function fail(outgoing: ServerResponse, error: unknown): void {
  if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();
  outgoing.writeHead(500, { 'content-type': 'text/plain' }).end((error as Error).message);
}

const portOf = (server: Server) => (server.address() as { port: number }).port;

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
