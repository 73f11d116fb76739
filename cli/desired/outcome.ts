/** What every edit ends with: the diff, the revision, and unless told otherwise, the way to it. */
import type { Status } from '../../config-schema/documents.ts';
import { awaitRevision } from '../cluster/await-revision.ts';
import type { WrittenCluster } from '../cluster/write-cluster.ts';
import type { Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import { changeText } from '../output/diff.ts';
import { notesOf } from '../output/notes.ts';
import type { WaitChoice } from '../wait-choice.ts';

interface Outcome {
  installation: Installation;
  cluster: string;
  written: WrittenCluster;
  wait: WaitChoice;
  /** Said where no field of the spec is another. */
  unchanged: string;
  /** True where being suspended is what was asked for, also where it was before. */
  suspends?: boolean;
}

/** @returns the status at the end of the wait; undefined with `--no-wait` */
export async function tellOutcome(
  { installation, cluster, written, wait, unchanged, suspends = isSuspension(written) }: Outcome,
  program: Program,
): Promise<Status | undefined> {
  const { result } = program.terminal;
  for (const field of written.changes) result.write(`${changeText(field)}\n`);
  if (written.changes.length === 0) result.write(`${unchanged}\n`);
  result.write(`revision ${written.revision ?? '(none: the bucket has no versions)'}\n`);
  tellWarnings(written, program, wait.quiet);
  if (suspends)
    notesOf(program, wait.quiet)(`until bbf resume ${cluster}, nothing is changed: what runs goes on, and costs`);
  if (!wait.waits) return undefined;
  const { revision } = written;
  return awaitRevision({ installation, cluster, revision, wait, suspends }, program);
}

/** The next edit has it again, until somebody changes one of the two. */
export function tellWarnings({ warnings }: Pick<WrittenCluster, 'warnings'>, program: Program, quiet = false): void {
  const note = notesOf(program, quiet);
  for (const { pointer, message, seen, fix } of warnings) note(`warning: ${pointer}: ${message}: ${seen}; ${fix}`);
}

const isSuspension = ({ changes }: WrittenCluster) =>
  changes.some(({ path, after }) => path === 'suspend' && after === true);
