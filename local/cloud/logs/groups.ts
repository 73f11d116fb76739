/** Log groups and streams: making, finding and listing them. */
import { ServiceError, type World } from '../kernel.ts';
import type { LogGroup, LogStream, LogsState } from './state.ts';

export interface LogsCore {
  world: World;
  state: LogsState;
}

export const invalidParameter = (message: string) => new ServiceError('InvalidParameterException', message);
const notFound = (what: string) =>
  new ServiceError('ResourceNotFoundException', `The specified ${what} does not exist.`);
const exists = (what: string) =>
  new ServiceError('ResourceAlreadyExistsException', `The specified ${what} already exists`);

interface CreateLogGroupInput {
  logGroupName?: string;
  tags?: Record<string, string>;
  retentionInDays?: number;
}

export function createLogGroup({ world, state }: LogsCore, input: CreateLogGroupInput): LogGroup {
  const name = input.logGroupName ?? '';
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) {
    throw invalidParameter(
      `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
    );
  }
  if (Object.hasOwn(state.groups, name)) throw exists('log group');
  const group: LogGroup = {
    name,
    createdAt: world.now(),
    retentionInDays: input.retentionInDays,
    tags: input.tags ?? {},
    streams: {},
  };
  state.groups[name] = group;
  world.changed('logs');
  return group;
}

export function deleteLogGroup(core: LogsCore, input: { logGroupName?: string }): void {
  delete core.state.groups[groupOf(core, input).name];
  core.world.changed('logs');
}

export interface StreamInput {
  logGroupName?: string;
  logGroupIdentifier?: string;
  logStreamName?: string;
}

export function createLogStream(core: LogsCore, input: StreamInput): LogStream {
  const group = groupOf(core, input);
  const name = input.logStreamName ?? '';
  if (!/^[^:*]{1,512}$/.test(name))
    throw invalidParameter(`The log stream name '${name}' is empty, too long, or holds ":" or "*".`);
  if (Object.hasOwn(group.streams, name)) throw exists('log stream');
  const stream: LogStream = { name, createdAt: core.world.now(), events: [] };
  group.streams[name] = stream;
  core.world.changed('logs');
  return stream;
}

export function groupOf(
  { state }: LogsCore,
  input: Pick<StreamInput, 'logGroupName' | 'logGroupIdentifier'>,
): LogGroup {
  const name = input.logGroupName ?? (input.logGroupIdentifier ?? '').replace(/^arn:.*:log-group:([^:]+).*$/, '$1');
  const group = Object.hasOwn(state.groups, name) ? state.groups[name] : undefined;
  if (!group) throw notFound('log group');
  return group;
}

export function streamOf(group: LogGroup, name: string | undefined): LogStream {
  const stream = Object.hasOwn(group.streams, name ?? '') ? group.streams[name ?? ''] : undefined;
  if (!stream) throw notFound('log stream');
  return stream;
}

/** `arn:…:log-group:NAME:*`, the form that Fn::GetAtt gives too. */
export const groupArn = (world: World, name: string) =>
  `arn:aws:logs:${world.region}:${world.account}:log-group:${name}:*`;

/** A page of what has been put in order of name; the token is the last name of the page before. */
export function pageByName<T extends { name: string }>(all: readonly T[], token: string | undefined, limit: number) {
  const rest = all.filter(({ name }) => token === undefined || name > token);
  const items = rest.slice(0, limit);
  return { items, nextToken: rest.length > limit ? items.at(-1)?.name : undefined };
}

export const byName = <T extends { name: string }>(records: Record<string, T>): T[] =>
  Object.values(records).sort((a, b) => (a.name < b.name ? -1 : 1));
