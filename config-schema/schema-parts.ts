/** Pieces that the schemas of activity and status share. */

/** ISO 8601 in UTC, as `Date.toISOString` writes it, with any number of decimals. */
export const INSTANT_PATTERN = '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$';
export const instant = { type: 'string', pattern: INSTANT_PATTERN } as const;
export const count = { type: 'integer', minimum: 0 } as const;
