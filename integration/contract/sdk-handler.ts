/** Lets clients of the AWS SDK reach a local cloud, or a part of it, in this process and without a port; requests come signed. */
import { Readable } from 'node:stream';
import type { Cloud } from '../../local/cloud/cloud.ts';
import type { WireRequest } from '../../local/cloud/kernel.ts';

/** What the SDK hands to a request handler. */
interface SdkRequest {
  method: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** For the member `requestHandler` of a client's configuration. */
export function sdkHandler(cloud: Pick<Cloud, 'handle'>) {
  return {
    async handle(request: SdkRequest) {
      const { status, headers, body } = await cloud.handle(await wireRequestOf(request));
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      return { response: { statusCode: status, headers, body: Readable.from([bytes], { objectMode: false }) } };
    },
    destroy() {},
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

async function wireRequestOf(request: SdkRequest): Promise<WireRequest> {
  const named = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const host = request.port === undefined ? request.hostname : `${request.hostname}:${request.port}`;
  return {
    method: request.method,
    path: request.path,
    query: searchParams(request.query ?? {}),
    headers: { host, ...Object.fromEntries(named) },
    body: await bytesOf(request.body),
  };
}

function searchParams(query: Record<string, string | string[] | null>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value ?? ''].flat()) parameters.append(name, one);
  }
  return parameters;
}

async function bytesOf(body: SdkRequest['body']): Promise<Uint8Array> {
  if (body === undefined || typeof body === 'string') return Buffer.from(body ?? '');
  // A copy: the SDK's own array warns whoever takes it for a text.
  if (body instanceof Uint8Array) return Uint8Array.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
