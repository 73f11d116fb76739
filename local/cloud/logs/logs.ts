/** CloudWatch Logs: groups, streams, and the newest events of each stream. */
import type { ResourceProvider, World } from '../kernel.ts';
import { add, filterLogEvents, getLogEvents, putLogEvents } from './events.ts';
import {
  byName,
  createLogGroup,
  createLogStream,
  deleteLogGroup,
  groupArn,
  groupOf,
  type LogsCore,
  pageByName,
} from './groups.ts';
import { logGroupProvider } from './provider.ts';
import { armRetention } from './retention.ts';
import { emptyState, type LogGroup, type LogStream, type LogsState } from './state.ts';

interface LogsOptions {
  world: World;
  saved?: LogsState | undefined;
}

export function createLogs(options: LogsOptions) {
  const core: LogsCore = { world: options.world, state: options.saved ?? emptyState() };
  const providers: ResourceProvider[] = [logGroupProvider(core)];
  return {
    state: core.state,
    providers,
    resume: () => armRetention(core),
    /** One line of output of a task or function. Group and stream come into being with their first line. */
    append: (group: string, stream: string, message: string) => append(core, group, stream, message),
    createLogGroup: (input: Parameters<typeof createLogGroup>[1]) => void createLogGroup(core, input),
    deleteLogGroup: (input: Parameters<typeof deleteLogGroup>[1]) => deleteLogGroup(core, input),
    createLogStream: (input: Parameters<typeof createLogStream>[1]) => void createLogStream(core, input),
    describeLogGroups: (input: DescribeLogGroupsInput) => describeLogGroups(core, input),
    describeLogStreams: (input: DescribeLogStreamsInput) => describeLogStreams(core, input),
    putLogEvents: (input: Parameters<typeof putLogEvents>[1]) => putLogEvents(core, input),
    getLogEvents: (input: Parameters<typeof getLogEvents>[1]) => getLogEvents(core, input),
    filterLogEvents: (input: Parameters<typeof filterLogEvents>[1]) => filterLogEvents(core, input),
  };
}

export type Logs = ReturnType<typeof createLogs>;

function append(core: LogsCore, groupName: string, streamName: string, message: string): void {
  const group = core.state.groups[groupName] ?? createLogGroup(core, { logGroupName: groupName });
  const stream =
    group.streams[streamName] ?? createLogStream(core, { logGroupName: groupName, logStreamName: streamName });
  add(core, stream, core.world.now(), message);
}

interface DescribeLogGroupsInput {
  logGroupNamePrefix?: string;
  limit?: number;
  nextToken?: string;
}

function describeLogGroups(core: LogsCore, input: DescribeLogGroupsInput) {
  const wanted = byName(core.state.groups).filter(({ name }) => name.startsWith(input.logGroupNamePrefix ?? ''));
  const { items, nextToken } = pageByName(wanted, input.nextToken, input.limit ?? 50);
  return { logGroups: items.map((group) => groupView(core.world, group)), nextToken };
}

function groupView(world: World, group: LogGroup) {
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    retentionInDays: group.retentionInDays,
    metricFilterCount: 0,
    arn: groupArn(world, group.name),
    logGroupArn: groupArn(world, group.name).replace(/:\*$/, ''),
    storedBytes: Object.values(group.streams).reduce((sum, stream) => sum + bytesOf(stream), 0),
    logGroupClass: 'STANDARD',
  };
}

interface DescribeLogStreamsInput {
  logGroupName?: string;
  logGroupIdentifier?: string;
  logStreamNamePrefix?: string;
  orderBy?: 'LogStreamName' | 'LastEventTime';
  descending?: boolean;
  limit?: number;
  nextToken?: string;
}

function describeLogStreams(core: LogsCore, input: DescribeLogStreamsInput) {
  const group = groupOf(core, input);
  const named = byName(group.streams).filter(({ name }) => name.startsWith(input.logStreamNamePrefix ?? ''));
  const ordered = input.orderBy === 'LastEventTime' ? named.sort((a, b) => lastEventTime(a) - lastEventTime(b)) : named;
  if (input.descending) ordered.reverse();
  const from = input.nextToken === undefined ? 0 : ordered.findIndex(({ name }) => name === input.nextToken) + 1;
  const limit = input.limit ?? 50;
  const items = ordered.slice(from, from + limit);
  return {
    logStreams: items.map((stream) => streamView(core.world, group, stream)),
    nextToken: from + limit < ordered.length ? items.at(-1)?.name : undefined,
  };
}

const lastEventTime = (stream: LogStream) => stream.events.at(-1)?.timestamp ?? 0;

function streamView(world: World, group: LogGroup, stream: LogStream) {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    firstEventTimestamp: stream.events[0]?.timestamp,
    lastEventTimestamp: stream.events.at(-1)?.timestamp,
    lastIngestionTime: stream.events.at(-1)?.ingestionTime,
    arn: groupArn(world, group.name).replace(/\*$/, `log-stream:${stream.name}`),
    storedBytes: 0,
  };
}

const bytesOf = (stream: LogStream) => stream.events.reduce((sum, event) => sum + event.message.length, 0);
