/** A plan that was saved with `bbf plan -f FILE --out FILE`: the document that it was made for, and what was there then. */
import { createHash } from 'node:crypto';
import { readConfig } from '../context/config.ts';
import type { Installation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { quoted } from '../output/quoted.ts';
import { parsed } from '../parsed.ts';
import type { Settings } from '../settings.ts';
import { withoutByteOrderMark } from './read-file.ts';

export interface PlannedEdit {
  /** The text that `cluster.json` is to have, JSON. */
  document: string;
  /** S3 version that it was planned on; null: there was no document. */
  revision: string | null;
  /** SHA-256 of that version's text, hexadecimal; null: there was no document. */
  sha256: string | null;
  /** Where it was made: a cluster of that name may be in other installations as well. */
  bucket: string;
  installation: string;
}

export const sha256Of = (text: string) => createHash('sha256').update(withoutByteOrderMark(text)).digest('hex');

export const isSavedPlan = (text: string) => (parsed(text) as { kind?: unknown } | undefined)?.kind === 'Plan';

/** @throws Failure (invalidDocument) for a plan without an edit, or that does not say where that was to be written */
export function planOf(text: string, file: string): { cluster: string; edit: PlannedEdit } {
  const { cluster, edit } = JSON.parse(text) as { cluster?: string; edit?: Partial<PlannedEdit> | null };
  const wrong = (why: string) =>
    new Failure('invalidDocument', `${file} is a plan ${why}`, {
      next: `bbf plan -f cluster.json --out ${file}`,
    });
  if (typeof cluster !== 'string' || edit?.document === undefined)
    throw wrong('without an edit: there is nothing to apply');
  if (edit.bucket === undefined || edit.installation === undefined)
    throw wrong('that does not say for which installation: an older bbf saved it');
  return { cluster, edit: edit as PlannedEdit };
}

/** @throws Failure (usage) where the context that is in use is not the plan's */
export async function refuseElsewhere(file: string, edit: PlannedEdit, there: Installation, settings: Settings) {
  if (isPlace(edit, there.context)) return;
  const { contexts } = await readConfig(settings);
  const [name] = Object.entries(contexts).find(([, context]) => isPlace(edit, context)) ?? [];
  const apply = `bbf apply -f ${quoted(file)}`;
  const message = `${file} is for ${placeText(edit)}, and context ${there.contextName} is ${placeText(there.context)}`;
  throw new Failure('usage', message, {
    next:
      name === undefined
        ? `bbf contexts, then ${apply} --context=NAME of that installation`
        : `${apply} --context=${quoted(name)}`,
  });
}

type Place = Pick<PlannedEdit, 'bucket' | 'installation'>;

const isPlace = (one: Place, other: Place) => one.bucket === other.bucket && one.installation === other.installation;

const placeText = ({ bucket, installation }: Place) => `installation ${installation} in bucket ${bucket}`;

/** Whatever moved, what was planned may not be what would happen now. */
export function refuseMoved(cluster: string, { revision, sha256 }: PlannedEdit, current: string | undefined): void {
  const now = current === undefined ? null : sha256Of(current);
  if (now === sha256) return;
  const then = revision === null ? 'when there was no document' : `for revision ${revision}`;
  throw new Failure('conflict', `the plan was made ${then}, and ${cluster} has been written since`, {
    next: `bbf diff ${revision ?? ''} --cluster=${cluster}, then bbf plan again`.replace('  ', ' '),
  });
}
