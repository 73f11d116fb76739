/** A document that asks for the end of its cluster: nothing new begins on it. */
import type { Status } from '../../config-schema/documents.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { parsed } from '../parsed.ts';
import { statusReader } from './status-reader.ts';

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

/** For whoever claims workers, which would hold the deletion up: that it goes on (conflict), or has ended (notFound). */
export async function deletionFailure(installation: Installation, cluster: string): Promise<Failure> {
  const status = await statusReader(installation.documents, cluster)();
  return status === null ? deleted(cluster) : stillBeingDeleted(installation, cluster);
}

/** @throws Failure (notFound) where there is nothing but the tombstone of a deletion that has ended */
export async function refuseDeleted({ documents }: Installation, cluster: string, text: string): Promise<void> {
  if (isTombstone(text) && (await statusReader(documents, cluster)()) === null) throw deleted(cluster);
}

const deleted = (cluster: string): Failure =>
  new Failure('notFound', `cluster ${cluster} is deleted, and only its document is left`, {
    next: `bbf create ${cluster}`,
  });

export const stillBeingDeleted = ({ contextName }: Installation, cluster: string): Failure =>
  new Failure('conflict', `cluster ${cluster} in context ${contextName} is still being deleted`, {
    next: `bbf status --watch --cluster=${cluster}; bbf create ${cluster}, once it is gone`,
  });
