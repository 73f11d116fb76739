/** Edits a cluster's document: checked by the same rules as the reconciler's, written on condition, reported as a diff. */
import { randomUUID } from 'node:crypto';
import { UPGRADE } from '../../config-schema/api-version.ts';
import type { ClusterInput, Problem } from '../../config-schema/documents.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import type { Unparsed } from '../../config-schema/parse.ts';
import type { Program } from '../command.ts';
import { noSuchCluster } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { editDocument } from '../edit-document.ts';
import { Failure } from '../failure.ts';
import { meanwhile } from '../meanwhile.ts';
import { type FieldChange, fieldChanges } from '../output/diff.ts';

interface ClusterEdit {
  installation: Installation;
  cluster: string;
  /** What people read in the document, e.g. the command line. */
  reason: string;
  /** Changes the document as its author wrote it. Called again on what a rival wrote; throws where the edit no longer fits. */
  change(document: ClusterInput): void;
  /** Stands for a document that is not there. */
  absent?: ClusterInput | undefined;
  /** Makes what stands for a document that the reconciler refuses; without it, such a document is refused here as well. */
  instead?(refused: Unparsed): ClusterInput;
}

export interface WrittenCluster {
  revision: string | null;
  changes: FieldChange[];
  /** What is allowed, and hardly meant. */
  warnings: Problem[];
}

/** @throws Failure: notFound, invalidDocument, configuration for a document of a newer bbf, or those of `change` and `editDocument` */
export async function writeCluster(edit: ClusterEdit, program: Program): Promise<WrittenCluster> {
  const loading = meanwhile(() => import('../../config-schema/edit-cluster.ts'));
  const { cluster, instead } = edit;
  let before = '';
  let warnings: Problem[] = [];
  const written = await editDocument(
    edit.installation.documents,
    clusterKey(cluster),
    async (found) => {
      const current = found ?? (edit.absent && JSON.stringify(edit.absent));
      if (current === undefined) throw new Absent();
      const { editCluster } = await loading;
      const refused = instead && (await refusalOf(current, cluster));
      before = refused ? JSON.stringify(instead(refused)) : current;
      const note = { writeId: randomUUID(), writtenBy: program.settings.author, reason: edit.reason };
      const edited = editCluster(before, edit.change, note);
      if (!edited.ok) throw unfit(cluster, edited);
      warnings = edited.warnings;
      return { text: edited.text, writeId: note.writeId };
    },
    program.sleep,
  ).catch(async (error: unknown) => {
    throw error instanceof Absent ? await noSuchCluster(edit.installation, cluster) : error;
  });
  return { revision: written.revision, changes: specChanges(before, written.text), warnings };
}

class Absent extends Error {}

/** Undefined: it is valid. */
export async function refusalOf(text: string, cluster: string): Promise<Unparsed | undefined> {
  const { parseCluster } = await import('../../config-schema/parse.ts');
  const parsed = parseCluster(text, { cluster });
  return parsed.ok ? undefined : parsed;
}

function specChanges(before: string, after: string): FieldChange[] {
  const specOf = (text: string) => (JSON.parse(text) as { spec?: unknown }).spec ?? {};
  return fieldChanges(specOf(before), specOf(after));
}

/** Why a document that is there can't be edited: (configuration) where a newer bbf can, else (invalidDocument). */
export function unfit(cluster: string, { newer, problems }: Unparsed): Failure {
  const [problem] = problems;
  if (!newer || problem === undefined) return invalid(cluster, problems);
  const { seen, expected } = problem;
  const message = `the document of ${cluster} has apiVersion ${seen}, and this bbf knows ${expected}: nothing was written`;
  return new Failure('configuration', message, { next: UPGRADE });
}

export const invalid = (cluster: string, problems: readonly Problem[]): Failure =>
  wouldBeInvalid(`the document of ${cluster}`, problems);

/** @param document what people call it, with what it is of or where it is */
export function wouldBeInvalid(document: string, problems: readonly Problem[]): Failure {
  return new Failure('invalidDocument', `${document} would not be valid`, {
    details: problems.map(problemLine),
    next: fixesOf(problems),
  });
}

/** All of them make a line that nobody reads to its end. */
const FIXES_MAX = 3;

/** A lone one needs no place, which the line above it has. */
function fixesOf(problems: readonly Problem[]): string {
  const [first, ...others] = problems;
  if (first === undefined || others.length === 0) return first?.fix ?? 'correct it';
  const shown = problems.slice(0, FIXES_MAX).map(({ pointer, fix }) => `${pointer || '/'}: ${fix}`);
  const more = problems.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`and ${more} more`])].join('; ');
}

export function problemLine({ pointer, message, seen, expected, line }: Problem): string {
  const place = line === undefined ? pointer || '/' : `${pointer || '/'} (line ${line})`;
  const found = seen === undefined ? '' : `: ${seen}`;
  return `${place}: ${message}${found}; expected ${expected}`;
}
