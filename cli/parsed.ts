/** JSON of a document that nobody has checked. */

/** undefined for what is no JSON, and for null. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
