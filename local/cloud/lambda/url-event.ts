/** Translates between HTTP and the events of Function URLs (API Gateway's payload format, version 2.0). */
import type { Caller, WireRequest, WireResponse, World } from '../kernel.ts';
import type { Outcome } from './runtime.ts';
import type { FunctionUrl } from './state.ts';

const ROUTE = '$default';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @param path what follows the URL's id, undecoded and with its leading slash */
export function urlEvent(
  request: WireRequest,
  path: string,
  url: FunctionUrl,
  caller: Caller | undefined,
  world: World,
): string {
  const rawQueryString = request.query.toString();
  const { cookie, ...headers } = request.headers;
  const text = Buffer.from(request.body);
  const binary = text.length > 0 && !isText(headers['content-type']);
  return JSON.stringify({
    version: '2.0',
    routeKey: ROUTE,
    rawPath: path,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers,
    ...(rawQueryString === '' ? {} : { queryStringParameters: joined(request.query) }),
    requestContext: requestContext(request, path, url, caller, world),
    ...(text.length === 0 ? {} : { body: text.toString(binary ? 'base64' : 'utf8') }),
    isBase64Encoded: binary,
  });
}

function requestContext(
  request: WireRequest,
  path: string,
  url: FunctionUrl,
  caller: Caller | undefined,
  world: World,
) {
  const host = request.headers.host ?? `${url.id}.lambda-url.${world.region}.on.aws`;
  return {
    accountId: caller?.account ?? 'anonymous',
    apiId: url.id,
    ...(caller ? { authorizer: { iam: iamOf(caller) } } : {}),
    domainName: host,
    domainPrefix: url.id,
    http: {
      method: request.method,
      path,
      protocol: 'HTTP/1.1',
      sourceIp: '127.0.0.1',
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId: world.uuid(),
    routeKey: ROUTE,
    stage: ROUTE,
    time: commonLogTime(world.now()),
    timeEpoch: world.now(),
  };
}

function iamOf({ accessKeyId, account, arn, userId }: Caller) {
  return {
    accessKey: accessKeyId,
    accountId: account,
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId,
  };
}

const isText = (contentType = '') =>
  /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded|[\w.-]+\+(json|xml))\b)/.test(contentType);

/** Values of one name are joined by commas. */
function joined(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query.keys()].map((name) => [name, query.getAll(name).join(',')]));
}

/** `05/Jan/2026:08:00:00 +0000` */
function commonLogTime(now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}

/** An object with `statusCode` is a response, anything else becomes the JSON body of one. */
export function urlResponse({ payload, failed }: Outcome): WireResponse {
  if (failed) return jsonResponse(502, 'Internal Server Error');
  const result: unknown = JSON.parse(payload);
  if (typeof result !== 'object' || result === null || !('statusCode' in result))
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: typeof result === 'string' ? result : payload,
    };
  const { statusCode, headers, body = '', isBase64Encoded } = result as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return jsonResponse(502, 'Internal Server Error');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headers: { 'content-type': 'application/json', ...lowerCased(headers) },
    body: isBase64Encoded === true ? Buffer.from(text, 'base64') : text,
  };
}

function lowerCased(headers: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

export function jsonResponse(status: number, message: string, errorType?: string): WireResponse {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (errorType !== undefined) headers['x-amzn-errortype'] = errorType;
  return { status, headers, body: JSON.stringify({ Message: message }) };
}
