/** Pieces that several schemas share. */

/** ISO 8601 in UTC, as `Date.toISOString` writes it, with any number of decimals up to nine, and never one that is no time at all. */
export const INSTANT_PATTERN =
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?Z$';
export const instant = { type: 'string', pattern: INSTANT_PATTERN } as const;
export const instantOrNull = { anyOf: [instant, { type: 'null' }] } as const;
export const stringOrNull = { anyOf: [{ type: 'string' }, { type: 'null' }] } as const;
/** Name or address, IPv6 in brackets, and port: it comes to stand in flags of Bazel, so it is nothing else. */
export const ADDRESS_PATTERN = '^(\\[[0-9A-Fa-f:.]+\\]|[0-9A-Za-z._-]+):[0-9]{1,5}$';
/** Unicode's category Cc, which begins lines of files and moves the cursors of terminals. */
export const UNCONTROLLED_PATTERN = '^[^\\u0000-\\u001f\\u007f-\\u009f]*$';
export const count = { type: 'integer', minimum: 0 } as const;
/** Actions that one worker runs at a time, at the most. */
export const SLOTS_MAX = 256;
