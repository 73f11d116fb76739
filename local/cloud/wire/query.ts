/** The AWS Query protocol, and EC2's variant of it: form bodies in, XML out. */
import { type Caller, ServiceError, type WireHandler, type WireRequest, type WireResponse } from '../kernel.ts';
import { bodyText, requestId, xmlAnswer } from './answer.ts';
import { parseQuery } from './query-input.ts';
import { buildXml, type XmlValue } from './xml.ts';

// biome-ignore lint/suspicious/noExplicitAny: the input is whatever the client sent; each operation reads the members it knows
export type QueryOperation = (input: any, caller: Caller) => unknown;

interface QueryOptions {
  /** `query` wraps results and lists in `member`; `ec2` is flat and lists in `item`. */
  style?: 'query' | 'ec2';
}

/**
 * A handler for one service. An operation returns its result as plain values, lists as arrays.
 * @param xmlns the service's name space, e.g. `http://cloudformation.amazonaws.com/doc/2010-05-15/`
 */
export function queryProtocol(
  xmlns: string,
  operations: Record<string, QueryOperation>,
  options: QueryOptions = {},
): WireHandler {
  const style = options.style ?? 'query';
  return async (request, caller) => {
    try {
      const input = parseQuery(formOf(request));
      const action = String(input.Action ?? '');
      const run = Object.hasOwn(operations, action) ? operations[action] : undefined;
      if (!run) throw unknownAction(action);
      const result = (await run(input, caller)) as XmlValue;
      return success(style, xmlns, action, result, requestId(request));
    } catch (error) {
      if (error instanceof ServiceError) return ERRORS[style](error, requestId(request));
      throw error;
    }
  };
}

export function queryError(error: ServiceError, id: string): WireResponse {
  const content = { Error: { ...errorMembers(error), ...error.members }, RequestId: id };
  return xmlAnswer(error.status, buildXml('ErrorResponse', content, 'member'));
}

export function ec2Error(error: ServiceError, id: string): WireResponse {
  const content = { Errors: { Error: { Code: error.code, Message: error.message } }, RequestID: id };
  return xmlAnswer(error.status, buildXml('Response', content, 'item'));
}

const ERRORS = { query: queryError, ec2: ec2Error };

function errorMembers(error: ServiceError) {
  return { Type: error.status < 500 ? 'Sender' : 'Receiver', Code: error.code, Message: error.message };
}

function success(style: 'query' | 'ec2', xmlns: string, action: string, result: XmlValue, id: string): WireResponse {
  if (style === 'ec2') {
    const content = { '@xmlns': xmlns, requestId: id, ...(result as Record<string, XmlValue> | undefined) };
    return xmlAnswer(200, buildXml(`${action}Response`, content, 'item'));
  }
  const content = { '@xmlns': xmlns, [`${action}Result`]: result, ResponseMetadata: { RequestId: id } };
  return xmlAnswer(200, buildXml(`${action}Response`, content, 'member'));
}

function unknownAction(action: string): ServiceError {
  return new ServiceError('InvalidAction', `The local cloud does not implement the action "${action}".`);
}

/** Query clients post a form; a GET with the same names in the URL is as good. */
function formOf(request: WireRequest): string {
  return request.method === 'GET' ? request.query.toString() : bodyText(request);
}
