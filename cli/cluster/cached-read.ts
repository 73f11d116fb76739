/** Reads a document again and again, at the cost of one small request while it does not change. */
import type { Documents } from '../documents.ts';

/** @param parse called once for each text that is new @returns null where there is no document */
export function cachedRead<T>(
  documents: Pick<Documents, 'read' | 'reread'>,
  key: string,
  parse: (text: string) => T,
): () => Promise<T | null> {
  let known: { etag: string; value: T } | undefined;
  return async () => {
    const stored = await (known === undefined ? documents.read(key) : documents.reread(key, known.etag));
    if (stored === undefined) known = undefined;
    else if (stored !== 'unchanged') known = { etag: stored.etag, value: parse(stored.text) };
    return known?.value ?? null;
  };
}
