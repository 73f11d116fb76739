/** How many columns of a terminal characters take: wide ones two, marks that stand on others none. */

/**
 * East Asian Wide and Fullwidth (UAX #11), emoji among them. Too many does no harm where lines are drawn over, and too few does: so a
 * character that the selector behind it makes an emoji is wide, though not in every terminal. Two letters that are a flag are narrow each.
 */
const WIDE =
  /^(?:.\uFE0F|(?!\p{Regional_Indicator})[\p{Emoji_Presentation}\u1100-\u115F\u2329\u232A\u2630-\u2637\u268A-\u268F\u2E80-\u303E\u3041-\u3247\u3250-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6B\uFF01-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{191FF}\u{1AFF0}-\u{1B2FF}\u{1D300}-\u{1D376}\u{1F200}-\u{1F265}\u{20000}-\u{3FFFD}])/su;
/** Without the soft hyphen, which terminals show; vowels and ends of Hangul stand on its beginnings. */
const NONE = /^(?!\u00AD)[\p{Mn}\p{Me}\p{Cf}\u1160-\u11FF]/u;
const ALL_NARROW = /^[ -~]*$/;

interface Character {
  text: string;
  columns: number;
}

/** By code points, each with the selector that makes an emoji of it. @param text without codes of colours */
export const charactersOf = (text: string): Character[] =>
  (text.match(/.\uFE0F?/gsu) ?? []).map((one) => ({ text: one, columns: WIDE.test(one) ? 2 : NONE.test(one) ? 0 : 1 }));

/** @param text without codes of colours */
export const columnsOf = (text: string): number =>
  ALL_NARROW.test(text) ? text.length : charactersOf(text).reduce((sum, { columns }) => sum + columns, 0);
