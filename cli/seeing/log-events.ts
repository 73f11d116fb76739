/** Reads CloudWatch Logs by FilterLogEvents, which goes through all streams of a group. */
import { jsonCall } from '../aws/json-call.ts';
import type { Installation } from '../context/installation.ts';
import { type LogSource, writerOf } from './log-source.ts';

export interface LogEvent {
  id: string;
  /** Milliseconds since the epoch, clock of the writer. */
  at: number;
  /** `server`, `reconciler`, or the pool. */
  source: string;
  /** Id of the ECS task; of the reconciler, the end of its stream's name. */
  task: string;
  message: string;
}

interface Page {
  events?: { eventId?: string; timestamp?: number; message?: string; logStreamName?: string }[];
  nextToken?: string;
}

const FILTER = {
  doing: 'read the logs',
  service: 'logs',
  target: 'Logs_20140328.FilterLogEvents',
  absent: 'ResourceNotFoundException',
} as const;

/** CloudWatch shows an event some seconds after it was written, and not always in order. Milliseconds. */
export const LATE_MS = 30_000;

export interface ReadLog {
  /** In order of time. */
  events: LogEvent[];
  /** How many older ones were read and left out. */
  older: number;
}

/**
 * Reads on to the newest event: pages come oldest first, may be empty, and there are more for as long as there is a token (CloudWatch
 * Logs API Reference, "FilterLogEvents").
 * @param newest how many events are kept at most, but for those of the last `LATE_MS`, which all are
 * @returns null where there is no such group
 * @throws Failure
 */
export async function readLogEvents(
  { access, context }: Pick<Installation, 'access' | 'context'>,
  { group, prefix, task }: LogSource,
  since: number,
  newest: number,
): Promise<ReadLog | null> {
  let log: ReadLog = { events: [], older: 0 };
  let nextToken: string | undefined;
  do {
    const input = {
      logGroupName: group,
      startTime: since,
      ...(prefix !== undefined && { logStreamNamePrefix: prefix }),
      ...(nextToken !== undefined && { nextToken }),
    };
    const page = await jsonCall<Page>(access, { ...FILTER, input });
    if (page === undefined) return null;
    const found = eventsOf(page, context.installation).filter((one) => task === undefined || one.task.startsWith(task));
    log = cut([...log.events, ...found], log.older, newest);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return log;
}

const eventsOf = ({ events = [] }: Page, installation: string): LogEvent[] =>
  events.map(({ eventId = '', timestamp = 0, message = '', logStreamName = '' }) => ({
    id: eventId,
    at: timestamp,
    ...writerOf(installation, logStreamName),
    message,
  }));

/** What still comes in late is told from what was shown, so nothing of that time may be missing. */
function cut(all: LogEvent[], older: number, newest: number): ReadLog {
  const events = all.sort((one, other) => one.at - other.at);
  const recentFrom = (events.at(-1)?.at ?? 0) - LATE_MS;
  const recent = events.findIndex(({ at }) => at >= recentFrom);
  const first = Math.min(Math.max(0, events.length - newest), Math.max(0, recent));
  return { events: events.slice(first), older: older + first };
}
