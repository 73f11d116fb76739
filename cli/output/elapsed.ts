/** Durations as people read them. */

/** `850 ms` never; `0s`, `12s`, `3m 05s`, `2h 07m`, `29d 3h`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${two(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** `in 3m 05s` or `12s ago`, seen from `now`. */
export function fromNow(instant: string, now: number): string {
  const distance = Date.parse(instant) - now;
  return distance > 0 ? `in ${elapsed(distance)}` : `${elapsed(-distance)} ago`;
}
