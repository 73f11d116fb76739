/** Lets an SDK client talk to one service's codec within this process: no port, no signature. */
import type { Caller, WireHandler, WireRequest } from '../../local/cloud/kernel.ts';

const caller: Caller = {
  accessKeyId: 'AKIA',
  arn: 'arn:aws:iam::000000000000:user/me',
  account: '000000000000',
  userId: 'AIDA',
};

/** What the SDK gives its request handler, as far as it is used here. */
interface SdkRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  query?: Record<string, string | string[] | null>;
  body?: string | Uint8Array;
}

/** Settings for any client of the SDK; errors come at once, as nothing is tried twice. */
export function inProcess(wire: WireHandler) {
  return {
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: SdkRequest) {
        const { status, headers, body } = await wire(wireRequest(request), caller);
        return { response: { statusCode: status, headers, body: Buffer.from(body) } };
      },
    } as never,
  };
}

function wireRequest({ method, path, headers, query = {}, body = '' }: SdkRequest): WireRequest {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) parameters.append(name, one ?? '');
  return {
    method,
    path,
    query: parameters,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: typeof body === 'string' ? Buffer.from(body) : Uint8Array.from(body),
  };
}
