/** The bucket as it would be after an edit: one document is another, all else is as it is. */
import { createHash } from 'node:crypto';
import type { Document, Documents, Entry } from '../../reconciler/ports.ts';

/** What S3 would call the revision is not known before it is written. */
const PLANNED_REVISION = 'planned';

/** @param at when it is written, milliseconds */
export function withDocument(documents: Documents, key: string, text: string, at: number): Documents {
  const etag = `"${createHash('md5').update(text).digest('hex')}"`;
  const planned: Document = { text, etag, revision: PLANNED_REVISION };
  const entry: Entry = { key, etag, modifiedAt: at, size: Buffer.byteLength(text) };
  return {
    ...documents,
    list: async (prefix) => {
      const others = (await documents.list(prefix)).filter((one) => one.key !== key);
      return key.startsWith(prefix) ? [...others, entry] : others;
    },
    read: async (asked, ...how) => (asked === key ? planned : documents.read(asked, ...how)),
  };
}
