/** `bbf rollback`: a new revision whose spec is that of an old one. */
import { writeCluster } from '../cluster/write-cluster.ts';
import type { Call, Program } from '../command.ts';
import { clusterName, readCluster } from '../context/cluster.ts';
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
  const current = await readCluster(installation, cluster);
  const named = call.arguments[0] ?? '~1';
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
  const base = { spec: contentOf(current.text)?.spec ?? {} };
  const reason = reasonOf(call, `bbf rollback ${version.revision}`);
  const written = await writeCluster({ installation, cluster, reason, change: newSpec(cluster, spec, base) }, program);
  const unchanged = `${cluster} is as it was at ${version.revision}`;
  await tellOutcome({ installation, cluster, written, wait, unchanged }, program);
  return 0;
}
