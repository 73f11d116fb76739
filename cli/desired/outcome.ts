/** What every edit ends with: the diff, the revision, and unless told otherwise, the way to it. */
import type { Status } from '../../config-schema/documents.ts';
import { awaitRevision } from '../cluster/await-revision.ts';
import type { WrittenCluster } from '../cluster/write-cluster.ts';
import type { Call, Program } from '../command.ts';
import type { Installation } from '../context/installation.ts';
import { changeText } from '../output/diff.ts';
import { durationFlag } from '../quantities.ts';

interface Outcome {
  installation: Installation;
  cluster: string;
  written: WrittenCluster;
  /** Said where no field of the spec is another. */
  unchanged: string;
  /** True where being suspended is what was asked for, also where it was before. */
  suspends?: boolean;
}

/** Milliseconds; read before anything is written, so that a slip of the pen writes nothing. */
export const waitLimit = (call: Call) => durationFlag(call, 'timeout', '10m');

/** @returns the status at the end of the wait; undefined with `--no-wait` */
export async function tellOutcome(
  { installation, cluster, written, unchanged, suspends = isSuspension(written) }: Outcome,
  call: Call,
  program: Program,
): Promise<Status | undefined> {
  const { result } = program.terminal;
  for (const field of written.changes) result.write(`${changeText(field)}\n`);
  if (written.changes.length === 0) result.write(`${unchanged}\n`);
  result.write(`revision ${written.revision ?? '(none: the bucket has no versions)'}\n`);
  if (call.has('no-wait')) return undefined;
  const { revision } = written;
  return awaitRevision({ installation, cluster, revision, timeoutMs: waitLimit(call), suspends }, program);
}

const isSuspension = ({ changes }: WrittenCluster) =>
  changes.some(({ path, after }) => path === 'suspend' && after === true);
