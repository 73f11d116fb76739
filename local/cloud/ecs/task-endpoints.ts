/** What a task asks of its surroundings over HTTP, unsigned: metadata, scale-in protection, credentials. */
import { timingSafeEqual } from 'node:crypto';
import { ServiceError, type WireRequest, type WireResponse } from '../kernel.ts';
import type { EcsContext } from './context.ts';
import { isoInstant } from './names.ts';
import { getTaskProtection, type ProtectionResult, updateTaskProtection } from './protection.ts';
import type { TaskRecord } from './state.ts';
import { containerMetadata, taskMetadata } from './task-metadata.ts';

export type TaskEndpoints = (request: WireRequest) => Promise<WireResponse>;

/** Fargate's agent hands out credentials for six hours. */
const CREDENTIALS_SECONDS = 6 * 3600;

/** Answers every path below `/_ecs/`. The token in the path is a secret of the container. */
export function taskEndpoints(context: EcsContext): TaskEndpoints {
  return async (request) => {
    const [, , api, token = '', ...rest] = request.path.split('/');
    const found = context.live.byToken(token);
    if (!found) return json(404, { error: `No running task has the endpoint ${request.path}.` });
    const { task, containerName } = found;
    const path = rest.join('/');
    if (api === 'v4' && path === '') return json(200, containerMetadata(context, task, containerName));
    if (api === 'v4' && path === 'task') return json(200, taskMetadata(context, task));
    if (api === 'api' && path === 'task-protection/v1/state') return protectionState(context, task, request);
    if (api === 'credentials') return credentials(context, task, path, request);
    return json(404, { error: `The local cloud has no task endpoint ${request.path}.` });
  };
}

function protectionState(context: EcsContext, task: TaskRecord, request: WireRequest): WireResponse {
  const target = { cluster: task.clusterName, tasks: [task.id] };
  try {
    if (request.method === 'GET') return protectionAnswer(getTaskProtection(context, target));
    const body = JSON.parse(Buffer.from(request.body).toString('utf8') || '{}');
    const input = { protectionEnabled: body.ProtectionEnabled, expiresInMinutes: body.ExpiresInMinutes };
    return protectionAnswer(updateTaskProtection(context, { ...target, ...input }));
  } catch (error) {
    const code = error instanceof ServiceError ? error.code : 'InvalidParameterException';
    return json(400, { error: { Arn: task.arn, Code: code, Message: (error as Error).message } });
  }
}

/** Developer guide, "task scale-in protection endpoint": `protection` or, with status 200 as well, `failure`. */
function protectionAnswer({ protectedTasks, failures }: ProtectionResult): WireResponse {
  const [failure] = failures;
  if (failure) {
    return json(200, { failure: { Arn: failure.arn, Detail: failure.detail ?? null, Reason: failure.reason } });
  }
  const [state] = protectedTasks;
  return json(200, {
    protection: {
      ExpirationDate: isoInstant(state?.expirationDate === undefined ? undefined : state.expirationDate * 1000) ?? null,
      ProtectionEnabled: state?.protectionEnabled ?? false,
      TaskArn: state?.taskArn,
    },
  });
}

function credentials(context: EcsContext, task: TaskRecord, id: string, request: WireRequest): WireResponse {
  if (!task.taskRoleArn || id !== task.credentialsId || !isSame(request.headers.authorization, task.credentialsToken)) {
    return json(403, { code: 'AccessDenied', message: 'The Authorization token is not that of the task.' });
  }
  const session = context.issueSession(task.taskRoleArn, task.id, CREDENTIALS_SECONDS);
  return json(200, {
    RoleArn: task.taskRoleArn,
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    Token: session.sessionToken,
    Expiration: isoInstant(session.expiresAt),
  });
}

function isSame(given: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function json(status: number, body: unknown): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
