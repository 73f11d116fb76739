/** A plan that was saved with `bbf plan -f FILE --out FILE`: the document that it was made for, and what was there then. */
import { createHash } from 'node:crypto';
import { Failure } from '../failure.ts';
import { parsed } from '../parsed.ts';

export interface PlannedEdit {
  /** The text that `cluster.json` is to have, JSON. */
  document: string;
  /** S3 version that it was planned on; null: there was no document. */
  revision: string | null;
  /** SHA-256 of that version's text, hexadecimal; null: there was no document. */
  sha256: string | null;
}

export const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

export const isSavedPlan = (text: string) => (parsed(text) as { kind?: unknown } | undefined)?.kind === 'Plan';

/** @throws Failure (invalidDocument) for a plan without an edit */
export function planOf(text: string, file: string): { cluster: string; edit: PlannedEdit } {
  const { cluster, edit } = JSON.parse(text) as { cluster?: string; edit?: PlannedEdit | null };
  if (typeof cluster === 'string' && edit?.document !== undefined) return { cluster, edit };
  throw new Failure('invalidDocument', `${file} is a plan without an edit: there is nothing to apply`, {
    next: `bbf plan -f cluster.json --out ${file}`,
  });
}

/** Whatever moved, what was planned may not be what would happen now. */
export function refuseMoved(cluster: string, { revision, sha256 }: PlannedEdit, current: string | undefined): void {
  const now = current === undefined ? null : sha256Of(current);
  if (now === sha256) return;
  const then = revision === null ? 'when there was no document' : `for revision ${revision}`;
  throw new Failure('conflict', `the plan was made ${then}, and ${cluster} has been written since`, {
    next: `bbf diff ${revision ?? ''} --cluster=${cluster}, then bbf plan again`.replace('  ', ' '),
  });
}
