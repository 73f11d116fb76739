/** Instants and durations between milliseconds and google.protobuf. */
import type { Timestamp } from './messages.ts';

/** @param milliseconds since the epoch */
export function timestamp(milliseconds: number): Timestamp {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: Math.round((milliseconds - seconds * 1000) * 1e6) };
}

export function milliseconds(value: Timestamp): number {
  return value.seconds * 1000 + value.nanos / 1e6;
}
