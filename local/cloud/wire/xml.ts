/** XML as AWS writes and reads it: objects become elements, lists repeat them or wrap their members. */
import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/** What an answer may hold. `undefined` leaves its element out; a key that begins with `@` is an attribute. */
export type XmlValue = string | number | boolean | null | undefined | XmlValue[] | { [name: string]: XmlValue };

/** How a list is written: each element in one wrapper under this name, or, for S3, repeated without wrapper. */
type ListStyle = 'member' | 'item' | 'flat';

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: false });
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  removeNSPrefix: true,
  ignoreDeclaration: true,
});

export function buildXml(root: string, content: XmlValue, lists: ListStyle): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: prepared(content, lists) ?? '' })}`;
}

/** The document's root element, every leaf a string; one element and a list of one look the same (see `listOf`). */
export function parseXml(text: string): Record<string, unknown> {
  const document = parser.parse(text, true) as Record<string, unknown>;
  const root = Object.values(document)[0];
  return typeof root === 'object' && root !== null ? withoutBlanks(root as Record<string, unknown>) : {};
}

/** A repeated element as a list, whether it came never, once or often. */
export function listOf<T = Record<string, unknown>>(value: unknown): T[] {
  if (value === undefined || value === '') return [];
  return (Array.isArray(value) ? value : [value]) as T[];
}

function prepared(value: XmlValue, lists: ListStyle): XmlValue {
  if (Array.isArray(value)) {
    const members = value.map((member) => prepared(member, lists));
    return lists === 'flat' ? members : { [lists]: members };
  }
  if (typeof value === 'object' && value !== null) {
    const present = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
    return Object.fromEntries(present.map(([name, member]) => [name, prepared(member, lists)]));
  }
  return value === undefined || value === null ? value : String(value);
}

/** White space between elements reaches us as `#text`; it means nothing where there are elements. */
function withoutBlanks(element: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(element).filter(([name]) => name !== '#text');
  return Object.fromEntries(entries.map(([name, value]) => [name, cleaned(value)]));
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  return typeof value === 'object' && value !== null ? withoutBlanks(value as Record<string, unknown>) : value;
}
