/** The wire form of Invoke: the payload is the body, the rest lies in headers. */
import { ServiceError, type WireRequest, type WireResponse } from '../kernel.ts';
import { bodyText } from '../wire/answer.ts';
import type { Lambda } from './lambda.ts';

/** Undefined for a request that is no Invoke. */
export async function answerInvocation(lambda: Lambda, request: WireRequest): Promise<WireResponse | undefined> {
  const match = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/.exec(request.path);
  if (!match || request.method !== 'POST') return undefined;
  const name = decodeURIComponent(match[1] ?? '');
  const payload = bodyText(request) || '{}';
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'RequestResponse') return synchronous(lambda, name, payload, request);
  if (type === 'Event') {
    const requestId = lambda.invokeLater(name, payload);
    return { status: 202, headers: { 'x-amzn-requestid': requestId }, body: '' };
  }
  if (type === 'DryRun') {
    lambda.getFunctionConfiguration({ FunctionName: name });
    return { status: 204, headers: {}, body: '' };
  }
  throw new ServiceError(
    'InvalidParameterValueException',
    `Value '${type}' at 'invocationType' is not one of Event, RequestResponse, DryRun.`,
  );
}

async function synchronous(lambda: Lambda, name: string, payload: string, request: WireRequest): Promise<WireResponse> {
  const outcome = await lambda.invoke(name, payload);
  const tail = request.headers['x-amz-log-type'] === 'Tail';
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': outcome.requestId,
      'x-amz-executed-version': '$LATEST',
      ...(outcome.failed ? { 'x-amz-function-error': 'Unhandled' } : {}),
      ...(tail ? { 'x-amz-log-result': Buffer.from(outcome.logTail).toString('base64') } : {}),
    },
    body: outcome.payload,
  };
}
