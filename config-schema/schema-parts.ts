/** Pieces that the schemas of activity and status share. */

/** ISO 8601 in UTC, as `Date.toISOString` writes it, with any number of decimals up to nine, and never one that is no time at all. */
export const INSTANT_PATTERN =
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?Z$';
export const instant = { type: 'string', pattern: INSTANT_PATTERN } as const;
export const count = { type: 'integer', minimum: 0 } as const;
