/** A document that asks for the end of its cluster: nothing new begins on it. */
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { parsed } from '../parsed.ts';

interface Buried {
  metadata?: { uid?: unknown };
  spec?: { delete?: { uid?: unknown } };
}

export function isTombstone(text: string): boolean {
  return (parsed(text) as Buried | undefined)?.spec?.delete !== undefined;
}

/** @throws Failure (conflict): what claims workers would hold the deletion up; a tombstone of another cluster deletes nothing */
export function refuseBuried(installation: Installation, cluster: string, document: unknown): void {
  const { metadata, spec } = (document ?? {}) as Buried;
  const tombstone = spec?.delete;
  const uid = metadata?.uid ?? tombstone?.uid;
  if (tombstone !== undefined && tombstone.uid === uid) throw stillBeingDeleted(installation, cluster);
}

export const stillBeingDeleted = ({ contextName }: Installation, cluster: string): Failure =>
  new Failure('conflict', `cluster ${cluster} in context ${contextName} is still being deleted`, {
    next: `bbf status --watch --cluster=${cluster}; bbf create ${cluster}, once it is gone`,
  });
