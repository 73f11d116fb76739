/** `bbf plan -f FILE --out FILE`: a plan that `bbf apply` carries out as long as the document is the one that it was made for. */
import { writeFile } from 'node:fs/promises';
import type { DocumentObservation } from '../../reconciler/core/observation.ts';
import type { Document } from '../../reconciler/ports.ts';
import { type PlannedEdit, sha256Of } from '../desired/saved-plan.ts';
import { Failure } from '../failure.ts';
import type { Preview } from './preview.ts';

/**
 * @param current the document before the plan was made, null: none
 * @param observed the document that the plan rests on
 * @throws Failure (conflict) when it was written in between
 */
export async function savePlan(
  out: string,
  preview: Preview,
  document: string,
  current: Document | null,
  observed: DocumentObservation,
  { bucket, installation }: Pick<PlannedEdit, 'bucket' | 'installation'>,
): Promise<void> {
  const seen = 'revision' in observed ? observed.revision : null;
  if (seen !== (current?.revision ?? null))
    throw new Failure('conflict', `${preview.cluster} was written while the plan was made; it was not saved`, {
      next: 'the same command again',
    });
  const sha256 = current === null ? null : sha256Of(current.text);
  const edit: PlannedEdit = { document, revision: seen, sha256, bucket, installation };
  try {
    await writeFile(out, `${JSON.stringify({ ...preview, edit }, null, 2)}\n`);
  } catch (error) {
    throw new Failure('system', `${out} can't be written: ${(error as Error).message}`, { next: `ls -ld ${out}` });
  }
}
