/** `bbf local down`, `status` and `env`: the local cloud once it is there. */
import { readFile, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call, Program } from '../command.ts';
import { confirm } from '../confirm.ts';
import { findContext } from '../context/choices.ts';
import { isLocalCloud, readConfig, removeContext } from '../context/config.ts';
import { parseCredentials } from '../context/credentials.ts';
import { Failure } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import { objectOf, wantsJson, writeJson } from '../output/json.ts';
import { type Verdict, waitFor } from '../wait.ts';
import { isAlive, runningCloud } from './cloud-process.ts';
import { lastStart } from './last-start.ts';
import { LOCAL_CONTEXT, localLine, statePath } from './state.ts';

/** It ends the farm's processes first. */
const STOP_TIMEOUT_MS = 30_000;

export async function down(call: Call, program: Program): Promise<number> {
  const state = await statePath(call, program);
  const { result } = program.terminal;
  const withData = call.has('delete-data');
  if (withData) await confirm(program, call.has('yes'), `this deletes the local cloud's state in ${state}`, call.line);
  const running = await runningCloud(state);
  if (running !== undefined) await stop(running.pid, program);
  result.write(running === undefined ? 'the local cloud was not up\n' : 'the local cloud is down\n');
  if (withData) await deleteState(state, program);
  return 0;
}

async function stop(pid: number, program: Program): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const look = async (): Promise<Verdict<undefined>> => {
    if (!isAlive(pid)) return { state: 'done', value: undefined, lines: [] };
    return { state: 'waiting', lines: [{ key: 'cloud', state: 'busy', text: `local cloud: process ${pid} ends` }] };
  };
  const next = `kill -9 ${pid}`;
  await interruptible((signal) =>
    waitFor({ what: 'the end of the local cloud', look, timeoutMs: STOP_TIMEOUT_MS, next, signal }, program),
  );
}

/** Only a directory that a local cloud has used: `--state` may have been mistyped. */
async function deleteState(state: string, program: Program): Promise<void> {
  const credentials = join(state, 'credentials');
  const used = await stat(credentials).catch(() => undefined);
  if (used === undefined)
    throw new Failure('notFound', `${state} is no state of a local cloud: nothing was deleted`, {
      next: 'bbf local down --delete-data --state=DIR',
    });
  const gone = await contextsOf(state, program);
  await rm(state, { recursive: true, force: true });
  for (const name of gone) await removeContext(program.settings, name);
  program.terminal.result.write(`deleted ${state}${gone.map((name) => `, context ${name}`).join('')}\n`);
}

/**
 * Names of those that mean the local cloud of a state: its own, and those that a set-up made at its endpoint, unless the cloud of another
 * state has the same one.
 */
async function contextsOf(state: string, { settings }: Program): Promise<string[]> {
  const all = Object.entries((await readConfig(settings)).contexts);
  const own: typeof all = [];
  for (const one of all) if (await isSameFile(one[1].credentialsFile ?? '', join(state, 'credentials'))) own.push(one);
  const { port } = lastStart(state);
  const endpoints = new Set([`http://127.0.0.1:${port}`, ...own.flatMap(([, { endpoint }]) => endpoint ?? [])]);
  for (const one of all) if (isLocalCloud(one[1]) && !own.includes(one)) endpoints.delete(one[1].endpoint ?? '');
  const others = all.filter(([, context]) => !isLocalCloud(context) && endpoints.has(context.endpoint ?? ''));
  return [...own, ...others].map(([name]) => name);
}

/** The context may be that of a local cloud with another state. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((path) => realpath(path).catch(() => path)));
  return first === second;
}

export async function localStatus(call: Call, program: Program): Promise<number> {
  const state = await statePath(call, program);
  const running = await runningCloud(state);
  if (running === undefined)
    throw new Failure('unavailable', `the local cloud of ${state} is not up`, { next: localLine(call, 'up') });
  const { pid, port, tasks, startedAt } = running;
  const kind = tasks === 'docker' ? 'containers' : tasks;
  const text = `up: http://127.0.0.1:${port}, process ${pid}, tasks are ${kind}, since ${startedAt}, state in ${state}`;
  if (wantsJson(call)) await writeJson(objectOf('LocalStatus', { pid, port, tasks, startedAt, state }), call, program);
  else
    program.terminal.result.write(`${text}
`);
  return 0;
}

/**
 * Variables that AWS clients heed before or beside keys and endpoint of the environment: a session's token and end, another profile, and
 * that no endpoint counts, or another one of a service (AWS SDKs and Tools reference guide, "Environment variables list"; the older names are botocore's).
 */
const PREFERRED = [
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  ...['CLOUDFORMATION', 'CLOUDWATCH_LOGS', 'EC2', 'ECR', 'ECS', 'EVENTBRIDGE', 'IAM', 'LAMBDA', 'S3', 'STS'].map(
    (service) => `AWS_ENDPOINT_URL_${service}`,
  ),
];

/** For `eval "$(bbf local env)"` in sh, bash and zsh: what the AWS CLI and SDKs need to talk to the local cloud, and nothing else. */
export async function localEnv(_call: Call, program: Program): Promise<number> {
  const { contexts } = await readConfig(program.settings);
  const { endpoint, region, credentialsFile, profile } = findContext(contexts, LOCAL_CONTEXT);
  const text = await readFile(credentialsFile ?? '', 'utf8').catch(() => '');
  const keys = parseCredentials(text)[profile ?? ''];
  if (keys === undefined || endpoint === undefined)
    throw new Failure('unavailable', `the local cloud's credentials are not in ${credentialsFile}`, {
      next: 'bbf local up',
    });
  const variables = {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
  };
  program.terminal.result.write(`unset ${PREFERRED.join(' ')}\n`);
  for (const [name, value] of Object.entries(variables)) program.terminal.result.write(`export ${name}='${value}'\n`);
  return 0;
}
