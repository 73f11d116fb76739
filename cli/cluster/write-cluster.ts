/** Edits a cluster's document: checked by the same rules as the reconciler's, written on condition, reported as a diff. */
import { randomUUID } from 'node:crypto';
import type { ClusterInput, Problem } from '../../config-schema/documents.ts';
import { clusterKey } from '../../config-schema/keys.ts';
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
}

export interface WrittenCluster {
  revision: string | null;
  changes: FieldChange[];
}

/** @throws Failure: notFound, invalidDocument, or those of `change` and `editDocument` */
export async function writeCluster(edit: ClusterEdit, program: Program): Promise<WrittenCluster> {
  const loading = meanwhile(() => import('../../config-schema/edit-cluster.ts'));
  let before = '';
  const written = await editDocument(
    edit.installation.documents,
    clusterKey(edit.cluster),
    async (current) => {
      if (current === undefined) throw new Absent();
      const { editCluster } = await loading;
      before = current;
      const note = { writeId: randomUUID(), writtenBy: program.settings.author, reason: edit.reason };
      const edited = editCluster(current, (document) => void edit.change(document), note);
      if (!edited.ok) throw invalid(edit.cluster, edited.problems);
      return { text: edited.text, writeId: note.writeId };
    },
    program.sleep,
  ).catch(async (error: unknown) => {
    throw error instanceof Absent ? await noSuchCluster(edit.installation, edit.cluster) : error;
  });
  return { revision: written.revision, changes: specChanges(before, written.text) };
}

class Absent extends Error {}

function specChanges(before: string, after: string): FieldChange[] {
  const specOf = (text: string) => (JSON.parse(text) as { spec?: unknown }).spec ?? {};
  return fieldChanges(specOf(before), specOf(after));
}

export function invalid(cluster: string, problems: readonly Problem[]): Failure {
  const [first] = problems;
  const details = problems.map(problemLine);
  return new Failure('invalidDocument', `the document of ${cluster} would not be valid`, {
    details,
    next: first?.fix ?? `bbf status --cluster=${cluster}`,
  });
}

export function problemLine({ pointer, message, seen, expected, line }: Problem): string {
  const place = line === undefined ? pointer || '/' : `${pointer || '/'} (line ${line})`;
  const found = seen === undefined ? '' : `: ${seen}`;
  return `${place}: ${message}${found}; expected ${expected}`;
}
