/** A port in front of the local cloud that keeps what comes through it: what programs ask for, build tools included. */
import http from 'node:http';
import type { WireRequest } from '../../local/cloud/kernel.ts';

export interface RecordingProxy {
  endpoint: string;
  /** Oldest first. */
  requests: WireRequest[];
  close(): Promise<void>;
}

/** Signatures stay good: the host that was signed is handed on. Addresses of the cloud in its answers become the proxy's. */
export async function openRecordingProxy(target: string): Promise<RecordingProxy> {
  const requests: WireRequest[] = [];
  const { hostname, port, host } = new URL(target);
  const server = http.createServer(async (incoming, outgoing) => {
    const body = await whole(incoming);
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const url = new URL(incoming.url ?? '/', target);
    requests.push({ method: incoming.method ?? '', path: url.pathname, query: url.searchParams, headers, body });
    const onward = { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers };
    const forwarded = http.request(onward, async (answer) => {
      const received = await whole(answer);
      const own = (server.address() as { port: number }).port;
      const isText = /json|xml/.test(answer.headers['content-type'] ?? '');
      const sent = isText ? Buffer.from(received.toString('utf8').replaceAll(host, `127.0.0.1:${own}`)) : received;
      const length = answer.headers['content-length'] === undefined ? {} : { 'content-length': String(sent.length) };
      outgoing.writeHead(answer.statusCode ?? 502, {
        ...answer.headers,
        ...(incoming.method === 'HEAD' ? {} : length),
      });
      outgoing.end(sent);
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as { port: number };
  return {
    endpoint: `http://127.0.0.1:${own}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function whole(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
