/** Reads what one listing of the bucket names, and says what of it was not there. */
import { clusterPrefix } from '../config-schema/keys.ts';
import { errorText } from './aws/errors.ts';
import type { Read } from './core/observation.ts';
import { bytesMax, type Document, type Entry, type Ports, type ReadOptions } from './ports.ts';

export interface Reader {
  entries: Entry[];
  entry(key: string): Entry | undefined;
  /** What was listed and not found when it was read. */
  missing: string[];
  /** Null where it is not listed, or was not found. @throws Error of a document that is too big, and the store's errors */
  read(key: string, options?: ReadOptions): Promise<Document | null>;
}

/** Nothing is fetched that the listing does not have. */
export function readerOf(ports: Ports, entries: Entry[]): Reader {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  const missing: string[] = [];
  return {
    entries,
    missing,
    entry: (key) => byKey.get(key),
    read: async (key, options) => {
      const entry = byKey.get(key);
      if (entry && entry.size > bytesMax(key))
        throw new Error(`${key} has ${entry.size} bytes, more than any document of bbf`);
      const document = entry ? await ports.documents.read(key, entry, options) : null;
      if (entry && !document) missing.push(key);
      return document;
    },
  };
}

/**
 * Null when what is missing is gone; a listing to read by anew when some of it was only gone for a moment.
 *
 * For minutes after versioning was turned on, S3 may answer 404 for what is there (S3 User Guide "Enabling versioning on buckets"): what
 * is missing is gone only if a second listing says so.
 * @throws Error where what is missing is listed as it was
 */
export async function confirmGone(ports: Ports, cluster: string, { missing, entry }: Reader): Promise<Entry[] | null> {
  if (missing.length === 0) return null;
  const entries = await ports.documents.list(clusterPrefix(cluster));
  const back = entries.filter(({ key }) => missing.includes(key));
  const hidden = back.find(({ key, etag }) => etag === entry(key)?.etag);
  if (hidden !== undefined) throw new Error(`${hidden.key} is listed, and S3 does not find it`);
  return back.length > 0 ? entries : null;
}

/** The bucket's port answers a text that is unchanged with the same document, so what it says is read once. `name`: what its key says. */
export function readOnce<T>(parse: (text: string, name: string) => T): (document: Document, name: string) => T {
  const known = new WeakMap<Document, T>();
  return (document, name) => {
    const before = known.get(document);
    if (before !== undefined) return before;
    const parsed = parse(document.text, name);
    known.set(document, parsed);
    return parsed;
  };
}

export async function attempt<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    return { known: false, error: errorText(error) };
  }
}
