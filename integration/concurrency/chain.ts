/** What the bucket's own version chain says about who wrote what, held against what the writers believe. */
import { GetObjectCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { KEY } from './arena.ts';
import { type Belief, type Body, hashOf } from './writers.ts';

/** Oldest first; null where the document was deleted. */
export type Chain = readonly (string | null)[];

export async function chainOf(s3: S3Client, bucket: string): Promise<Chain> {
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: KEY }));
  const entries = [
    ...(listed.Versions ?? []).map(({ VersionId }) => ({ VersionId, marker: false })),
    ...(listed.DeleteMarkers ?? []).map(({ VersionId }) => ({ VersionId, marker: true })),
  ];
  const texts = await Promise.all(
    entries
      .filter(({ marker }) => !marker)
      .map(async ({ VersionId }) => {
        const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: KEY, VersionId }));
        return (await answer.Body?.transformToString()) ?? '';
      }),
  );
  // Only one deletion is in any race, right before what was made from nothing after it; where it lies in the list does not matter.
  return texts.reverse();
}

export interface Claim {
  name: string;
  belief: Belief;
  /** A plain copy: it replaces what is there. */
  copies: boolean;
}

/** What is wrong, in words; empty when nothing is. */
export function faultsOf(chain: Chain, claims: readonly Claim[]): string[] {
  const bodies = chain.flatMap((text) => (text === null ? [] : { text, body: JSON.parse(text) as Body }));
  const copiers = new Set(claims.filter(({ copies }) => copies).map(({ name }) => name));
  const broken = bodies.flatMap(({ body }, i) => {
    const before = bodies[i - 1];
    const writer = body.edits.at(-1) as string;
    if (copiers.has(writer) || body.base === null || before === undefined || body.base === hashOf(before.text))
      return [];
    return [`version ${i + 1}, by ${writer}, was not made from the version before it`];
  });
  const counts = claims.flatMap(({ name, belief }) => {
    const own = bodies.filter(({ body }) => body.edits.at(-1) === name).map(({ text }) => text);
    // Where a plain copy is sent again by its own client, it takes an edit away and puts back what that edit was made from, ETag
    // included: the edit, when it is sent again too, is there as it was. Each of them is one write, and the last stands.
    const times = copiers.size > 0 ? new Set(own).size : own.length;
    if (times > 1) return [`the edit of ${name} is in the chain ${times} times`];
    if (belief === 'written' && times === 0) return [`the edit of ${name} was acknowledged and is not in the chain`];
    if (belief === 'not written' && times > 0)
      return [`the edit of ${name} was reported as failed and is in the chain`];
    return [];
  });
  const doubled = bodies.filter(({ body }) => new Set(body.edits).size < body.edits.length);
  return [...broken, ...counts, ...doubled.map(({ body }) => `an edit is applied twice: ${body.edits.join(', ')}`)];
}

/** Whose edits the newest version carries. */
export function editsNow(chain: Chain): string[] {
  const last = chain.at(-1);
  return last === undefined || last === null ? [] : (JSON.parse(last) as Body).edits;
}
