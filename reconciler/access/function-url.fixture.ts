/** The Function URL on a loopback port, in front of the real answers. Who calls is told by the access key; signatures are Lambda's to check. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AccessPorts, type AccessSettings, answerUrl } from './function-url.ts';

export const ACCOUNT = '123456789012';
export const PERSON = `arn:aws:iam::${ACCOUNT}:user/ann`;
export const SETTINGS: AccessSettings = {
  installation: 'bbf',
  account: ACCOUNT,
  serverRole: 'bbf--server--r',
  workerRole: 'bbf--worker--r',
};

/**
 * @param arnOf the caller with this access key
 * @param isLost the answer of what has been done: Lambda gives one of its own in its place
 */
export async function serveFunctionUrl(
  ports: AccessPorts,
  arnOf: (accessKeyId: string) => string,
  isLost: (method: string) => boolean = () => false,
) {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString('utf8');
    const [, accessKeyId = ''] = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const http = { method: request.method ?? '' };
    const requestContext = { http, authorizer: { iam: { userArn: arnOf(accessKeyId) } } };
    const answer = await answerUrl({ rawPath: request.url ?? '', body, requestContext }, SETTINGS, ports);
    if (isLost(http.method)) response.writeHead(502).end();
    else response.writeHead(answer.statusCode, answer.headers).end(answer.body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => void server.close().closeAllConnections(),
  };
}
