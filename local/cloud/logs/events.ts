/** Log events: taking them in, giving them back page by page, and finding those that hold certain words. */
import { groupOf, invalidParameter, type LogsCore, type StreamInput, streamOf } from './groups.ts';
import { EVENTS_KEPT_PER_STREAM, type LogEvent, type LogStream } from './state.ts';

const MOST_EVENTS = 10_000;

interface PutLogEventsInput extends StreamInput {
  logEvents?: { timestamp: number; message: string }[];
}

export function putLogEvents(core: LogsCore, input: PutLogEventsInput) {
  const stream = streamOf(groupOf(core, input), input.logStreamName);
  const events = input.logEvents ?? [];
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  for (const { timestamp, message } of events) add(core, stream, timestamp, message);
  return { nextSequenceToken: String(core.state.nextSequence) };
}

export function add({ world, state }: LogsCore, stream: LogStream, timestamp: number, message: string): void {
  stream.events.push({ sequence: state.nextSequence++, timestamp, ingestionTime: world.now(), message });
  if (stream.events.length > EVENTS_KEPT_PER_STREAM) stream.events.shift();
  world.changed('logs');
}

interface GetLogEventsInput extends StreamInput {
  startTime?: number;
  endTime?: number;
  startFromHead?: boolean;
  limit?: number;
  nextToken?: string;
}

/** A token holds a direction and the sequence number at the border: `f/12` is what comes after 12. */
export function getLogEvents(core: LogsCore, input: GetLogEventsInput) {
  const stream = streamOf(groupOf(core, input), input.logStreamName);
  const limit = Math.min(input.limit ?? MOST_EVENTS, MOST_EVENTS);
  const [direction, border] = tokenParts(input.nextToken);
  const all = stream.events.filter((event) => isWithin(event, input));
  const chosen = chosenEvents(all, direction ?? (input.startFromHead ? 'f' : 'b'), border, limit);
  const first = chosen[0]?.sequence ?? border ?? core.state.nextSequence;
  const last = chosen.at(-1)?.sequence ?? border ?? core.state.nextSequence - 1;
  return {
    events: chosen.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    nextForwardToken: `f/${last}`,
    nextBackwardToken: `b/${first}`,
  };
}

function chosenEvents(all: LogEvent[], direction: string, border: number | undefined, limit: number): LogEvent[] {
  if (direction === 'f') return all.filter(({ sequence }) => sequence > (border ?? 0)).slice(0, limit);
  return all.filter(({ sequence }) => sequence < (border ?? Number.POSITIVE_INFINITY)).slice(-limit);
}

function tokenParts(token: string | undefined): [direction: string | undefined, border: number | undefined] {
  if (token === undefined) return [undefined, undefined];
  const match = /^([fb])\/(\d+)$/.exec(token);
  if (!match) throw invalidParameter('The specified nextToken is invalid.');
  return [match[1], Number(match[2])];
}

const isWithin = ({ timestamp }: LogEvent, { startTime = 0, endTime = Number.POSITIVE_INFINITY }: GetLogEventsInput) =>
  timestamp >= startTime && timestamp < endTime;

interface FilterLogEventsInput extends GetLogEventsInput {
  logStreamNames?: string[];
  logStreamNamePrefix?: string;
  filterPattern?: string;
}

export function filterLogEvents(core: LogsCore, input: FilterLogEventsInput) {
  const group = groupOf(core, input);
  const matches = wordMatcher(input.filterPattern ?? '');
  const streams = Object.values(group.streams).filter(
    ({ name }) => (input.logStreamNames?.includes(name) ?? true) && name.startsWith(input.logStreamNamePrefix ?? ''),
  );
  const after = input.nextToken === undefined ? 0 : (tokenParts(input.nextToken)[1] ?? 0);
  const limit = Math.min(input.limit ?? MOST_EVENTS, MOST_EVENTS);
  const found = streams
    .flatMap((stream) => stream.events.map((event) => ({ ...event, logStreamName: stream.name })))
    .filter((event) => event.sequence > after && isWithin(event, input) && matches(event.message))
    .sort((a, b) => a.sequence - b.sequence);
  const chosen = found.slice(0, limit);
  return {
    events: chosen.map(({ sequence, ...event }) => ({ ...event, eventId: String(sequence) })),
    searchedLogStreams: [],
    nextToken: found.length > limit ? `f/${chosen.at(-1)?.sequence}` : undefined,
  };
}

/** Plain patterns only: every word must occur, one of those with `?`, none of those with `-`; quotes hold words together. */
function wordMatcher(pattern: string): (message: string) => boolean {
  if (/^\s*[{[%]/.test(pattern))
    throw invalidParameter(`The local cloud does not implement the filter pattern ${pattern}`);
  const terms = [...pattern.matchAll(/([?-]?)(?:"([^"]*)"|(\S+))/g)].map((match) => ({
    sign: match[1] ?? '',
    word: match[2] ?? match[3] ?? '',
  }));
  const words = (sign: string) => terms.filter((term) => term.sign === sign).map(({ word }) => word);
  const [all, some, none] = [words(''), words('?'), words('-')];
  return (message) =>
    all.every((word) => message.includes(word)) &&
    (some.length === 0 || some.some((word) => message.includes(word))) &&
    !none.some((word) => message.includes(word));
}
