/** Durations as the documents write them: `20m`, `1h30m`, `0s`. */

const MS_OF_UNIT = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
type Unit = keyof typeof MS_OF_UNIT;
const UNITS = Object.keys(MS_OF_UNIT) as Unit[];

/** Units from large to small, each at most once, no leading zeros; nothing is written `0s`. Also the pattern of the schemas. */
export const DURATION_PATTERN = `^(0s|(?=[0-9])${UNITS.map((unit) => `([1-9][0-9]*${unit})?`).join('')})$`;

const duration = new RegExp(DURATION_PATTERN);

/** Milliseconds, or undefined for a text that is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!duration.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9]+)([a-z]+)/g)) total += Number(amount) * MS_OF_UNIT[unit as Unit];
  return total;
}

/**
 * Milliseconds of a duration that a schema has accepted.
 * @throws RangeError for a text that is no duration
 */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new RangeError(`${JSON.stringify(text)} is no duration; write one like 20m or 1h30m`);
  return ms;
}

/** The shortest text for a number of milliseconds, which is rounded to a whole one; `parseDuration` reads it back. Less than zero counts as zero. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  let text = '';
  for (const unit of UNITS) {
    const amount = Math.floor(rest / MS_OF_UNIT[unit]);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * MS_OF_UNIT[unit];
  }
  return text || '0s';
}
