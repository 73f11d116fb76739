/** What a cluster's document says of itself, read without the full check. */
import type { Stored } from '../documents.ts';
import { parsed } from '../parsed.ts';
import type { DocumentFacts } from './finding.ts';

export function documentFacts({ text, revision, modifiedAt }: Stored): DocumentFacts {
  const spec = (parsed(text) as { spec?: { delete?: { uid?: unknown } } } | undefined)?.spec;
  const uid = spec?.delete?.uid;
  return { revision, modifiedAt, tombstone: typeof uid === 'string' ? uid : null };
}
