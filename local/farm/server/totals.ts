/** Counters since the server started, for the activity report. */

export interface Totals {
  /** Actions whose command ran here, whatever its exit code. */
  executed: number;
  cacheHits: number;
  cacheMisses: number;
}

export const newTotals = (): Totals => ({ executed: 0, cacheHits: 0, cacheMisses: 0 });
