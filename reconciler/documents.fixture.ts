/** A bucket in memory, with conditional writes and the time of each. */
import type { Document, Documents } from './ports.ts';

interface MemoryBucket extends Documents {
  /** Unconditionally, as somebody else would; seconds are whole as in S3. */
  put(key: string, text: string): void;
  delete(key: string): void;
  text(key: string): string | undefined;
  keys(): string[];
}

export function memoryBucket(now: () => number): MemoryBucket {
  const objects = new Map<string, Document & { modifiedAt: number }>();
  const revisions = new Map<string, string>();
  let writes = 0;
  const put = (key: string, text: string) => {
    writes += 1;
    const revision = `r${writes}`;
    revisions.set(`${key} ${revision}`, text);
    // Like S3's, the ETag is of the text alone.
    objects.set(key, { text, etag: `"${Buffer.from(text).toString('base64')}"`, revision, modifiedAt: seconds(now()) });
  };
  return {
    put,
    delete: (key) => void objects.delete(key),
    text: (key) => objects.get(key)?.text,
    keys: () => [...objects.keys()],
    list: async (prefix) =>
      [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { text, etag, modifiedAt }]) => ({ key, etag, modifiedAt, size: Buffer.byteLength(text) })),
    read: async (key) => objects.get(key) ?? null,
    revisions: async (key) =>
      [...revisions]
        .filter(([id]) => id.startsWith(`${key} `))
        .map(([id, text]) => ({ revision: id.slice(key.length + 1), bytes: Buffer.byteLength(text) }))
        .reverse(),
    readRevision: async (key, revision) => revisions.get(`${key} ${revision}`) ?? null,
    write: async (key, text, etag) => {
      if ((objects.get(key)?.etag ?? null) !== etag) return null;
      put(key, text);
      return objects.get(key)?.etag ?? null;
    },
    remove: async (key, etag) => {
      if (objects.get(key)?.etag === etag) objects.delete(key);
    },
  };
}

const seconds = (ms: number) => Math.floor(ms / 1000) * 1000;
