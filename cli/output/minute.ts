/** Instants as people read them, in UTC, and saying so. */

/** To the minute. @param instant ISO, in UTC */
export const minute = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')}Z`;

/** To the second. @param instant ISO, in UTC */
export const second = (instant: string): string => `${instant.slice(0, 19).replace('T', ' ')}Z`;

/** Without the day where that is the one of `now`. Milliseconds since the epoch. */
export function clockTime(at: number, now: number): string {
  const text = second(new Date(at).toISOString());
  return text.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? text.slice(11) : text;
}
