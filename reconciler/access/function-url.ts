/** What the reconciler answers at its Function URL: certificates, authorities, and where a cluster's farm is. */
import { NAME_CHARACTERS_MAX, NAME_PATTERN } from '../../config-schema/cluster.schema.ts';
import type { Log } from '../ports.ts';
import { type Caller, callerOf, type FarmRoles } from './caller.ts';
import type { IssuePorts } from './issue.ts';
import { Refusal } from './refusal.ts';
import { bundleOf } from './signer.ts';

/** The part that we read of the API Gateway v2 payload ("Lambda function URLs", request payload format). */
export interface UrlEvent {
  rawPath: string;
  body?: string;
  isBase64Encoded?: boolean;
  requestContext: {
    http: { method: string };
    authorizer?: { iam?: { userArn?: string } };
  };
}

export interface UrlAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

export interface AccessPorts extends IssuePorts {
  /** `host:port` of the running server as that caller reaches it, or null while there is none. */
  endpoint(cluster: string, role: Caller['role']): Promise<string | null>;
  log: Log;
}

export interface AccessSettings extends FarmRoles {
  installation: string;
}

/** Tells a call of the Function URL from every other event that wakes the function. */
export function isUrlEvent(event: unknown): event is UrlEvent {
  const { rawPath, requestContext } = (event ?? {}) as Partial<UrlEvent>;
  return typeof rawPath === 'string' && typeof requestContext?.http?.method === 'string';
}

/** Answers one request. Only what is not the caller's fault is thrown, so that the function fails and its alarm fires. */
export async function answerUrl(event: UrlEvent, settings: AccessSettings, ports: AccessPorts): Promise<UrlAnswer> {
  try {
    return urlAnswer(200, await route(event, settings, ports));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    ports.log.info({ code: error.code, arn: event.requestContext.authorizer?.iam?.userArn }, error.message);
    return urlAnswer(error.status, { error: error.code, message: error.message });
  }
}

const ROUTES = 'POST /certificates, GET /authorities, POST /authorities/rotation, GET /clusters/NAME/endpoint';
const ENDPOINT_PATH = /^\/clusters\/([^/]+)\/endpoint$/;

async function route(event: UrlEvent, settings: AccessSettings, ports: AccessPorts): Promise<object> {
  const caller = identify(event, settings);
  const path = event.rawPath.replace(/(?<=.)\/$/, '');
  const request = `${event.requestContext.http.method} ${path}`;
  if (request === 'POST /certificates') return certificate(event, caller, settings, ports);
  if (request === 'GET /authorities') return authorities(ports);
  if (request === 'POST /authorities/rotation') return rotate(caller, ports);
  const cluster = ENDPOINT_PATH.exec(path)?.[1];
  if (cluster !== undefined && request.startsWith('GET '))
    return { endpoint: await ports.endpoint(clusterName(cluster), caller.role) };
  throw new Refusal(404, 'NoSuchRoute', `there is nothing at ${request}; there is ${ROUTES}`);
}

function identify(event: UrlEvent, settings: AccessSettings): Caller {
  const arn = event.requestContext.authorizer?.iam?.userArn;
  const caller = arn === undefined ? undefined : callerOf(arn, settings);
  if (caller) return caller;
  throw new Refusal(
    403,
    'NoCaller',
    `the request is not signed by an identity of AWS (${arn ?? 'none'}); sign it with SigV4`,
  );
}

async function certificate(
  event: UrlEvent,
  caller: Caller,
  settings: AccessSettings,
  ports: AccessPorts,
): Promise<object> {
  const { cluster, csr } = bodyOf(event);
  if (typeof cluster !== 'string' || typeof csr !== 'string') {
    throw new Refusal(400, 'BadRequest', 'the body must be a JSON object with "cluster" and "csr", both texts');
  }
  // Not before it is needed: it brings X.509 along.
  const { issueCertificate } = await import('./issue.ts');
  const request = { installation: settings.installation, caller, cluster: clusterName(cluster), csr };
  const { answer, serial } = await issueCertificate(request, ports);
  const fields = { serial, arn: caller.arn, role: caller.role, cluster, notAfter: answer.notAfter };
  ports.log.info(fields, 'certificate issued');
  return answer;
}

async function authorities({ signer }: AccessPorts): Promise<object> {
  const trusted = await signer.authorities();
  return { authorities: bundleOf(trusted), trusted };
}

/** The farm's own tasks have no business with it; for everyone who may build it is harmless: peers trust old and new. */
async function rotate(caller: Caller, ports: AccessPorts): Promise<object> {
  if (caller.role !== 'client') throw new Refusal(403, 'NotYours', `a ${caller.role} may not change the authority`);
  const rotation = await ports.signer.rotate();
  if (rotation.begun) ports.log.info({ arn: caller.arn, ...rotation }, 'certificate authority changes');
  return rotation;
}

/** A request for a 4096-bit key takes about 1,700 characters. */
const BODY_CHARACTERS_MAX = 16_384;

function bodyOf(event: UrlEvent): Record<string, unknown> {
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');
  if (body.length > BODY_CHARACTERS_MAX) {
    throw new Refusal(413, 'TooBig', `the body has ${body.length} characters; at most ${BODY_CHARACTERS_MAX} are read`);
  }
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below: what is no JSON and what is no object are the same slip.
  }
  throw new Refusal(400, 'BadRequest', 'the body is not a JSON object');
}

const NAME = new RegExp(NAME_PATTERN);

/** A name becomes part of a key, so nothing else may pass. */
function clusterName(text: string): string {
  if (NAME.test(text) && text.length <= NAME_CHARACTERS_MAX) return text;
  throw new Refusal(400, 'BadName', `${JSON.stringify(text.slice(0, 80))} can not be the name of a cluster`);
}

export const urlAnswer = (statusCode: number, value: object): UrlAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
});
