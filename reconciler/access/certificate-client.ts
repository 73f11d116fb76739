/** What a client or a task of the farm asks of the reconciler's Function URL: a certificate, and where the farm is. */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { type CredentialSource, NoAnswer, signedRequest } from '../aws/signed-request.ts';
import { AccessError } from './access-error.ts';
import { signingRequest } from './signing-request.ts';
import type { TlsMaterial } from './tls-material.ts';

export interface AccessPoint {
  /** The Function URL, e.g. `https://ID.lambda-url.REGION.on.aws/`. */
  url: string;
  region: string;
  credentials: CredentialSource;
  /** Of one request. Default 30 s: a cold start of the reconciler takes about one. */
  timeoutMs?: number;
}

export interface AccessTarget extends AccessPoint {
  cluster: string;
}

/** Its key, PKCS#8, was made here and never left. */
export interface IssuedCertificate extends TlsMaterial {
  /** ISO instants. */
  notBefore: string;
  notAfter: string;
  /** What the caller's own identity earned. */
  role: 'client' | 'server' | 'worker';
}

/** Node 20 makes a 2048-bit key in about 70 ms off the main thread; peers of any Bazel accept RSA. */
const RSA_BITS = 2048;

/**
 * Makes a key here, has the reconciler sign a certificate for it, and returns both.
 * @throws AccessError Unreachable (try again), Refused (a human acts), BadAnswer
 */
export async function requestCertificate(target: AccessTarget): Promise<IssuedCertificate> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS });
  const body = JSON.stringify({ cluster: target.cluster, csr: signingRequest(privateKey) });
  const answer = await ask(target, 'POST', 'certificates', body);
  const { certificate, authorities, notBefore, notAfter, role } = answer;
  if (
    typeof certificate !== 'string' ||
    typeof authorities !== 'string' ||
    typeof notBefore !== 'string' ||
    typeof notAfter !== 'string' ||
    (role !== 'client' && role !== 'server' && role !== 'worker')
  ) {
    throw badAnswer(target, `it has the fields ${Object.keys(answer).join(', ') || '(none)'}`);
  }
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { key, certificate, authorities, notBefore, notAfter, role };
}

/**
 * `host:port` of the cluster's running build server, or null while it is asleep or still starting.
 * @throws AccessError Unreachable (try again), Refused (a human acts), BadAnswer
 */
export async function farmEndpoint(target: AccessTarget): Promise<string | null> {
  const { endpoint } = await ask(target, 'GET', `clusters/${encodeURIComponent(target.cluster)}/endpoint`);
  if (endpoint === null || typeof endpoint === 'string') return endpoint;
  throw badAnswer(target, `its endpoint is ${JSON.stringify(endpoint) ?? 'missing'}`);
}

/**
 * One signed request; answers its JSON object.
 * @throws AccessError Unreachable (try again), Refused (a human acts), BadAnswer
 */
export async function ask(target: AccessPoint, method: string, path: string, body?: string) {
  const url = new URL(path, target.url.endsWith('/') ? target.url : `${target.url}/`);
  const response = await signedRequest({
    method,
    url,
    service: 'lambda',
    region: target.region,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    credentials: target.credentials,
    ...(body === undefined ? {} : { body }),
    ...(target.timeoutMs === undefined ? {} : { timeoutMs: target.timeoutMs }),
  }).catch((error: unknown) => {
    throw error instanceof NoAnswer ? unreachable(error) : error;
  });
  const answer = jsonObject(response.body.toString('utf8'));
  if (response.status >= 200 && response.status < 300 && answer) return answer;
  throw failure(target, url, response.status, answer, response.body.toString('utf8'));
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function failure(
  target: AccessPoint,
  url: URL,
  status: number,
  answer: Record<string, unknown> | undefined,
  text: string,
) {
  // The service itself says `Message` where our own router says `message`.
  const why = String(answer?.message ?? answer?.Message ?? text.slice(0, 200));
  const what = `${url.origin}${url.pathname} answered ${status}`;
  if (status >= 500 || status === 429) {
    return new AccessError({
      code: 'Unreachable',
      what,
      why,
      status,
      next: 'try again; the reconciler’s log says more',
    });
  }
  if (status === 403) {
    const next =
      'allow the caller lambda:InvokeFunctionUrl, and lambda:InvokeFunction by its URL alone (lambda:InvokedViaFunctionUrl), on the reconciler, as docs/operations.md has it, and check its credentials';
    return new AccessError({ code: 'Refused', what, why, status, next });
  }
  if (status >= 400) {
    return new AccessError({ code: 'Refused', what, why, status, next: 'correct what the message names' });
  }
  return badAnswer(target, `status ${status} with ${text.slice(0, 200)}`);
}

const unreachable = (error: NoAnswer) =>
  new AccessError({
    code: 'Unreachable',
    what: 'the reconciler can not be reached',
    why: error.message,
    next: 'check the network and the context, then try again',
    cause: error,
  });

export const badAnswer = (target: AccessPoint, why: string) =>
  new AccessError({
    code: 'BadAnswer',
    what: `${target.url} gave an answer that bbf does not understand`,
    why,
    next: 'see that the context names bbf’s own Function URL, and that both sides run the same version',
  });
