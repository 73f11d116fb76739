/** Credentials of an ECS task's role, as the container agent hands them out. */
import http from 'node:http';
import type { Credentials } from '../aws/signed-request.ts';
import { AccessError } from './access-error.ts';

/** The variables that the agent sets; the program's entry point passes its environment. */
interface ContainerEnvironment {
  AWS_CONTAINER_CREDENTIALS_FULL_URI?: string | undefined;
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI?: string | undefined;
  AWS_CONTAINER_AUTHORIZATION_TOKEN?: string | undefined;
}

/** Where ECS serves credentials to every task, from "Task IAM role" of the ECS developer guide. */
const AGENT_ORIGIN = 'http://169.254.170.2';
/** The agent renews well before this, so asking again at this distance always brings newer credentials. */
const RENEW_BEFORE_MS = 5 * 60_000;
const TIMEOUT_MS = 5_000;

/**
 * A source of the task role's credentials, read again from five minutes before they expire.
 * Calls made while one is under way share its answer.
 * @throws AccessError at once when the environment names no agent, and from the source when the agent does not answer.
 */
export function containerCredentials(
  environment: ContainerEnvironment,
  now: () => number = Date.now,
): () => Promise<Credentials> {
  const url = agentUrl(environment);
  const token = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  let current: Promise<Expiring> | undefined;
  let expiresAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (current === undefined || now() >= expiresAt - RENEW_BEFORE_MS) {
      expiresAt = Number.POSITIVE_INFINITY;
      current = readCredentials(url, token);
      current.then(
        (fresh) => {
          expiresAt = fresh.expiresAt;
        },
        () => {
          current = undefined;
        },
      );
    }
    return (await current).credentials;
  };
}

interface Expiring {
  credentials: Credentials;
  expiresAt: number;
}

function agentUrl(environment: ContainerEnvironment): URL {
  if (environment.AWS_CONTAINER_CREDENTIALS_FULL_URI) return new URL(environment.AWS_CONTAINER_CREDENTIALS_FULL_URI);
  const path = environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  if (path) return new URL(path, AGENT_ORIGIN);
  throw new AccessError({
    code: 'NoContainerCredentials',
    what: 'there are no task credentials',
    why: 'neither AWS_CONTAINER_CREDENTIALS_FULL_URI nor AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set',
    next: 'run this program as an ECS task with a task role',
  });
}

async function readCredentials(url: URL, token: string | undefined): Promise<Expiring> {
  const { status, text } = await get(url, token === undefined ? {} : { authorization: token });
  const found = status === 200 ? parseCredentials(text) : undefined;
  if (found) return found;
  throw unreadable(url, `it answered ${status} ${text.slice(0, 200)}`);
}

function parseCredentials(text: string): Expiring | undefined {
  let answer: Record<string, unknown>;
  try {
    answer = JSON.parse(text) ?? {};
  } catch {
    return undefined;
  }
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = answer;
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') return undefined;
  const sessionToken = typeof Token === 'string' ? Token : undefined;
  const expiresAt = typeof Expiration === 'string' ? Date.parse(Expiration) : Number.NaN;
  return {
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken },
    // Without a date the credentials are good for this request only.
    expiresAt: Number.isNaN(expiresAt) ? Number.NEGATIVE_INFINITY : expiresAt,
  };
}

function get(url: URL, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(unreadable(url, error.message));
    const request = http.get(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', fail);
  });
}

const unreadable = (url: URL, why: string) =>
  new AccessError({
    code: 'ContainerCredentialsUnreadable',
    what: `the container agent at ${url.origin} gave no credentials`,
    why,
    next: 'see that the task definition names a task role, then start the task again',
  });
