/** Function URLs: who may call them, and what becomes of requests and answers. */
import { strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { WireRequest } from '../kernel.ts';
import type { InProcessFunction } from './in-process-runtime.ts';
import { deployed } from './test-room.ts';

describe('Function URLs', () => {
  const caller = {
    accessKeyId: 'ASIA1',
    arn: 'arn:aws:sts::000000000000:assumed-role/r/s',
    account: '000000000000',
    userId: 'AROA1:s',
  };
  const request = (path: string, more: Partial<WireRequest> = {}): WireRequest => ({
    method: 'POST',
    path,
    query: new URLSearchParams('a=1&a=2'),
    headers: { 'content-type': 'application/json', host: '127.0.0.1:4599' },
    body: strToU8('{"cluster":"main"}'),
    ...more,
  });
  function reachable(run: InProcessFunction, AuthType: 'AWS_IAM' | 'NONE' = 'AWS_IAM') {
    const room = deployed(run);
    const { FunctionUrl } = room.lambda.createFunctionUrlConfig({ FunctionName: 'f', AuthType });
    return { ...room, path: new URL(FunctionUrl).pathname };
  }
  it('hand over the request and who signed it', async () => {
    const { lambda, path } = reachable((event) => event);
    const answer = await lambda.requestUrl(request(`${path}certificates%2Fx`), caller);
    const event = JSON.parse(answer.body as string);
    expect(answer.status).toBe(200);
    expect(event).toMatchObject({
      version: '2.0',
      rawPath: '/certificates%2Fx',
      rawQueryString: 'a=1&a=2',
      queryStringParameters: { a: '1,2' },
      body: '{"cluster":"main"}',
      isBase64Encoded: false,
      requestContext: {
        accountId: '000000000000',
        time: '05/Jan/2026:08:00:01 +0000',
        http: { method: 'POST', path: '/certificates%2Fx' },
        authorizer: {
          iam: { userArn: caller.arn, accountId: '000000000000', callerId: 'AROA1:s', userId: 'AROA1:s' },
        },
      },
    });
  });
  it('encode bodies that are no text, both ways', async () => {
    const { lambda, path } = reachable((event) => {
      const { body, isBase64Encoded } = event as { body: string; isBase64Encoded: boolean };
      return { statusCode: 201, headers: { 'Content-Type': 'application/x' }, body, isBase64Encoded };
    });
    const bytes = new Uint8Array([0, 255, 1]);
    const answer = await lambda.requestUrl(request(path, { headers: {}, body: bytes }), caller);
    expect(answer).toEqual({ status: 201, headers: { 'content-type': 'application/x' }, body: Buffer.from(bytes) });
  });
  it('refuse unsigned requests', async () => {
    const { lambda, path } = reachable(() => 'secret');
    const answer = await lambda.requestUrl(request(path), undefined);
    expect(answer).toMatchObject({ status: 403, body: '{"Message":"Forbidden"}' });
  });
  it('of type NONE need a permission for everyone', async () => {
    const { lambda, path } = reachable(() => 'open', 'NONE');
    expect(await lambda.requestUrl(request(path), undefined)).toMatchObject({ status: 403 });
    lambda.addPermission({
      FunctionName: 'f',
      StatementId: 'public',
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    });
    expect(await lambda.requestUrl(request(path), undefined)).toMatchObject({ status: 200, body: 'open' });
  });
  it('answer 502 for an error of the function, 403 where there is none', async () => {
    const { lambda, path } = reachable(() => {
      throw new Error('no');
    });
    expect(await lambda.requestUrl(request(path), caller)).toMatchObject({ status: 502 });
    expect(await lambda.requestUrl(request('/_lambda-url/none/'), caller)).toMatchObject({ status: 403 });
  });
});
