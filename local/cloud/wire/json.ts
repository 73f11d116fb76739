/** The AWS JSON 1.1 protocol: the operation is named by `X-Amz-Target`, input and output are JSON bodies. */
import { type Caller, ServiceError, type WireHandler, type WireRequest, type WireResponse } from '../kernel.ts';
import { bodyText } from './answer.ts';

/** Takes the parsed input, gives the output; instants in the output are seconds since the epoch. */
// biome-ignore lint/suspicious/noExplicitAny: the input is whatever the client sent; each operation reads the members it knows
export type JsonOperation = (input: any, caller: Caller) => unknown;

/**
 * A handler for one service.
 * @param targetPrefix what precedes the operation in `X-Amz-Target`, e.g. `AmazonEC2ContainerServiceV20141113`
 */
export function jsonProtocol(targetPrefix: string, operations: Record<string, JsonOperation>): WireHandler {
  return async (request, caller) => {
    try {
      const run = operationOf(request, targetPrefix, operations);
      return jsonAnswer(200, (await run(inputOf(request), caller)) ?? {});
    } catch (error) {
      if (error instanceof ServiceError) return jsonError(error);
      throw error;
    }
  };
}

export function jsonError(error: ServiceError): WireResponse {
  const body = { __type: error.code, message: error.message, ...error.members };
  const answer = jsonAnswer(error.status, body);
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': error.code } };
}

function jsonAnswer(status: number, body: unknown): WireResponse {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}

function operationOf(request: WireRequest, prefix: string, operations: Record<string, JsonOperation>): JsonOperation {
  const [service, name = ''] = (request.headers['x-amz-target'] ?? '').split('.');
  const run = service === prefix && Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (run) return run;
  const asked = request.headers['x-amz-target'] ?? 'a request without X-Amz-Target';
  throw new ServiceError('UnknownOperationException', `The local cloud does not implement ${asked}.`);
}

function inputOf(request: WireRequest): unknown {
  const text = bodyText(request);
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ServiceError('SerializationException', `The body is not JSON: ${(error as Error).message}`);
  }
}
