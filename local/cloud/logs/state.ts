/** What CloudWatch Logs remembers. Instants are milliseconds since the epoch, as in its API. */

export interface LogEvent {
  /** Counts up over all streams, so that events of one instant keep their order. */
  sequence: number;
  timestamp: number;
  ingestionTime: number;
  message: string;
}

export interface LogStream {
  name: string;
  createdAt: number;
  /** The newest ones only, oldest first. */
  events: LogEvent[];
}

export interface LogGroup {
  name: string;
  createdAt: number;
  retentionInDays: number | undefined;
  tags: Record<string, string>;
  streams: Record<string, LogStream>;
}

export interface LogsState {
  groups: Record<string, LogGroup>;
  nextSequence: number;
}

export const emptyState = (): LogsState => ({ groups: {}, nextSequence: 1 });

/** A bound for memory and for the saved state; AWS has none. */
export const EVENTS_KEPT_PER_STREAM = 2000;
