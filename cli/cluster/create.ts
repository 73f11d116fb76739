/** `bbf create`: a new cluster's document. */

import { randomUUID } from 'node:crypto';
import { poolSchema } from '../../config-schema/cluster.schema.ts';
import type { Status } from '../../config-schema/documents.ts';
import { clusterKey } from '../../config-schema/keys.ts';
import type { Call, Program } from '../command.ts';
import { documentIsGone } from '../context/cluster.ts';
import type { Installation } from '../context/installation.ts';
import { openCluster } from '../context/open-cluster.ts';
import { editDocument } from '../edit-document.ts';
import { Failure } from '../failure.ts';
import { changeText, fieldChanges } from '../output/diff.ts';
import { parsed } from '../parsed.ts';
import { countFlag, durationFlag } from '../quantities.ts';
import { reasonOf } from '../reason.ts';
import { waitChoice } from '../wait-choice.ts';
import { awaitRevision } from './await-revision.ts';
import { orphanIn } from './lost-document.ts';
import { statusReader } from './status-reader.ts';
import { isDeleting, isTombstone, stillBeingDeleted } from './tombstone.ts';
import { tooManyWorkers, typed } from './too-many-workers.ts';
import { invalid } from './write-cluster.ts';

export async function create(call: Call, program: Program): Promise<number> {
  const workers = countFlag(call, 'workers');
  const workersMax = countFlag(call, 'max');
  const idleAfter = call.text('idle-after');
  if (idleAfter !== undefined) durationFlag(call, 'idle-after', idleAfter);
  refuseTooMany(call, workers, workersMax);
  const wait = waitChoice(call);
  const { installation, cluster } = await openCluster(call, program, call.arguments[0], wait);
  const pool = { ...(workers === undefined ? {} : { workers }), ...(workersMax === undefined ? {} : { workersMax }) };
  const document = {
    apiVersion: 'bbf/v1',
    kind: 'Cluster',
    metadata: {
      name: cluster,
      uid: randomUUID(),
      writeId: randomUUID(),
      writtenBy: program.settings.author,
      reason: reasonOf(call, `bbf create ${cluster}`),
    },
    spec: { pools: { default: pool }, ...(idleAfter === undefined ? {} : { scaling: { idleAfter } }) },
  };
  const text = `${JSON.stringify(document, null, 2)}\n`;
  await refuseInvalid(cluster, text);
  const status = await statusReader(installation.documents, cluster)();
  const written = await editDocument(
    installation.documents,
    clusterKey(cluster),
    (current) => {
      if (current === undefined && orphanIn(status, cluster) !== null) throw documentIsGone(installation, cluster);
      // The reconciler removes the status as the last act of a deletion.
      if (current !== undefined && !(isTombstone(current) && status === null))
        throw exists(installation, cluster, current, status);
      return { text, writeId: document.metadata.writeId };
    },
    program.sleep,
  );
  for (const change of fieldChanges({}, document.spec)) program.terminal.result.write(`${changeText(change)}\n`);
  program.terminal.result.write(`created ${cluster}, revision ${written.revision}\n`);
  if (wait.waits) await awaitRevision({ installation, cluster, revision: written.revision, wait }, program);
  return 0;
}

/** A cluster that is new keeps what nobody names at its default. */
function refuseTooMany(call: Call, workers = 0, most: number = poolSchema.properties.workersMax.default): void {
  if (workers <= most) return;
  const next = [
    'bbf create',
    ...call.arguments,
    ...typed(call, 'workers'),
    `--max=${workers}`,
    ...typed(call, 'idle-after', 'context'),
  ];
  throw tooManyWorkers('default', most, workers, next.join(' '));
}

async function refuseInvalid(cluster: string, text: string): Promise<void> {
  const { parseCluster } = await import('../../config-schema/parse.ts');
  const result = parseCluster(text, { cluster });
  if (!result.ok) throw invalid(cluster, result.problems);
}

function exists(installation: Installation, cluster: string, current: string, status: Status | null): Failure {
  const where = `in context ${installation.contextName}`;
  if (isDeleting(parsed(current), status)) return stillBeingDeleted(installation, cluster);
  return new Failure('conflict', `cluster ${cluster} exists already ${where}`, {
    next: `bbf want --cluster=${cluster} --workers=N, or bbf status --cluster=${cluster}`,
  });
}
