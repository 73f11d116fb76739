/** What Lambda keeps: plain JSON, saved and restored as it is; the bytes of code lie in a store beside it. */
import { ServiceError, type World } from '../kernel.ts';
import type { Blobs } from '../s3/state.ts';
import type { FunctionRuntime, FunctionSettings, SessionCredentials } from './runtime.ts';

export interface LambdaFunction extends FunctionSettings {
  description: string;
  architecture: string;
  ephemeralStorageMiB: number;
  codeSize: number;
  tags: Record<string, string>;
  /** Milliseconds since the epoch. */
  modifiedAt: number;
  /** When creation, or the last update, is through, in milliseconds. */
  readyAt: number;
  created: boolean;
  reservedConcurrency?: number | undefined;
  policy: PolicyStatement[];
  url?: FunctionUrl | undefined;
  eventInvoke?: EventInvokeConfig | undefined;
}

export interface PolicyStatement {
  Sid: string;
  Effect: 'Allow';
  Principal: '*' | { Service: string } | { AWS: string };
  Action: string;
  Resource: string;
  Condition?: Record<string, Record<string, string>>;
}

export interface FunctionUrl {
  id: string;
  authType: 'AWS_IAM' | 'NONE';
  invokeMode: string;
  cors?: unknown;
  createdAt: string;
  modifiedAt: string;
}

interface EventInvokeConfig {
  maximumRetryAttempts?: number | undefined;
  maximumEventAgeSeconds?: number | undefined;
  modifiedAt: number;
}

/** An event that waits in the asynchronous queue, or whose invocation is not over yet. */
export interface QueuedEvent {
  id: string;
  functionName: string;
  payload: string;
  acceptedAt: number;
  dueAt: number;
  /** Invocations that ended in an error of the function. */
  failures: number;
  /** Refusals because too much was running. */
  throttles: number;
}

export interface LambdaState {
  functions: Record<string, LambdaFunction>;
  queue: Record<string, QueuedEvent>;
  /** Events that were given up, the last ones, oldest first. */
  drops: { at: string; functionName: string; reason: string; payload: string }[];
}

/** Names come from users, `__proto__` among them: the record that they index has no prototype. */
export function restoreLambdaState(saved: LambdaState | undefined): LambdaState {
  const functions = Object.assign(Object.create(null), saved?.functions) as LambdaState['functions'];
  return { functions, queue: saved?.queue ?? {}, drops: saved?.drops ?? [] };
}

export interface LambdaOptions {
  world: World;
  runtime: FunctionRuntime;
  /** Holds the zips; the id is `lambda-` and the hash of the bytes in hexadecimal. */
  blobs: Blobs;
  /** Throws ServiceError as S3 would, e.g. NoSuchKey. */
  readObject(bucket: string, key: string, version: string | undefined): Uint8Array;
  issueSession(request: { roleArn: string; sessionName: string; durationSeconds: number }): SessionCredentials;
  appendLog(group: string, stream: string, line: string): void;
  /** Where the local cloud answers, without a slash at the end, e.g. `http://127.0.0.1:4599`. */
  urlBase: string;
  /** Invocations at a time in all; on AWS a thousand, here a machine's worth. */
  concurrency?: number | undefined;
  saved?: LambdaState | undefined;
}

export interface LambdaParts extends Omit<LambdaOptions, 'saved'> {
  state: LambdaState;
}

/** Takes what the API takes: a name, `ACCOUNT:function:NAME` or an ARN, each maybe with `:$LATEST`. */
export function findFunction({ state, world }: LambdaParts, given: string | undefined): LambdaFunction {
  const name = functionNameOf(given ?? '');
  const found = state.functions[name];
  if (found) return found;
  const arn = given?.startsWith('arn:') ? given : functionArn(world, given ?? '');
  throw new ServiceError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
}

export function functionNameOf(given: string): string {
  const withoutVersion = given.replace(/:\$LATEST$/, '');
  return /(?:^|:)function:([^:]+)$/.exec(withoutVersion)?.[1] ?? withoutVersion;
}

export function functionArn(world: World, name: string): string {
  return `arn:aws:lambda:${world.region}:${world.account}:function:${name}`;
}

export const invalid = (message: string) => new ServiceError('InvalidParameterValueException', message);
