/** A document that asks for the end of its cluster: nothing new begins on it. */
import type { Status } from '../../config-schema/documents.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { parsed } from '../parsed.ts';

interface Tombstone {
  metadata?: { uid?: unknown };
  spec?: { delete?: { uid?: unknown } };
}

/** Of this cluster or of another one. */
export function isTombstone(text: string): boolean {
  return (parsed(text) as Tombstone | undefined)?.spec?.delete !== undefined;
}

/** The uid of the cluster whose end the document asks for. */
export const deletedUid = (document: unknown): unknown => ((document ?? {}) as Tombstone).spec?.delete?.uid;

/** Somebody has put another cluster of the name in the place of the one with this uid. */
export function isOfAnother(document: unknown, status: Pick<Status, 'uid'>, uid: string): boolean {
  return (((document ?? {}) as Tombstone).metadata?.uid ?? status.uid ?? uid) !== uid;
}

/** What a tombstone of another cluster asks for is not done: the document is as good as one without it. */
export function isDeleting(document: unknown, status: Pick<Status, 'uid'> | null): boolean {
  const { metadata, spec } = (document ?? {}) as Tombstone;
  const tombstone = spec?.delete;
  return tombstone !== undefined && tombstone.uid === (metadata?.uid ?? status?.uid ?? tombstone.uid);
}

/** @throws Failure (conflict): what claims workers would hold the deletion up; a tombstone of another cluster deletes nothing */
export function refuseDeleted(installation: Installation, cluster: string, document: unknown): void {
  if (isDeleting(document, null)) throw stillBeingDeleted(installation, cluster);
}

export const stillBeingDeleted = ({ contextName }: Installation, cluster: string): Failure =>
  new Failure('conflict', `cluster ${cluster} in context ${contextName} is still being deleted`, {
    next: `bbf status --watch --cluster=${cluster}; bbf create ${cluster}, once it is gone`,
  });
