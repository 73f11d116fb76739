/** `bbf rollback`: a new revision whose spec is that of an old one. */
import { clusterKey } from '../../config-schema/keys.ts';
import { clusterWithout, orphanOf } from '../cluster/lost-document.ts';
import { writeCluster } from '../cluster/write-cluster.ts';
import type { Call, Program } from '../command.ts';
import { clusterName, noSuchCluster } from '../context/cluster.ts';
import { openInstallation } from '../context/installation.ts';
import { Failure } from '../failure.ts';
import { reasonOf } from '../reason.ts';
import { waitChoice } from '../wait-choice.ts';
import { newSpec } from './new-spec.ts';
import { tellOutcome } from './outcome.ts';
import { contentOf, findRevision, readRevision, revisionsOf } from './revisions.ts';

export async function rollback(call: Call, program: Program): Promise<number> {
  const wait = waitChoice(call);
  const installation = await openInstallation(program.settings, call.text('context'));
  const cluster = clusterName(installation, call.text('cluster'));
  const current = await installation.documents.read(clusterKey(cluster));
  const text = typeof current === 'object' ? current.text : undefined;
  // Without a document, what is in force is as good as it gets: to write that again changes nothing.
  const orphan = text === undefined ? await orphanOf(installation, cluster) : null;
  if (text === undefined && orphan === null) throw await noSuchCluster(installation, cluster);
  const named = call.arguments[0] ?? orphan?.revision ?? '~1';
  const version = findRevision(await revisionsOf(installation, cluster), cluster, named);
  const old = contentOf((await readRevision(installation, cluster, version)).text);
  const spec = old?.spec as { delete?: unknown } | undefined;
  if (spec === undefined || spec.delete !== undefined)
    throw new Failure(
      'invalidDocument',
      `revision ${version.revision} is ${spec === undefined ? 'no JSON' : 'a deletion'}`,
      {
        next: `bbf history --cluster=${cluster}, and another revision`,
      },
    );
  const base = { spec: contentOf(text ?? '')?.spec ?? {} };
  const absent = orphan === null ? undefined : clusterWithout(cluster, orphan.uid);
  const reason = reasonOf(call, `bbf rollback ${version.revision}`);
  const change = newSpec(cluster, spec, base);
  const written = await writeCluster({ installation, cluster, reason, change, absent }, program);
  const unchanged = `${cluster} is as it was at ${version.revision}`;
  await tellOutcome({ installation, cluster, written, wait, unchanged }, program);
  return 0;
}
