/** Who edits the document, each in its own real way; and what each believes to have done. */
import { createHash } from 'node:crypto';
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Stored, WriteOutcome } from '../../cli/documents.ts';
import type { EditedDocuments } from '../../cli/edit-document.ts';
import { type Edit, editDocument } from '../../cli/edit-document.ts';
import { exitCodes } from '../../cli/exit-codes.ts';
import { Failure } from '../../cli/failure.ts';
import { s3Documents } from '../../reconciler/aws/documents.ts';
import { KEY } from './arena.ts';

/** Acknowledged, reported as not written, or said to be unknown. */
export type Belief = 'written' | 'not written' | 'unknown';

/** The document of these races: who edited it, in order. */
export interface Body {
  metadata: { writeId: string };
  edits: string[];
  /** Hash of the text that this one was made from; null: of nothing, or by a plain copy that looked at nothing. */
  base: string | null;
}

export const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

export function edited(text: string | undefined, name: string, writeId: string): string {
  const edits = text === undefined ? [] : (JSON.parse(text) as Body).edits;
  const body: Body = { metadata: { writeId }, edits: [...edits, name], base: text === undefined ? null : hashOf(text) };
  return JSON.stringify(body);
}

/** The CLI's own edit. Makes the document where there is none. */
export async function cliWriter(documents: EditedDocuments, name: string): Promise<Belief> {
  let attempts = 0;
  const change = (current: string | undefined): Edit => {
    attempts += 1;
    const writeId = `${name}-${attempts}`;
    return { text: edited(current, name, writeId), writeId };
  };
  try {
    await editDocument(documents, KEY, change, async () => {});
    return 'written';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.exitCode === exitCodes.conflict ? 'not written' : 'unknown';
  }
}

/** `aws s3 cp` of a file from git: looks at nothing, and what it wrote is then the truth. */
export async function gitOpsWriter(s3: S3Client, bucket: string, name: string): Promise<Belief> {
  const Body = edited(undefined, name, `${name}-1`);
  try {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: KEY, Body }));
    return 'written';
  } catch {
    return 'unknown';
  }
}

/** A pass's way: list, read, write on condition; a pass that lost is followed by another, which looks first whether it is needed. */
export async function reconcilerWriter(s3: S3Client, bucket: string, name: string): Promise<Belief> {
  const documents = s3Documents(s3, bucket, { now: Date.now, wait: async () => {} });
  for (let pass = 1; pass <= PASSES; pass++) {
    try {
      const entry = (await documents.list(KEY)).find(({ key }) => key === KEY);
      const current = entry ? await documents.read(KEY) : null;
      if (current && (JSON.parse(current.text) as Body).edits.includes(name)) return 'written';
      const text = edited(current?.text, name, `${name}-${pass}`);
      if ((await documents.write(KEY, text, entry?.etag ?? null)) !== null) return 'written';
    } catch {
      // The invocation fails, and the next one begins with a look.
    }
  }
  return 'unknown';
}

const PASSES = 4;

/** The same documents through an SDK client, whose retries are its own and not told to anybody. */
export function sdkDocuments(s3: S3Client, bucket: string): EditedDocuments {
  const read = async (versionId?: string): Promise<Stored | undefined> => {
    try {
      const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: KEY, VersionId: versionId }));
      const text = (await answer.Body?.transformToString()) ?? '';
      const modifiedAt = answer.LastModified?.getTime() ?? 0;
      return { text, etag: answer.ETag ?? '', revision: answer.VersionId ?? null, modifiedAt };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  };
  return {
    read: () => read(),
    async write(key, text, condition): Promise<WriteOutcome> {
      const conditions = typeof condition === 'object' ? { IfMatch: condition.ifMatch } : { IfNoneMatch: '*' };
      try {
        const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ...conditions });
        const { ETag = '', VersionId = null } = await s3.send(put);
        return { outcome: 'written', etag: ETag, revision: VersionId };
      } catch (error) {
        if ([404, 409, 412].includes(statusOf(error) ?? 0)) return { outcome: 'conflict' };
        return { outcome: 'uncertain', why: (error as Error).message };
      }
    },
    async newerThan(key, revision) {
      const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
      const known = Versions.findIndex(({ VersionId }) => VersionId === revision);
      const newer = await Promise.all(
        Versions.slice(0, known < 0 ? undefined : known).map((one) => read(one.VersionId)),
      );
      return newer.filter((stored) => stored !== undefined);
    },
  };
}

const statusOf = (error: unknown) => (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
