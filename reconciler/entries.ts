/** What a listing of the bucket says of one key. */
import type { Entry } from './ports.ts';

/** Null where nothing is listed. */
export const etagOf = (entries: readonly Entry[], key: string): string | null =>
  entries.find((entry) => entry.key === key)?.etag ?? null;
