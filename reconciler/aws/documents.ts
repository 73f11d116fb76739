/** The bucket through S3, with bodies kept by key and ETag so that a warm reconciler fetches only what changed. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Document, Documents, Entry, Time } from '../ports.ts';
import { pastCollisions } from './collisions.ts';
import { errorKind } from './errors.ts';
import { textCache } from './text-cache.ts';

/** Enough for 100 clusters with a few leases each, and for the reports of thousands of workers; the function has 512 MiB. */
const REMEMBERED = { entries: 1_000, characters: 32 * 1024 * 1024 };

/** S3's LastModified has whole seconds: what was read within one of them may have been written again in it. */
const SETTLED_MS = 2_000;

/** `settledAt`: its LastModified, where no later write can have the same. */
type Remembered = Document & { settledAt?: number };

export function s3Documents(s3: S3Client, bucket: string, time: Time): Documents {
  const cache = textCache<Remembered>(REMEMBERED);

  const remember = (key: string, document: Remembered): Document => {
    cache.set(key, document);
    return document;
  };

  const fetchNow = async (key: string, entry?: Entry): Promise<Document | null> => {
    const askedAt = time.now();
    const document = await get(s3, bucket, key);
    if (!document) return null;
    const settled = entry?.etag === document.etag && askedAt - entry.modifiedAt >= SETTLED_MS;
    return remember(key, settled ? { ...document, settledAt: entry.modifiedAt } : document);
  };

  return {
    list: (prefix) => listAll(s3, bucket, prefix),

    async read(key, entry, { newest = false } = {}) {
      const known = cache.get(key);
      const isSame = known?.etag === entry?.etag && (!newest || known?.settledAt === entry?.modifiedAt);
      return known && isSame ? known : fetchNow(key, entry);
    },

    async readRevision(key, revision) {
      const id = `${key}?versionId=${revision}`;
      const known = cache.get(id) ?? (await get(s3, bucket, key, revision));
      return known ? remember(id, known).text : null;
    },

    async revisions(key) {
      const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
      const own = Versions.filter(({ Key }) => Key === key);
      return own.map(({ VersionId = 'null', Size = 0 }) => ({ revision: VersionId, bytes: Size }));
    },

    async write(key, text, etag) {
      const condition = etag === null ? { IfNoneMatch: '*' } : { IfMatch: etag };
      const put = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: text,
        ContentType: 'application/json',
        ...condition,
      });
      try {
        const { ETag = '', VersionId = '' } = await pastCollisions(time, () => s3.send(put));
        return remember(key, { text, etag: ETag, revision: VersionId }).etag;
      } catch (error) {
        // 412: somebody was first. 409: somebody is writing again and again. 404: the object that the etag named is gone.
        if (['conflict', 'absent'].includes(errorKind(error))) return null;
        throw error;
      }
    },

    async remove(key, etag) {
      const gone = new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag });
      try {
        await pastCollisions(time, () => s3.send(gone));
      } catch (error) {
        if (!['conflict', 'absent'].includes(errorKind(error))) throw error;
      }
    },
  };
}

async function listAll(s3: S3Client, bucket: string, prefix: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
    for (const { Key = '', ETag = '', LastModified, Size = 0 } of page.Contents ?? []) {
      entries.push({ key: Key, etag: ETag, modifiedAt: LastModified?.getTime() ?? 0, size: Size });
    }
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token);
  return entries;
}

async function get(s3: S3Client, bucket: string, key: string, revision?: string): Promise<Document | null> {
  try {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: revision }));
    const text = (await answer.Body?.transformToString()) ?? '';
    return { text, etag: answer.ETag ?? '', revision: answer.VersionId ?? 'null' };
  } catch (error) {
    if (errorKind(error) === 'absent') return null;
    throw error;
  }
}
