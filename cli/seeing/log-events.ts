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

const FILTER = { doing: 'read the logs', service: 'logs', target: 'Logs_20140328.FilterLogEvents' } as const;

/** A log that fills faster than this is not to be read on a terminal. */
const PAGES_MAX = 20;

/** In order of time. @throws Failure */
export async function readLogEvents(
  { access, context }: Pick<Installation, 'access' | 'context'>,
  { group, prefix, task }: LogSource,
  since: number,
): Promise<LogEvent[]> {
  const found: LogEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const input = {
      logGroupName: group,
      startTime: since,
      ...(prefix !== undefined && { logStreamNamePrefix: prefix }),
      ...(nextToken !== undefined && { nextToken }),
    };
    const { events = [], nextToken: next } = (await jsonCall<Page>(access, { ...FILTER, input })) ?? {};
    for (const { eventId = '', timestamp = 0, message = '', logStreamName = '' } of events) {
      const writer = writerOf(context.installation, logStreamName);
      if (task === undefined || writer.task.startsWith(task))
        found.push({ id: eventId, at: timestamp, ...writer, message });
    }
    if (next === undefined) break;
    nextToken = next;
  }
  return found.sort((one, other) => one.at - other.at);
}
