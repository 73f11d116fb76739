/**
 * What tasks of ECS may call: the objects of S3 that their role's own policies grant, and who they are. Actions of builds run beside a task's keys, and
 * whoever may make a function runs anything on this machine, so all else is refused, also what a policy would grant.
 */
import { type Caller, ServiceError, type WireRequest } from '../kernel.ts';
import { wild } from '../policy-pattern.ts';
import { addressOf } from '../s3/request.ts';
import { bodyText } from '../wire/answer.ts';
import type { IamState, Role } from './state.ts';

interface Statement {
  Effect?: string;
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: unknown;
}

interface Right {
  action: string;
  resource: string;
}

/** The status of a refusal is there that of every mistake ("Common errors" of their API references). */
const JSON_RPC = new Set(['ecr', 'ecs', 'events', 'logs', 'tagging']);

/** @param service as in the credential's scope. Services that speak JSON call the refusal an exception. */
export function refuseTask(state: IamState, { arn }: Caller, service: string, request: WireRequest): void {
  const name = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  if (name === undefined) return;
  // A role that is gone grants nothing any more.
  const role = state.roles[name];
  if (role && !isForTasks(role)) return;
  if (service === 'sts' && asksWhoItIs(request)) return;
  const right = service === 's3' ? objectRight(request) : undefined;
  if (role && right !== undefined && grants(role, right)) return;
  const asked = right === undefined ? `this of ${service}` : `${right.action} on ${right.resource}`;
  const code = service === 's3' || service === 'sts' || service === 'iam' ? 'AccessDenied' : 'AccessDeniedException';
  const status = JSON_RPC.has(service) ? 400 : 403;
  throw new ServiceError(code, `User: ${arn} is a task, and not authorized to perform ${asked}`, status);
}

const isForTasks = ({ trust }: Role) => trust.includes('ecs-tasks.amazonaws.com');

/** The one action that it names, and not the last of several. */
function asksWhoItIs(request: WireRequest): boolean {
  const named = new URLSearchParams(bodyText(request)).getAll('Action');
  return request.query.size === 0 && named.length === 1 && named[0] === 'GetCallerIdentity';
}

/** A query is another operation than the object's own; the SDK's `x-id` says which one again. */
function objectRight(request: WireRequest): Right | undefined {
  const { method, query, headers } = request;
  const { bucket, key } = addressOf(request);
  const isPlain = [...query.keys()].every((name) => name === 'x-id');
  if (!bucket || !key || !isPlain || headers['x-amz-copy-source'] !== undefined) return undefined;
  const operation = { GET: 'GetObject', HEAD: 'GetObject', PUT: 'PutObject' }[method];
  if (operation === undefined) return undefined;
  return { action: `s3:${operation}`, resource: `arn:aws:s3:::${bucket}/${key}` };
}

/** A denial wins. What has a condition is for nobody: none of the foundation's has one. */
function grants(role: Role, right: Right): boolean {
  const all = Object.values(role.inline).flatMap(
    (document) => (JSON.parse(document) as { Statement?: Statement | Statement[] }).Statement ?? [],
  );
  const meant = all.filter((statement) => means(statement, right));
  const allowed = meant.some(({ Effect, Condition }) => Effect === 'Allow' && Condition === undefined);
  return allowed && meant.every(({ Effect }) => Effect === 'Allow');
}

function means({ Action = [], Resource = [] }: Statement, { action, resource }: Right): boolean {
  const names = (patterns: string | string[], value: string) =>
    [patterns].flat().some((pattern) => wild(pattern).test(value));
  return names(Action, action) && names(Resource, resource);
}
