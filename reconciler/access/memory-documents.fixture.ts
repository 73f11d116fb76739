/** The documents of a bucket in memory, as far as the Function URL needs them: read, and written on a condition. */
import type { Documents } from '../ports.ts';

export function memoryDocuments(texts: Record<string, string> = {}): {
  documents: Documents;
  objects: Map<string, string>;
} {
  const objects = new Map(Object.entries(texts));
  const etagOf = (text: string) => `"${text.length}-${text.slice(-90)}"`;
  const documents: Documents = {
    list: async () => [],
    read: async (key) => {
      const text = objects.get(key);
      return text === undefined ? null : { text, etag: etagOf(text), revision: '1' };
    },
    revisions: async () => [],
    readRevision: async () => null,
    write: async (key, text, etag) => {
      const current = objects.get(key);
      if ((current === undefined ? null : etagOf(current)) !== etag) return null;
      objects.set(key, text);
      return etagOf(text);
    },
    remove: async () => undefined,
  };
  return { documents, objects };
}
